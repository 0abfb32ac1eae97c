import {
  type BankProvider,
  type BankTransaction,
  type DateRange,
  invertedTransaction,
  type TransactionsReading,
} from "bankdata-core/bank";
import type { ReadOptions } from "./account-options.ts";
import type { ListedAccount, ReachableAccount } from "./connected-accounts.ts";

/** A transaction, the right way round. */
interface UprightTransaction extends BankTransaction {
  /** Whether the bank turned its sign, so that `amount` is the negated one of `raw`. */
  readonly inverted: boolean;
}

/** The transactions of an account, the right way round. */
interface UprightReading extends TransactionsReading {
  readonly items: readonly UprightTransaction[];
}

/**
 * The transactions of an account. If the configuration says that the bank turns signs (`invert`), they are turned back,
 * here and nowhere else: every command that obeys the configuration reads transactions through this.
 */
export async function transactionsOf(
  provider: BankProvider,
  account: ReachableAccount,
  range: DateRange,
  options: ReadOptions,
): Promise<UprightReading> {
  const reading = await provider.transactions(account, range, options);
  return { ...reading, items: reading.items.map((one) => upright(one, account)) };
}

/** A transaction, with its sign turned back if the configuration says that the bank turns it. */
export function upright(transaction: BankTransaction, account: ListedAccount): UprightTransaction {
  const { configured, holder, iban, number } = account;
  const invert = configured?.invert ?? false;
  if (invert === false || (invert === "pending" && transaction.status !== "pending"))
    return { ...transaction, inverted: false };
  const names = [holder].filter((one) => one !== null);
  const numbers = [iban, number?.value ?? null].filter((one) => one !== null);
  return { ...invertedTransaction(transaction, { names, numbers }), inverted: true };
}
