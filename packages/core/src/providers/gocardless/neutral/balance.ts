import { BALANCE_KINDS, type BalanceKind, type BankBalance, calendarDate } from "../../../bank/index.ts";
import type { Balance } from "../models/balance.ts";

/** The service's words for kinds of balances are the neutral ones. */
const KINDS: ReadonlyMap<string, BalanceKind> = new Map(BALANCE_KINDS.map((kind) => [kind, kind]));

/** A balance of the service. */
export function neutralBalance(balance: Balance): BankBalance {
  const { balanceAmount, balanceType, referenceDate, lastChangeDateTime, creditLimitIncluded } = balance;
  return {
    amount: balanceAmount.amount,
    currency: balanceAmount.currency,
    kind: balanceKindOf(balanceType),
    kindAsSent: balanceType || null,
    date: calendarDate(referenceDate),
    lastChangeDateTime: lastChangeDateTime || null,
    creditLimitIncluded: creditLimitIncluded ?? null,
    raw: balance.raw ?? balance,
  };
}

/** The kind that a word stands for. */
export function balanceKindOf(word: string | null | undefined): BalanceKind | null {
  return KINDS.get(word ?? "") ?? null;
}
