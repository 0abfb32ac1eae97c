import type { Insertable } from "kysely";
import type { ChangeTable, Writer } from "../database/index.ts";
import type { EntryChanges, ModifiedEntry } from "./entry-changes.ts";
import type { EntryRow } from "./known.ts";
import { inGroups } from "./pack-cache.ts";

/** Up to how many transactions that were added together share a row, so that a limit can cut between them. */
const MOST_IN_A_ROW = 500;

type ChangeRow = Insertable<ChangeTable>;

/**
 * Notes what changed, for those who follow the archive: what a transaction was before, as what it is now can be read. The
 * writer holds the lock of all accounts, so that rows become visible in the order of their keys.
 *
 * @param account the key of the account that the transactions belong to now; the one before must still be there
 */
export async function logChanges(writer: Writer, account: number, changes: EntryChanges): Promise<void> {
  const { added, modified, removed } = changes;
  if (added.length + modified.length + removed.length === 0) return;
  const befores = [...modified, ...removed].map(({ before }) => before);
  const accounts = await accountsOf(writer, new Set([account, ...befores.map((before) => before.account)]));
  const tenant = accounts.get(account)?.tenant;
  if (tenant === undefined) throw new Error("Changes of an account that does not exist.");
  const stateOf = (before: EntryRow) => ({
    ...{ tenant, account, first_entry: before.key, account_id: accounts.get(before.account)?.id ?? null },
    ...{ id: before.id, status: before.status, certain: before.certain },
    ...{ date: before.date, payload: before.payload },
  });
  const ids = await idsOf(writer, new Set(removed.map(({ into }) => into)));
  const rows: ChangeRow[] = [
    ...rangesOf(added.map(({ key }) => key)).map(([first, last]) => ({
      ...{ tenant, account, kind: "added" as const, first_entry: first, last_entry: last },
    })),
    ...(await differing(writer, modified)).map(({ before, isRelinked }) => ({
      ...{ ...stateOf(before), kind: "modified" as const, relinked: isRelinked ? 1 : 0 },
    })),
    ...removed.map(({ before, into }) => ({
      ...{ ...stateOf(before), kind: "removed" as const, into_id: ids.get(into) ?? null },
    })),
  ];
  await writer.insert("change", rows);
}

/** Keys as ranges without gaps. */
function rangesOf(keys: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const key of keys.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && key === last[1] + 1 && key - last[0] < MOST_IN_A_ROW) last[1] = key;
    else ranges.push([key, key]);
  }
  return ranges;
}

/** Those of which something that people see is not as before, or which rows are theirs. */
async function differing(writer: Writer, modified: readonly ModifiedEntry[]): Promise<ModifiedEntry[]> {
  const now = new Map<number, EntryRow>();
  for (const keys of inGroups(modified.map(({ before }) => before.key))) {
    const rows = await writer.kysely.selectFrom("entry").selectAll().where("key", "in", keys).execute();
    for (const row of rows) now.set(row.key, row);
  }
  return modified.filter(({ before, isRelinked }) => {
    const row = now.get(before.key);
    return row !== undefined && (isRelinked || SEEN.some((column) => row[column] !== before[column]));
  });
}

/** The columns of a transaction of which a change is told. */
const SEEN = [
  "account",
  "status",
  "certain",
  "amount",
  "currency",
  "booking_date",
  "value_date",
  "date",
  "counterparty",
  "text",
] as const satisfies readonly (keyof EntryRow)[];

async function accountsOf(
  { kysely }: Writer,
  keys: ReadonlySet<number>,
): Promise<Map<number, { id: string; tenant: string }>> {
  const rows = await kysely
    .selectFrom("account")
    .select(["key", "id", "tenant"])
    .where("key", "in", [...keys])
    .execute();
  return new Map(rows.map(({ key, ...account }) => [key, account]));
}

async function idsOf({ kysely }: Writer, keys: ReadonlySet<number>): Promise<Map<number, string>> {
  const ids = new Map<number, string>();
  for (const group of inGroups([...keys])) {
    const rows = await kysely.selectFrom("entry").select(["key", "id"]).where("key", "in", group).execute();
    for (const { key, id } of rows) ids.set(key, id);
  }
  return ids;
}
