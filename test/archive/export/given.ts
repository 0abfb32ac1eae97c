import type { LedgerAccount } from "../../../packages/archive/src/export/beancount.ts";
import type { Balance, Transaction } from "../../../packages/core/src/index.ts";

/** A transaction in EUR, with its booking date. */
export const transaction = (
  date: string | undefined,
  amount: string,
  rest: Partial<Transaction> = {},
): Transaction => ({
  ...(date === undefined ? {} : { bookingDate: date }),
  transactionAmount: { amount, currency: "EUR" },
  ...rest,
});

/** A balance in EUR. */
export const balance = (balanceType: string, amount: string, referenceDate?: string): Balance => ({
  balanceAmount: { amount, currency: "EUR" },
  balanceType,
  ...(referenceDate === undefined ? {} : { referenceDate }),
});

/** An account in EUR, without entries and balances. */
export const account = (rest: Partial<LedgerAccount>): LedgerAccount => ({
  name: "N26:Main Account",
  currency: "EUR",
  booked: [],
  balances: [],
  ...rest,
});
