import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { expect, it } from "vitest";
import { MIGRATIONS } from "../../../packages/archive/src/database/migrations/index.ts";
import { openDatabase } from "../../../packages/archive/src/database/open.ts";
import { openArchive } from "../../../packages/archive/src/index.ts";
import { archiveLocation } from "../location.ts";
import { account, all, response, transaction } from "./observed.ts";

const NOW = "2026-03-01T09:00:00Z";
const ROWS = join(import.meta.dirname, "../database/version-1-rows.sql");

/** The ids that the transactions had in version 1. */
const [COFFEE, RENT, INTEREST] = [
  "01kjma0fm08n0fzrxvzzwpcxpc",
  "01kjma0fm0m8gx4xyv7mx036wz",
  "01kjma0fm03x0h5x8yq7tm6pns",
];

/** An archive that version 1 left, with three responses of two owners. */
async function versionOne(): Promise<string> {
  const location = archiveLocation();
  const now = () => Date.parse(NOW);
  await using database = await openDatabase({ location, now }, { migrations: MIGRATIONS.slice(0, 1) });
  const isPostgres = database.dialect === "postgres";
  const statements = readFileSync(ROWS, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("insert"));
  await database.write(async ({ kysely }) => {
    for (const statement of statements)
      await sql
        .raw(isPostgres ? statement.replaceAll(/\bx'([0-9a-f]*)'/g, "'\\x$1'") : statement)
        .execute(kysely);
    if (!isPostgres) return;
    for (const table of ["account", "listing", "pack", "payload", "entry"])
      await sql`select setval(pg_get_serial_sequence(${table}, 'key'), 100)`.execute(kysely);
  });
  return location;
}

it("an archive of version 1 has every transaction after the migration, searchable and in the change feed", async () => {
  const location = await versionOne();
  await using archive = await openArchive({ location, now: () => NOW });
  expect((await all(archive.transactions())).map(({ id, raw }) => [id, raw])).toEqual([
    [RENT, { n: 2 }],
    [COFFEE, { n: 3 }],
    [INTEREST, { n: 4 }],
  ]);
  const found = async (search: string) => (await all(archive.summaries({ search }))).map(({ id }) => id);
  expect(await found("lukasz mueller 1.234,56")).toEqual([RENT]);
  expect(await found("kaffee")).toEqual([COFFEE]);
  expect(await found("zins 0,0000001")).toEqual([INTEREST]);
  expect(await found("another")).toEqual([]);
  expect((await all(archive.summaries({ size: { to: "3.20" } }))).map(({ id }) => id)).toEqual([
    COFFEE,
    INTEREST,
  ]);
  const { added, modified, removed } = await archive.changes();
  expect(added.map(({ id }) => id).sort()).toEqual([COFFEE, RENT, INTEREST].sort());
  expect([modified, removed]).toEqual([[], []]);
  expect((await all(archive.observations(COFFEE))).map(({ status }) => status)).toEqual([
    "pending",
    "booked",
  ]);
  if (!location.startsWith("postgres")) expect(existsSync(`${location}.version-1`)).toBe(true);
});

it("what was recorded by version 1 is recognised and stays searchable as it changes", async () => {
  const location = await versionOne();
  await using archive = await openArchive({ location, now: () => NOW });
  const rent = { amount: "-1234.56", counterparty: "Łukasz Müller", bookingDate: "2026-02-01" };
  const shown = transaction({ ...rent, valueDate: "2026-02-01", text: "Miete für Februar, Dachgeschoss" });
  const before = await archive.changes();
  await archive.record(account("a"), response("2026-02-21T20:00:00Z", [shown]));
  const found = async (search: string) => (await all(archive.summaries({ search }))).map(({ id }) => id);
  expect(await found("dachgeschoss")).toEqual([RENT]);
  expect(await found("miete")).toEqual([RENT]);
  const { modified } = await archive.changes({ since: before.cursor });
  expect(modified.map(({ after }) => after.id)).toEqual([RENT]);
});

it("several that open an archive of version 1 at once all find everything in it", async () => {
  const location = await versionOne();
  const archives = await Promise.all([1, 2, 3].map(() => openArchive({ location, now: () => NOW })));
  for (const archive of archives) {
    expect((await all(archive.summaries({ search: "miete" }))).map(({ id }) => id)).toEqual([RENT]);
    await archive.close();
  }
});
