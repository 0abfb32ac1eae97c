import type { z } from "zod";
import { type AsSent, item, type ModelSchema, type SentObject } from "../../../schema/as-sent.ts";
import { optionalFlag, optionalText } from "../../../schema/fields.ts";
import { anyList, listReader, type Unreadable } from "../../../schema/list.ts";
import { Amount } from "./amount.ts";

/** One balance of an account. Banks report several kinds, and differ in what they mean by each. */
export interface Balance extends AsSent {
  /** The balance, negative if the account is overdrawn. */
  balanceAmount: Amount;
  /**
   * closingBooked, closingAvailable, expected, forwardAvailable, interimAvailable, interimBooked, openingBooked,
   * openingAvailable, previouslyClosedBooked, nonInvoiced, information or authorised.
   */
  balanceType?: string | null;
  /** Whether the amount includes a credit line. Most banks leave it out, even if it does. */
  creditLimitIncluded?: boolean | null;
  /** When the balance last changed, an ISO 8601 date-time. Few banks send it. */
  lastChangeDateTime?: string | null;
  /** The date of the balance, `YYYY-MM-DD`. Many banks leave it out. */
  referenceDate?: string | null;
  /** The `entryReference` of the last transaction in it. Few banks send it. */
  lastCommittedTransaction?: string | null;
}
/** Requires only `balanceAmount`. Any other member of an unexpected form is left out; `raw` then has it. */
export const Balance: ModelSchema<Balance> = item<Balance>({
  balanceAmount: Amount,
  balanceType: optionalText,
  creditLimitIncluded: optionalFlag,
  lastChangeDateTime: optionalText,
  referenceDate: optionalText,
  lastCommittedTransaction: optionalText,
});

const readBalances = listReader(Balance);

/** All balances of an account: `GET /accounts/{id}/balances/`. */
export interface AccountBalances extends AsSent {
  /** In the bank's order. */
  balances: Balance[];
  /** Balances that could not be read, for lack of an amount or a currency. */
  unreadable: Unreadable[];
  /** The response without `balances`, as it was sent; present only if it has more than the members of this object. */
  raw?: SentObject;
}
/** Requires `balances` to be a list. One without an amount or a currency is in `unreadable`. */
export const AccountBalances: z.ZodType<AccountBalances> = item<AsSent & { balances: unknown[] }>(
  { balances: anyList },
  ["balances"],
).transform(({ balances, ...rest }) => {
  const { readable, unreadable } = readBalances("balances", balances);
  return { ...rest, balances: readable, unreadable };
});
