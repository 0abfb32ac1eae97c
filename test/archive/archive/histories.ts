import type { BankTransaction } from "bankdata-core/bank";
import fc from "fast-check";
import type { Archive, TransactionsObservation } from "../../../packages/archive/src/index.ts";
import { all, response, transaction } from "./observed.ts";

/** Few amounts, days, names and ids, so that much looks alike. */
const rows: fc.Arbitrary<BankTransaction> = fc
  .record({
    status: fc.constantFrom("booked" as const, "booked" as const, "pending" as const),
    amount: fc.constantFrom("-3.20", "-3.20", "-4.00", "3.20"),
    bookingDate: fc.constantFrom("2026-02-18", "2026-02-19", "2026-02-20", null),
    counterparty: fc.constantFrom("Café Zoë", "Kiosk", null),
    text: fc.constantFrom("Karte", "Karte 4711", ""),
    transactionId: fc.constantFrom(null, "1", "2", "NOTPROVIDED"),
  })
  .map(({ transactionId, ...given }) => {
    const ids = { internalTransactionId: null, transactionId, entryReference: null };
    return transaction({ ...given, ids, raw: { ...given, transactionId } });
  });

/** What a bank shows in some responses. */
export const histories = fc.array(fc.array(rows, { maxLength: 6 }), { minLength: 1, maxLength: 6 });

/** Responses three days apart. */
export function observationsOf(history: readonly BankTransaction[][]): TransactionsObservation[] {
  return history.map((shown, at) => response(new Date(Date.UTC(2026, 1, 20 + at * 3)).toISOString(), shown));
}

/** Each row of each response, as a text. */
export function rowsOf(observations: readonly TransactionsObservation[]): string[] {
  return observations
    .flatMap(({ observedAt, items }) =>
      items.map(({ status, position, raw }) => JSON.stringify([observedAt, status, position, raw])),
    )
    .sort();
}

/** Each row that is a transaction. */
export async function keptRows(archive: Archive): Promise<string[]> {
  const kept: string[] = [];
  for (const { id } of await all(archive.transactions())) {
    for (const { observedAt, status, position, raw } of await all(archive.observations(id)))
      kept.push(JSON.stringify([observedAt, status, position, raw]));
  }
  return kept.sort();
}
