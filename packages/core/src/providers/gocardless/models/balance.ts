import type { z } from "zod";
import { type AsSent, item, keepingRaw, openObject } from "../../../schema/as-sent.ts";
import { optionalFlag, optionalText } from "../../../schema/fields.ts";
import { anyList, listReader } from "../../../schema/list.ts";
import { Amount } from "./amount.ts";

/**
 * One balance of an account. `balanceType` is one of closingBooked, closingAvailable, expected, forwardAvailable,
 * interimAvailable, interimBooked, openingBooked, openingAvailable, previouslyClosedBooked, nonInvoiced, information
 * and authorised; `creditLimitIncluded` says whether the bank added a credit line to the amount.
 */
export const Balance = item({
  balanceAmount: Amount,
  balanceType: optionalText,
  creditLimitIncluded: optionalFlag,
  lastChangeDateTime: optionalText,
  referenceDate: optionalText,
  lastCommittedTransaction: optionalText,
});
export type Balance = z.infer<typeof Balance> & AsSent;

const readBalances = listReader(Balance);

/** All balances of an account: `GET /accounts/{id}/balances/`. */
export const AccountBalances = keepingRaw(openObject({ balances: anyList }), {
  lists: ["balances"],
  added: ["unreadable"],
}).transform(({ balances, ...rest }) => {
  const { readable, unreadable } = readBalances("balances", balances);
  return { ...rest, balances: readable, unreadable };
});
export type AccountBalances = z.infer<typeof AccountBalances>;
