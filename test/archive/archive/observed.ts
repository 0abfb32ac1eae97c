import type { BankTransaction, Coverage } from "bankdata-core/bank";
import type { SourceAccount, TransactionsObservation } from "../../../packages/archive/src/index.ts";
import { transactionOf } from "../../core/bank/examples.ts";

/** A transaction with little more than what is given. */
export function transaction(given: Partial<BankTransaction> = {}): BankTransaction {
  const { status = "booked", amount = "-12.50", currency = "EUR" } = given;
  const { text = "Invoice 7", counterparty = "Bakery Kamps" } = given;
  const day = given.bookingDate === undefined ? "2026-02-20" : given.bookingDate;
  return transactionOf({
    ...{ status, amount, currency, counterparty, text },
    bookingDate: status === "pending" ? null : day,
    valueDate: day,
    texts: { unstructured: text, structured: null, additional: null, note: null },
    creditor: { name: counterparty, account: null },
    raw: { transactionAmount: { amount, currency }, remittanceInformationUnstructured: text },
    ...given,
  });
}

/** Transactions at the places where they stand in their lists. */
function listed(transactions: readonly BankTransaction[]): BankTransaction[] {
  const counts = new Map<string, number>();
  return transactions.map((one) => {
    const position = counts.get(one.status) ?? 0;
    counts.set(one.status, position + 1);
    return { ...one, position };
  });
}

const COVERAGE: Coverage = { from: "2025-12-01", to: null, pending: true };

/** A response that shows transactions. */
export function response(
  at: string,
  transactions: readonly BankTransaction[],
  rest: Partial<TransactionsObservation> = {},
): TransactionsObservation {
  return {
    observedAt: new Date(at),
    coverage: COVERAGE,
    items: listed(transactions),
    unreadable: [],
    ...rest,
  };
}

/** An account with an IBAN. */
export function account(handle: string, rest: Partial<SourceAccount> = {}): SourceAccount {
  return {
    provider: "gocardless",
    handle,
    identities: [{ scheme: "iban", scope: null, value: "DE02120300000000202051", currency: "EUR" }],
    currency: "EUR",
    ...rest,
  };
}

/** All that an iterator yields. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
