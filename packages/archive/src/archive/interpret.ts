import type { Coverage } from "bankdata-core/bank";
import { type Row, type Ruling, readResponse } from "../identity/index.ts";
import type { AccountRow } from "./accounts.ts";
import { applyReading, type Counts } from "./apply-reading.ts";
import type { EntryChanges } from "./entry-changes.ts";
import type { KnownTransactions } from "./known.ts";
import type { StoredPayloads } from "./payload-store.ts";
import type { RecordingTools } from "./recording-tools.ts";

/** A response of which everything is stored but which transaction each row is. */
export interface StoredResponse {
  readonly run: number;
  /** In milliseconds since 1970. */
  readonly observedAt: number;
  readonly handle: string | null;
  readonly coverage: Coverage;
  /** The rows that can be read. */
  readonly rows: readonly Row[];
  readonly payloads: StoredPayloads;
  readonly known: KnownTransactions;
  /** When the bank sent the response before, in milliseconds since 1970; undefined for the first. */
  readonly previousAt: number | undefined;
  /** What the user decided. */
  readonly rulings: readonly Ruling[];
}

/** What a response turned out to say. */
export interface Interpreted {
  readonly counts: Counts;
  readonly changes: EntryChanges;
  /** What was learnt about the bank. */
  readonly memory: string | null;
  /** What its rows were recognised as. */
  readonly recognised: readonly { readonly row: Row; readonly transaction: string }[];
}

/** Finds out which transaction each row of a response is, and stores that. */
export async function interpret(
  tools: RecordingTools,
  account: Pick<AccountRow, "key" | "memory">,
  response: StoredResponse,
): Promise<Interpreted> {
  const { writer, newId } = tools;
  const { run, observedAt, handle, coverage, rows, payloads, known, previousAt, rulings } = response;
  const began = new Map<string, Row>();
  const reading = readResponse(
    { run, observedAt, handle, coverage, rows, rulings },
    {
      memory: account.memory,
      previous: previousAt === undefined ? null : { observedAt: previousAt },
      transactions: known.transactions,
    },
    (row) => {
      const id = newId(row);
      began.set(id, row);
      return id;
    },
  );
  const read = { account: account.key, run, observedAt, rows, known, payloads, reading, began };
  const { counts, changes } = await applyReading(tools, read);
  await writer.kysely
    .updateTable("account")
    .set({ runs: run, memory: reading.memory })
    .where("key", "=", account.key)
    .execute();
  const recognised = rows.flatMap((row, at) => {
    const transaction = reading.recognitions[at]?.transaction;
    return transaction === undefined ? [] : [{ row, transaction }];
  });
  return { counts, changes, memory: reading.memory, recognised };
}
