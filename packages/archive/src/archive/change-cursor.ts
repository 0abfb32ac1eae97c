import { createHash } from "node:crypto";
import { ConfigurationError } from "bankdata-core/base";
import type { Kysely } from "kysely";
import type { Schema } from "../database/index.ts";

/** A place in the log of changes. */
export interface Cursor {
  /** The key of the last row that was told; 0 at the beginning. */
  readonly key: number;
  /** The last transaction that was told of a row that adds many; 0 if all of them were. */
  readonly entry: number;
  /** The token of that row, which tells whether it is still the same log. */
  readonly token: string;
}

export const BEGINNING: Cursor = { key: 0, entry: 0, token: "" };

/** Whose log it is, read as of one moment. */
export interface Log {
  readonly kysely: Kysely<Schema>;
  readonly tenant: string;
}

const FORM = /^1\.([\w-]{8})\.(\d{1,15})\.(\d{1,15})\.([\w-]{0,8})$/;

/** A cursor as its reader keeps it. */
export async function cursorText(log: Log, { key, entry, token }: Cursor): Promise<string> {
  return `1.${await tagOf(log)}.${key}.${entry}.${token}`;
}

/**
 * The place that a reader's cursor means.
 *
 * @param end the end of the log
 * @throws ConfigurationError if it is none of this log, or of a later state of it
 */
export async function cursorFrom(log: Log, text: string, end: Cursor): Promise<Cursor> {
  const [, tag, key, entry, token] = FORM.exec(text) ?? [];
  if (key === undefined || entry === undefined || token === undefined)
    throw new ConfigurationError("The cursor is not valid: use one that changes() has returned.");
  if (tag !== (await tagOf(log)))
    throw new ConfigurationError("The cursor is of another archive: begin without one.");
  const cursor = { key: Number(key), entry: Number(entry), token };
  if (cursor.key > end.key || !(await isOfThisLog(log, cursor)))
    throw new ConfigurationError(
      "The cursor is of a newer state of this archive, which was perhaps restored from a backup: begin without one.",
    );
  return cursor;
}

/** Whether the row of a cursor is the one that it was, or went with an account that was forgotten later. */
async function isOfThisLog({ kysely, tenant }: Log, { key, token }: Cursor): Promise<boolean> {
  if (key === BEGINNING.key) return true;
  const ofTenant = kysely.selectFrom("change").where("tenant", "=", tenant);
  const row = await ofTenant.select("token").where("key", "=", key).executeTakeFirst();
  if (row !== undefined) return row.token === token;
  const later = ofTenant.select("key").where("key", ">", key).where("kind", "=", "forgotten").limit(1);
  return (await later.executeTakeFirst()) !== undefined;
}

/** The end of the log. */
export async function endOf({ kysely, tenant }: Log): Promise<Cursor> {
  const last = await kysely
    .selectFrom("change")
    .select(["key", "token"])
    .where("tenant", "=", tenant)
    .orderBy("key", "desc")
    .limit(1)
    .executeTakeFirst();
  return last === undefined ? BEGINNING : { ...last, entry: 0 };
}

const TAG_LENGTH = 8;

/** Tells the log of a tenant in an archive from all others. */
async function tagOf({ kysely, tenant }: Log): Promise<string> {
  const { id } = await kysely.selectFrom("feed").select("id").executeTakeFirstOrThrow();
  return createHash("sha256").update(`${id} ${tenant}`).digest("base64url").slice(0, TAG_LENGTH);
}
