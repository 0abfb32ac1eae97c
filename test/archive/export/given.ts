import type { LedgerAccount } from "../../../packages/archive/src/export/beancount.ts";
import type { BankBalance, BankTransaction, Owner } from "../../../packages/core/src/bank/index.ts";
import type { Balance, Transaction } from "../../../packages/core/src/index.ts";
import { AccountBalances } from "../../../packages/core/src/providers/gocardless/models/balance.ts";
import { AccountTransactions } from "../../../packages/core/src/providers/gocardless/models/transaction.ts";
import { neutralBalance } from "../../../packages/core/src/providers/gocardless/neutral/balance.ts";
import { neutralTransactions } from "../../../packages/core/src/providers/gocardless/neutral/transaction.ts";

const NOBODY: Owner = { names: [], numbers: [] };

/** A booked transaction of a provider, as the provider's own mapping makes it; nothing is known of the owner. */
export const neutral = (sent: Transaction): BankTransaction => {
  const transactions = {
    booked: [sent],
    pending: [],
    unreadable: [],
    bookedReported: true,
    pendingReported: true,
  };
  const [transaction] = neutralTransactions({ transactions }, NOBODY).items;
  if (transaction === undefined) throw new TypeError("the mapping lost a transaction");
  return transaction;
};

/** Rows as a bank sent them, read by the client's schema and mapped, as they reach a ledger. */
export function readRows(
  sent: { booked?: readonly unknown[]; pending?: readonly unknown[]; balances?: readonly unknown[] },
  owner: Owner = NOBODY,
): Required<Pick<LedgerAccount, "transactions" | "balances" | "unreadable">> {
  const { booked = [], pending = [], balances = [] } = sent;
  const { items, unreadable } = neutralTransactions(
    AccountTransactions.parse({ transactions: { booked, pending } }),
    owner,
  );
  return {
    transactions: items,
    balances: AccountBalances.parse({ balances }).balances.map(neutralBalance),
    unreadable: unreadable.filter(({ status }) => status === "booked").length,
  };
}

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
