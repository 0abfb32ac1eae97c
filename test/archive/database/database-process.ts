import type { Migration } from "../../../packages/archive/src/database/migrations/index.ts";
import { addAccount, EXTENDED, entryOf, opened } from "./given.ts";

// A process that a test starts, and often kills: opens an archive, and does to it what the second argument says.
const [location = "", job = "", detail = ""] = process.argv.slice(2);

/** Migrations during which the process is killed, once it has run so many statements. */
function killing(count: number): readonly Migration[] {
  let left = count;
  return EXTENDED.map(({ version, statements }) => ({
    version,
    *statements(words) {
      for (const statement of statements(words)) {
        if (left === 0) process.kill(process.pid, "SIGKILL");
        left -= 1;
        yield statement;
      }
    },
  }));
}

/** Reads a number of an account and writes it one higher, often. */
async function count(account: number, times: number): Promise<void> {
  await using database = await opened(location);
  for (let time = 0; time < times; time += 1) {
    await database.write(async (writer) => {
      await writer.lockAccount(account);
      const query = writer.kysely.selectFrom("account").select("runs").where("key", "=", account);
      const { runs } = await query.executeTakeFirstOrThrow();
      await writer.kysely
        .updateTable("account")
        .set({ runs: runs + 1 })
        .where("key", "=", account)
        .execute();
    });
  }
}

/** Adds a hundred transactions by each write, and says so after each, until it is killed. */
async function fill(name: string): Promise<void> {
  await using database = await opened(location);
  const account = await database.write((writer) => addAccount(writer, name));
  for (let write = 0; ; write += 1) {
    const ids = Array.from({ length: 100 }, (_, nth) => `${name}-${write}-${nth}`);
    await database.write(async (writer) => {
      for (const id of ids) await writer.insert("entry", [entryOf(account, { id })]);
    });
    process.stdout.write(`${write}\n`);
  }
}

/** Adds an account with a label of so many bytes, and reports what came of it. */
async function report(size: number): Promise<unknown> {
  try {
    await using database = await opened(location);
    await database.write(async (writer) => {
      const key = await addAccount(writer, `a${size}`);
      const label = "x".repeat(size);
      await writer.kysely.updateTable("account").set({ label }).where("key", "=", key).execute();
    });
    return { ids: await database.kysely.selectFrom("account").select("id").execute() };
  } catch (error) {
    return error instanceof Error ? { name: error.name, message: error.message } : error;
  }
}

if (job === "report") console.log(JSON.stringify(await report(Number(detail))));
else if (job === "migrate") await (await opened(location, { migrations: EXTENDED })).close();
else if (job === "die") await opened(location, { migrations: killing(Number(detail)) });
else if (job === "count") await count(Number(detail), 25);
else if (job === "fill") await fill(detail);
else throw new Error(`${job} is no job`);
