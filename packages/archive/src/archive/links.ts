import type { Writer } from "../database/index.ts";
import { type Move, type Recognition, RULES_VERSION } from "../identity/index.ts";
import { inGroups } from "./pack-cache.ts";
import { type RowKey, rowKeyText } from "./response-rows.ts";

/** A row of a response, the transaction that it was recognised as, and what that transaction's latest row was before. */
export interface RecognisedRow {
  readonly key: RowKey;
  readonly entry: number;
  readonly recognition: Recognition;
}

/**
 * Stores which transaction each row is, as far as that is news. A row that has been a transaction before, and that no other
 * transaction has claimed since, needs nothing, unless it is not certain that it is that one again.
 *
 * @param claims for each row key that is the latest row of known transactions, the keys of these
 * @param run from which on the rows are these transactions
 * @param stored whether a payload was stored before this run, so that it may have links
 */
export async function storeLinks(
  writer: Writer,
  rows: readonly RecognisedRow[],
  {
    run,
    claims,
    isStored,
  }: { run: number; claims: ReadonlyMap<string, readonly number[]>; isStored: (payload: number) => boolean },
): Promise<void> {
  const changed = rows.filter(({ key, entry, recognition: { certain } }) => {
    if (!certain) return true;
    const claimedBy = claims.get(rowKeyText(key)) ?? [];
    return claimedBy.length !== 1 || claimedBy[0] !== entry;
  });
  const payloads = new Set(changed.map(({ key }) => key.payload).filter(isStored));
  const present = await presentLinks(writer, [...payloads]);
  const added = changed.filter(
    ({ key, entry, recognition: { certain } }) => !certain || present.get(rowKeyText(key)) !== entry,
  );
  await writer.insert(
    "link",
    added.map(({ key, entry, recognition: { rule, cost, certain } }) => ({
      ...key,
      since: run,
      entry,
      rule,
      cost,
      certain: certain ? 1 : 0,
      version: RULES_VERSION,
    })),
  );
}

/** The transaction that each row with one of these payloads is now, by row key. */
async function presentLinks(writer: Writer, payloads: readonly number[]): Promise<Map<string, number>> {
  const present = new Map<string, number>();
  for (const group of inGroups(payloads)) {
    const rows = await writer.kysely
      .selectFrom("link")
      .select(["payload", "list", "ordinal", "entry"])
      .where("payload", "in", group)
      .orderBy("since")
      .execute();
    for (const { payload, list, ordinal, entry } of rows) present.set(`${payload} ${list} ${ordinal}`, entry);
  }
  return present;
}

/** A move with the keys of its transactions. */
export interface StoredMove {
  readonly move: Move;
  readonly from: number;
  readonly into: number;
}

/** Moves rows of earlier responses to another transaction; one that loses all of its rows lives on as a former id. */
export async function applyMove(
  writer: Writer,
  account: number,
  { move, from, into }: StoredMove,
): Promise<void> {
  const { rule, cost } = move;
  const change = { entry: into, rule, cost, certain: move.certain ? 1 : 0, version: RULES_VERSION };
  const links = writer.kysely.updateTable("link").set(change).where("entry", "=", from);
  if (move.rows === "pending") {
    await links.where("list", "=", "pending").execute();
    return;
  }
  const began = await writer.kysely
    .selectFrom("entry")
    .select(["first_run as run", "first_list as list", "first_position as position"])
    .where("key", "=", from)
    .executeTakeFirstOrThrow();
  await links.execute();
  await writer.kysely.updateTable("former_id").set({ entry: into }).where("entry", "=", from).execute();
  await writer.kysely.deleteFrom("entry").where("key", "=", from).execute();
  await writer.insert("former_id", [{ id: move.from, account, entry: into, ...began }]);
}
