import type { Selectable } from "kysely";
import type { ChangeTable } from "../database/index.ts";
import type { Cursor, Log } from "./change-cursor.ts";

export type ChangeRow = Selectable<ChangeTable>;

/** Keys of transactions that follow each other, both ends included. */
export interface KeyRange {
  readonly first: number;
  readonly last: number;
}

/** What a page of the log says, in its order. */
export interface LogPage {
  readonly added: readonly KeyRange[];
  /** Rows about one transaction. */
  readonly changed: readonly ChangeRow[];
  /** The ids of accounts. */
  readonly forgotten: readonly string[];
  /** Up to where it goes. */
  readonly cursor: Cursor;
  readonly more: boolean;
}

/** Of which account the log is read: its key, if it is still there, and the id under which it is or was known. */
export interface FollowedAccount {
  readonly key: number | null;
  readonly id: string;
}

/** Reads the log from a cursor on. */
export async function readPage(
  { kysely, tenant }: Log,
  {
    since,
    end,
    limit,
    account,
  }: { since: Cursor; end: Cursor; limit: number; account: FollowedAccount | undefined },
): Promise<LogPage> {
  const rows = await kysely
    .selectFrom("change")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("key", since.entry === 0 ? ">" : ">=", since.key)
    .$if(account !== undefined, (select) =>
      select.where(({ or, eb }) =>
        or([eb("account", "=", account?.key ?? 0), eb("account_id", "=", account?.id ?? "")]),
      ),
    )
    .orderBy("key")
    // One more tells whether there is more.
    .$if(Number.isFinite(limit), (select) => select.limit(limit + 1))
    .execute();
  const added: KeyRange[] = [];
  const changed: ChangeRow[] = [];
  const forgotten: string[] = [];
  let count = 0;
  let cursor = since;
  for (const row of rows) {
    if (count >= limit) return { added, changed, forgotten, cursor, more: true };
    cursor = { key: row.key, entry: 0, token: row.token };
    if (row.kind !== "added") {
      if (row.kind === "forgotten") forgotten.push(row.account_id ?? "");
      else changed.push(row);
      count += 1;
      continue;
    }
    const { first, last } = restOf(row, since);
    const told = Math.min(last, first + limit - count - 1);
    if (first <= told) added.push({ first, last: told });
    count += told - first + 1;
    if (told < last) return { added, changed, forgotten, cursor: { ...cursor, entry: told }, more: true };
  }
  return { added, changed, forgotten, cursor: end, more: false };
}

/** What a row adds after a cursor that may be in the middle of it. */
function restOf({ key, first_entry: first, last_entry: last }: ChangeRow, since: Cursor): KeyRange {
  if (first === null || last === null) throw new Error(`Row ${key} of the log of changes cannot be read.`);
  return { first: since.key === key && since.entry > 0 ? since.entry + 1 : first, last };
}
