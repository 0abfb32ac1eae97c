import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { MIGRATIONS, newestOf, wordsOf } from "../../../packages/archive/src/database/migrations/index.ts";
import { addAccount, EXTENDED, entryOf, idsIn, opened, withOneMore } from "./given.ts";

const NEWEST = newestOf(MIGRATIONS);

const script = join(import.meta.dirname, "database-process.ts");

/** A process that does a job to the archive at a location. */
function started(location: string, job: string, detail = ""): ChildProcess {
  return spawn(
    process.execPath,
    ["--conditions=bankdata-source", "--disable-warning=ExperimentalWarning", script, location, job, detail],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
}

/** What the extra table of the later version holds; undefined if it is not there. */
async function extraOf(location: string): Promise<unknown[]> {
  await using database = await opened(location, { migrations: EXTENDED });
  const { rows } = await sql<{ number: number }>`select number from extra order by number`.execute(
    database.kysely,
  );
  return rows.map(({ number }) => number);
}

/** What holds for several processes, and for those that are killed. `place` returns a location at which nothing is yet. */
export function describeProcesses(name: string, place: () => string): void {
  describe(`the archive's database in ${name}`, () => {
    describeMigrations(place);

    it("three processes that open a new archive at once make it once", async () => {
      const location = place();
      const ends = await Promise.all([1, 2, 3].map(() => once(started(location, "migrate"), "exit")));
      expect(ends).toEqual(new Array(3).fill([0, null]));
      expect(await extraOf(location)).toEqual([1, 2]);
    });

    it("three processes that find an archive of an older version at once migrate it once", async () => {
      const location = place();
      await (await opened(location)).close();
      const ends = await Promise.all([1, 2, 3].map(() => once(started(location, "migrate"), "exit")));
      expect(ends).toEqual(new Array(3).fill([0, null]));
      expect(await extraOf(location)).toEqual([1, 2]);
    });

    it("two processes that write to one account at once lose nothing", async () => {
      const location = place();
      await using database = await opened(location);
      const account = await database.write((writer) => addAccount(writer, "a"));
      const ends = await Promise.all(
        [1, 2].map(() => once(started(location, "count", `${account}`), "exit")),
      );
      expect(ends).toEqual(new Array(2).fill([0, null]));
      expect(await database.kysely.selectFrom("account").select("runs").execute()).toEqual([{ runs: 50 }]);
    });

    it("writes of processes that are killed are there as a whole or not at all, and those that returned are", async () => {
      const location = place();
      await (await opened(location)).close();
      for (let kill = 0; kill < 6; kill += 1) {
        const child = started(location, "fill", `p${kill}`);
        let returned = 0;
        for await (const chunk of child.stdout ?? []) {
          returned += String(chunk).split("\n").length - 1;
          if (returned > kill * 3) break;
        }
        child.kill("SIGKILL");
        await once(child, "exit");
        await using database = await opened(location);
        const ids = (await idsIn(database)).filter((id) => id.startsWith(`p${kill}-`));
        const writes = Map.groupBy(ids, (id) => id.split("-")[1]);
        expect(writes.size).toBeGreaterThanOrEqual(returned);
        expect(new Set([...writes.values()].map((write) => write.length))).toEqual(new Set([100]));
      }
    });
  });
}

function describeMigrations(place: () => string): void {
  it("a process that is killed during a migration leaves the old version, and the next one migrates", async () => {
    const statements = EXTENDED.flatMap((migration) => [...migration.statements(wordsOf("sqlite"))]);
    const location = place();
    // The first kills hit the making of the tables, the later ones the migration to the version after.
    for (const after of [0, 1, 10, statements.length - 5]) {
      const end = await once(started(location, "die", `${after}`), "exit");
      expect([after, end]).toEqual([after, [null, "SIGKILL"]]);
    }
    await using database = await opened(location);
    await database.write(async (writer) => {
      await writer.insert("entry", [entryOf(await addAccount(writer, "a"), { id: "1" })]);
    });
    for (const after of [0, 1, 2, 3]) {
      const end = await once(started(location, "die", `${after}`), "exit");
      expect([after, end]).toEqual([after, [null, "SIGKILL"]]);
      await using same = await opened(location);
      expect(await idsIn(same)).toEqual(["1"]);
    }
    expect(await extraOf(location)).toEqual([1, 2]);
  });

  it("a migration that fails half-way leaves the old version as it was, and says so", async () => {
    const location = place();
    {
      await using database = await opened(location);
      await database.write((writer) => addAccount(writer, "a"));
    }
    const migrations = withOneMore("create table extra (number integer)", "delete from account", "nonsense");
    await expect(opened(location, { migrations })).rejects.toMatchObject({
      name: "ArchiveVersionError",
      message: expect.stringMatching(
        new RegExp(
          `could not be migrated from version ${NEWEST} to ${NEWEST + 1} \\(.*nonsense.*\\)\\. It was left as it was\\.`,
        ),
      ),
      found: NEWEST,
      supported: NEWEST + 1,
    });
    await using database = await opened(location);
    expect(await database.kysely.selectFrom("account").select("id").execute()).toEqual([{ id: "a" }]);
    await expect(sql`select * from extra`.execute(database.kysely)).rejects.toThrow(/extra/);
  });

  it("the first migration leaves nothing if it fails, so that the next attempt begins anew", async () => {
    const location = place();
    await expect(opened(location, { migrations: withOneMore("nonsense") })).rejects.toThrow(/nonsense/);
    expect(await extraOf(location)).toEqual([1, 2]);
  });

  it("an archive that a newer version made is not used", async () => {
    const location = place();
    await (await opened(location, { migrations: EXTENDED })).close();
    await expect(opened(location)).rejects.toMatchObject({
      name: "ArchiveVersionError",
      message: expect.stringMatching(
        new RegExp(
          `was made by a newer version of bankdata: its tables have version ${NEWEST + 1}, and this one knows them up to ${NEWEST}\\..*update bankdata`,
        ),
      ),
      found: NEWEST + 1,
      supported: NEWEST,
    });
    expect(await extraOf(location)).toEqual([1, 2]);
  });
}
