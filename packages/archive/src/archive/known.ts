import type { TransactionStatus } from "bankdata-core/bank";
import { daysFrom } from "bankdata-core/base";
import { type Selectable, sql } from "kysely";
import type { EntryTable, Writer } from "../database/index.ts";
import {
  ARCHIVED_STATUSES,
  type ArchivedStatus,
  type Entry,
  type KnownTransaction,
} from "../identity/index.ts";
import type { PackCache } from "./pack-cache.ts";
import { digestText, isUnreadable } from "./payload.ts";

/** How many days before the first date of a response a transaction may lie to be compared with it. */
const MARGIN_DAYS = 45;

/**
 * Matches what a response may still show, however old it is. Without parameters, as SQLite would otherwise read everything
 * older in place of the index of open transactions.
 */
const IS_OPEN = sql<boolean>`entry.status in ('pending', 'scheduled')`;

/** A transaction as it is stored. */
export type EntryRow = Selectable<EntryTable>;

/** A transaction that a response may show or miss, and its row. */
export interface StoredTransaction {
  readonly row: EntryRow;
  /** The digest of its latest payload. */
  readonly digest: string;
  readonly known: KnownTransaction;
}

/** The transactions that a response may show or miss. */
export class KnownTransactions {
  readonly byId: ReadonlyMap<string, StoredTransaction>;
  /** The keys of their latest payloads, by digest. */
  readonly payloadKeys: ReadonlyMap<string, number>;

  constructor(stored: readonly StoredTransaction[]) {
    this.byId = new Map(stored.map((one) => [one.row.id, one]));
    this.payloadKeys = new Map(stored.map(({ digest, row }) => [digest, row.payload]));
  }

  get transactions(): KnownTransaction[] {
    return [...this.byId.values()].map(({ known }) => known);
  }
}

/**
 * Loads the transactions of an account that a response may show or miss. The cost depends on the response's range alone, not
 * on how much is archived.
 *
 * @param from the first date that the response covers or shows, `YYYY-MM-DD`
 * @param also the ids of further ones, however old they are
 * @param shown what the response shows, by digest: only the wording of what it does not show has to be read
 */
export async function loadKnown(
  writer: Writer,
  packs: PackCache,
  {
    account,
    from,
    shown,
    also = [],
  }: { account: number; from: string; shown: ReadonlyMap<string, Entry>; also?: readonly string[] },
): Promise<KnownTransactions> {
  const select = writer.kysely
    .selectFrom("entry")
    .innerJoin("payload", "payload.key", "entry.payload")
    .selectAll("entry")
    .select(["payload.digest", "payload.pack", "payload.place"])
    .where("entry.account", "=", account);
  const first = daysFrom(from, -MARGIN_DAYS);
  const recent = await select.where("entry.date", ">=", first).orderBy("entry.key").execute();
  const older = await select.where(IS_OPEN).where("entry.date", "<", first).orderBy("entry.key").execute();
  const loaded = new Set([...older, ...recent].map(({ id }) => id));
  const left = also.filter((id) => !loaded.has(id));
  const decided =
    left.length === 0 ? [] : await select.where("entry.id", "in", left).orderBy("entry.key").execute();
  const rows = [...decided, ...older, ...recent]
    .sort(inOrderOfBeginning)
    .map((row) => ({ row, digest: digestText(row.digest) }));
  const unseen = rows.filter(({ digest }) => !shown.has(digest));
  const payloads = await packs.payloadsAt(
    writer.kysely,
    unseen.map(({ row }) => row),
  );
  const entries = new Map<string, Entry>(shown);
  for (const [at, { digest }] of unseen.entries()) {
    const payload = payloads[at];
    if (payload !== undefined && !isUnreadable(payload)) entries.set(digest, payload);
  }
  return new KnownTransactions(
    rows.map(({ row, digest }) => ({ row, digest, known: knownOf(row, digest, entries) })),
  );
}

/**
 * In the order in which they began, whatever their keys are: rules take the first of several that are alike, and one that is
 * read again may have got another key.
 */
function inOrderOfBeginning(one: EntryRow, other: EntryRow): number {
  if (one.first_run !== other.first_run) return one.first_run - other.first_run;
  const isPlaced = one.first_position !== null && other.first_position !== null;
  if (!isPlaced) return one.key - other.key;
  if (one.first_list !== other.first_list) return (one.first_list ?? "") < (other.first_list ?? "") ? -1 : 1;
  return (one.first_position ?? 0) - (other.first_position ?? 0);
}

function knownOf(row: EntryRow, digest: string, entries: ReadonlyMap<string, Entry>): KnownTransaction {
  const entry = entries.get(digest);
  if (entry === undefined) throw new Error(`The wording of transaction ${row.id} cannot be read.`);
  return {
    id: row.id,
    status: statusOf(row.status),
    certain: row.certain === 1,
    entry,
    content: digest,
    list: listOf(row.list),
    notes: row.notes,
  };
}

const LISTS: readonly TransactionStatus[] = ["booked", "pending", "scheduled", "void"];

/** A stored status. @throws Error if it is none, as the database was changed by something else */
export function statusOf(text: string): ArchivedStatus {
  const status = ARCHIVED_STATUSES.find((one) => one === text);
  if (status === undefined) throw new Error(`The archive holds an unknown status, ${JSON.stringify(text)}.`);
  return status;
}

/** The stored name of a list. @throws Error if it is none */
export function listOf(text: string): TransactionStatus {
  const list = LISTS.find((one) => one === text);
  if (list === undefined) throw new Error(`The archive holds an unknown list, ${JSON.stringify(text)}.`);
  return list;
}
