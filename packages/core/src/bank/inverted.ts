import { counterpartyOf, type Owner } from "./counterparty.ts";
import type { BankTransaction } from "./transaction.ts";

/**
 * A transaction of a bank that turns the sign, the right way round: the amount is negated exactly, and the counterparty is
 * that of the other direction. `balanceAfter`, `exchange` and `raw` stay as the bank sent them, as such banks turn the
 * amount alone.
 */
export function invertedTransaction(transaction: BankTransaction, owner: Owner): BankTransaction {
  const amount = negated(transaction.amount);
  const { name, account } = counterpartyOf({ ...transaction, amount }, owner);
  return { ...transaction, amount, counterparty: name, counterpartyAccount: account };
}

/** An exact decimal with the other sign; zero has none. */
function negated(amount: string): string {
  const [, sign, digits = amount] = /^([+-]?)(.*)$/s.exec(amount) ?? [];
  return sign === "-" || /^[0.]*$/.test(digits) ? digits : `-${digits}`;
}
