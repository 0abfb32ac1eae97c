import { sql } from "kysely";
import { statusOf } from "./known.ts";
import { isUnreadable, type Payload } from "./payload.ts";
import type { TransactionQuery, TransactionSummary } from "./query.ts";
import { type ArchivedTransaction, entryNamed, type Reader } from "./read.ts";
import { entriesSelect } from "./select-entries.ts";

/** The columns of a transaction with what the bank said. */
interface TransactionRow {
  readonly id: string;
  /** The id of its account. */
  readonly account_id: string;
  readonly status: string;
  readonly certain: number;
  readonly date: string;
  readonly pack: number;
  readonly place: number;
}

const TRANSACTION = {
  select: sql<TransactionRow>`entry.id, account.id as account_id, entry.status, entry.certain, entry.date, payload.pack, payload.place`,
  joins: sql`join payload on payload.key = entry.payload`,
};

/** The transactions that a query means, in constant memory and as of the moment of the first one. */
export async function* readTransactions(
  reader: Reader,
  query: TransactionQuery,
): AsyncGenerator<ArchivedTransaction, void, undefined> {
  const select = entriesSelect(reader, query, TRANSACTION);
  yield* reader.database.streamCompleted(select, async (rows, kysely) => {
    const payloads = await reader.packs.payloadsAt(kysely, rows);
    return rows.map((row, at) => transactionFrom(row, row.account_id, payloads[at]));
  });
}

/**
 * A transaction from its row.
 *
 * @param account the id of its account
 * @throws Error if what the bank said of it is missing
 */
export function transactionFrom(
  { id, status, certain, date }: Pick<TransactionRow, "id" | "status" | "certain" | "date">,
  account: string | undefined,
  payload: Payload | undefined,
): ArchivedTransaction {
  if (account === undefined || payload === undefined || isUnreadable(payload))
    throw new Error(`Transaction ${id} cannot be read.`);
  return { id, account, status: statusOf(status), certain: certain === 1, date, ...payload };
}

/** The columns of a transaction as a list shows it. */
interface SummaryRow extends Omit<TransactionRow, "pack" | "place"> {
  readonly amount: string;
  readonly currency: string;
  readonly booking_date: string | null;
  readonly value_date: string | null;
  readonly counterparty: string | null;
  readonly text: string;
}

const SUMMARY = {
  select: sql<SummaryRow>`entry.id, account.id as account_id, entry.status, entry.certain, entry.date, entry.amount, entry.currency,
    entry.booking_date, entry.value_date, entry.counterparty, entry.text`,
  joins: sql``,
};

/** The transactions that a query means, as a list shows them. */
export async function* readSummaries(
  reader: Pick<Reader, "database" | "tenant">,
  query: TransactionQuery,
): AsyncGenerator<TransactionSummary, void, undefined> {
  for await (const row of reader.database.stream(entriesSelect(reader, query, SUMMARY))) {
    const { id, status, certain, date, amount, currency, counterparty, text } = row;
    yield {
      id,
      account: row.account_id,
      status: statusOf(status),
      certain: certain === 1,
      date,
      amount,
      currency,
      bookingDate: row.booking_date,
      valueDate: row.value_date,
      counterparty,
      text,
    };
  }
}

/** The transaction with an id, or with one that it had; undefined if there is none. */
export async function readTransaction(reader: Reader, id: string): Promise<ArchivedTransaction | undefined> {
  return await reader.database.read(async (kysely) => {
    const named = await entryNamed({ ...reader, kysely }, id);
    if (named === undefined) return undefined;
    const row = await kysely
      .selectFrom("entry")
      .innerJoin("account", "account.key", "entry.account")
      .innerJoin("payload", "payload.key", "entry.payload")
      .select(["entry.id", "entry.status", "entry.certain", "entry.date", "account.id as accountId"])
      .select(["payload.pack", "payload.place"])
      .where("entry.key", "=", named.key)
      .executeTakeFirstOrThrow();
    const [payload] = await reader.packs.payloadsAt(kysely, [row]);
    return transactionFrom(row, row.accountId, payload);
  });
}
