import { type Database, openDatabase } from "../../../packages/archive/src/database/index.ts";

/** What follows from what was recorded: the transactions, their links, where former ids lead, and what was learnt. */
export async function derivedTables(location: string): Promise<Record<string, readonly unknown[]>> {
  return await inDatabase(location, async ({ kysely }) => ({
    entry: await kysely.selectFrom("entry").selectAll().orderBy("key").execute(),
    link: await kysely
      .selectFrom("link")
      .selectAll()
      .orderBy("payload")
      .orderBy("list")
      .orderBy("ordinal")
      .orderBy("since")
      .execute(),
    former_id: await kysely.selectFrom("former_id").selectAll().orderBy("id").execute(),
    account: await kysely.selectFrom("account").select(["id", "memory", "runs"]).orderBy("key").execute(),
  }));
}

/** Does something to the tables of an archive behind its back. */
export async function inDatabase<T>(location: string, work: (database: Database) => Promise<T>): Promise<T> {
  await using database = await openDatabase({ location, now: () => 0 });
  return await work(database);
}
