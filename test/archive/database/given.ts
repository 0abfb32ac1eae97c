import type { Insertable } from "kysely";
import type { Database, Schema, Writer } from "../../../packages/archive/src/database/index.ts";
import { MIGRATIONS, type Migration } from "../../../packages/archive/src/database/migrations/index.ts";
import { openDatabase } from "../../../packages/archive/src/database/open.ts";
import type { InternalOptions } from "../../../packages/archive/src/database/settings.ts";

export const NOON = Date.parse("2026-11-23T12:00:00.007Z");

/** Opens an archive at a clock that stands still, and notes what it warns of. */
export async function opened(
  location: string,
  internal: Partial<InternalOptions> = {},
): Promise<Database & { warnings: string[] }> {
  const warnings: string[] = [];
  const logger = { debug() {}, info() {}, warn: (line: string) => void warnings.push(line), error() {} };
  return Object.assign(await openDatabase({ location, now: () => NOON, logger }, internal), { warnings });
}

/** The migrations of this version, and one more. */
export function withOneMore(...statements: string[]): readonly Migration[] {
  return [...MIGRATIONS, { version: MIGRATIONS.length + 1, statements: () => statements }];
}

/** Adds an account, and returns its key. */
export async function addAccount({ kysely }: Writer, id: string): Promise<number> {
  const account = {
    tenant: "default",
    id,
    created_at: NOON,
    label: "Current",
    iban: "DE02120300000000202051",
  };
  return (await kysely.insertInto("account").values(account).returning("key").executeTakeFirstOrThrow()).key;
}

/** A transaction of an account, with the id and whatever else is given. */
export function entryOf(
  account: number,
  entry: Partial<Insertable<Schema["entry"]>> & { id: string },
): Insertable<Schema["entry"]> {
  return {
    account,
    status: "booked",
    certain: 1,
    amount: "-1.50",
    micros: -1_500_000n,
    currency: "EUR",
    booking_date: "2026-11-20",
    value_date: null,
    date: "2026-11-20",
    counterparty: "Café",
    text: "Coffee",
    payload: 1,
    list: "booked",
    ordinal: 0,
    first_run: 1,
    notes: null,
    ...entry,
  };
}

/** The ids of all transactions, in order. */
export async function idsIn(database: Database): Promise<string[]> {
  const rows = await database.kysely.selectFrom("entry").select("id").orderBy("id").execute();
  return rows.map(({ id }) => id);
}

/** As if a later version had added a table, which cannot be made twice. */
export const EXTENDED = withOneMore(
  "create table extra (number integer not null)",
  "insert into extra values (1)",
  "insert into extra values (2)",
  "create unique index extra_number on extra (number)",
);
