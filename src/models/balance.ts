import { z } from "zod";
import { Amount } from "./amount.ts";
import { optionalFlag, optionalText } from "./fields.ts";
import { anyList, listReader } from "./list.ts";

/**
 * One balance of an account. `balanceType` is one of closingBooked, closingAvailable, expected, forwardAvailable,
 * interimAvailable, interimBooked, openingBooked, openingAvailable, previouslyClosedBooked, nonInvoiced, information
 * and authorised; `creditLimitIncluded` says whether the bank added a credit line to the amount.
 */
export const Balance = z.looseObject({
  balanceAmount: Amount,
  balanceType: optionalText,
  creditLimitIncluded: optionalFlag,
  lastChangeDateTime: optionalText,
  referenceDate: optionalText,
  lastCommittedTransaction: optionalText,
});
export type Balance = z.infer<typeof Balance>;

const readBalances = listReader(Balance);

/** All balances of an account: `GET /accounts/{id}/balances/`. */
export const AccountBalances = z
  .looseObject({ balances: anyList.nullish() })
  .transform(({ balances, ...rest }) => {
    const { readable, unreadable } = readBalances("balances", balances ?? []);
    return { ...rest, balances: readable, unreadable };
  });
export type AccountBalances = z.infer<typeof AccountBalances>;
