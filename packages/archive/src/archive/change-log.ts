import { randomBytes } from "node:crypto";
import type { Insertable } from "kysely";
import type { ChangeTable, Writer } from "../database/index.ts";
import type { AddedEntry, EntryChanges, ModifiedEntry } from "./entry-changes.ts";
import type { EntryRow } from "./known.ts";
import { inGroups } from "./pack-cache.ts";

type LogRow = Omit<Insertable<ChangeTable>, "key" | "tenant" | "token">;

/**
 * Notes what changed, for those who follow the archive. Nothing is written if nobody can see a difference. The order of the
 * log is that of the commits only if the writer holds `lockAccount(0)`.
 *
 * @param account the key of the account in which the transactions are now
 */
export async function logChanges(writer: Writer, account: number, changes: EntryChanges): Promise<void> {
  const modified = await visiblyModified(writer, changes.modified);
  if (changes.added.length + modified.length + changes.removed.length === 0) return;
  const accountIds = await idsOfOthers(writer, account, [...modified, ...changes.removed]);
  const before = ({ key, account: of, id, status, certain, date, payload }: EntryRow) => ({
    account,
    first_entry: key,
    account_id: of === account ? null : (accountIds.get(of) ?? null),
    ...{ id, status, certain, date, payload },
  });
  const intoIds = await idsOf(
    writer,
    changes.removed.map(({ into }) => into),
  );
  await writeLog(writer, await tenantOf(writer, account), [
    // What a transaction turned out to be is told before it is removed.
    ...rangesOf(changes.added).map(([first, last]): LogRow => {
      return { account, kind: "added", first_entry: first, last_entry: last };
    }),
    ...modified.map((one): LogRow => {
      return { kind: "modified", ...before(one.before), relinked: one.isRelinked ? 1 : 0 };
    }),
    ...changes.removed.map((one): LogRow => {
      return { kind: "removed", ...before(one.before), into_id: intoIds.get(one.into) ?? null };
    }),
  ]);
}

/** Hands the log of an account over to the one that it became a part of; what it tells stays the same. */
export async function moveLog({ kysely }: Pick<Writer, "kysely">, from: number, into: number): Promise<void> {
  const { id } = await kysely
    .selectFrom("account")
    .select("id")
    .where("key", "=", from)
    .executeTakeFirstOrThrow();
  await kysely
    .updateTable("change")
    .set(({ fn, val }) => ({ account: into, account_id: fn.coalesce("account_id", val(id)) }))
    .where("account", "=", from)
    .execute();
}

/** Notes that accounts are forgotten, by their ids. */
export async function logForgotten(writer: Writer, tenant: string, ids: readonly string[]): Promise<void> {
  await writeLog(
    writer,
    tenant,
    ids.map((id) => ({ account: null, kind: "forgotten", account_id: id })),
  );
}

const TOKEN_BYTES = 6;

async function writeLog(writer: Writer, tenant: string, rows: readonly LogRow[]): Promise<void> {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  const keys = await writer.newKeys("change", rows.length);
  await writer.insert(
    "change",
    rows.map((row, at) => ({ key: keys[at], tenant, token, ...row })),
  );
}

const VISIBLE = [
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

/** Those of which people see a difference: not if only an id, or something that is nowhere but in `raw`, is another one. */
async function visiblyModified(
  { kysely }: Writer,
  modified: readonly ModifiedEntry[],
): Promise<ModifiedEntry[]> {
  const visible: ModifiedEntry[] = [];
  for (const group of inGroups(modified)) {
    const rows = await kysely
      .selectFrom("entry")
      .select(["key", ...VISIBLE])
      .where(
        "key",
        "in",
        group.map(({ before }) => before.key),
      )
      .execute();
    const byKey = new Map(rows.map((row) => [row.key, row]));
    for (const one of group) {
      const now = byKey.get(one.before.key);
      if (now === undefined) throw new Error(`Transaction ${one.before.id} was modified and is not there.`);
      if (one.isRelinked || VISIBLE.some((column) => now[column] !== one.before[column])) visible.push(one);
    }
  }
  return visible;
}

/** The ranges of keys that follow each other without a gap. */
function rangesOf(added: readonly AddedEntry[]): [first: number, last: number][] {
  const ranges: [number, number][] = [];
  for (const key of added.map((one) => one.key).sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] + 1 === key) last[1] = key;
    else ranges.push([key, key]);
  }
  return ranges;
}

async function tenantOf({ kysely }: Writer, account: number): Promise<string> {
  const { tenant } = await kysely
    .selectFrom("account")
    .select("tenant")
    .where("key", "=", account)
    .executeTakeFirstOrThrow();
  return tenant;
}

/** The ids of the accounts, other than this one, in which transactions were before. */
async function idsOfOthers(
  { kysely }: Writer,
  account: number,
  changed: readonly { before: EntryRow }[],
): Promise<Map<number, string>> {
  const others = new Set(changed.map(({ before }) => before.account));
  others.delete(account);
  const ids = new Map<number, string>();
  for (const key of others) {
    const row = kysely.selectFrom("account").select("id").where("key", "=", key);
    ids.set(key, (await row.executeTakeFirstOrThrow()).id);
  }
  return ids;
}

async function idsOf({ kysely }: Writer, entries: readonly number[]): Promise<Map<number, string>> {
  const ids = new Map<number, string>();
  for (const group of inGroups(entries)) {
    const rows = await kysely.selectFrom("entry").select(["key", "id"]).where("key", "in", group).execute();
    for (const { key, id } of rows) ids.set(key, id);
  }
  return ids;
}
