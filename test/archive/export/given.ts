import type { LedgerAccount } from "../../../packages/archive/src/export/beancount.ts";
import type { BankBalance, BankTransaction } from "../../../packages/core/src/bank/index.ts";
import type { Balance, Transaction } from "../../../packages/core/src/index.ts";
import { neutralBalance } from "../../../packages/core/src/providers/gocardless/neutral/balance.ts";
import { neutralTransaction } from "../../../packages/core/src/providers/gocardless/neutral/transaction.ts";

/** A booked transaction of a provider, as the provider's own mapping makes it; nothing is known of the owner. */
export const neutral = (sent: Transaction): BankTransaction =>
  neutralTransaction(sent, { status: "booked", position: 0, owner: { names: [], numbers: [] } });

/** A booked transaction in EUR, with its booking date. */
export const transaction = (
  date: string | undefined,
  amount: string,
  rest: Partial<Transaction> = {},
): BankTransaction =>
  neutral({
    ...(date === undefined ? {} : { bookingDate: date }),
    transactionAmount: { amount, currency: "EUR" },
    ...rest,
  });

/** A balance in EUR. */
export const balance = (
  balanceType: string,
  amount: string,
  referenceDate?: string,
  rest: Partial<Balance> = {},
): BankBalance =>
  neutralBalance({
    balanceAmount: { amount, currency: "EUR" },
    balanceType,
    ...(referenceDate === undefined ? {} : { referenceDate }),
    ...rest,
  });

/** An account in EUR, without entries and balances. */
export const account = (rest: Partial<LedgerAccount>): LedgerAccount => ({
  name: "N26:Main Account",
  currency: "EUR",
  transactions: [],
  balances: [],
  ...rest,
});
