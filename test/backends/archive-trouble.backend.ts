import { execFile } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { sql } from "kysely";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { readAddress } from "../../packages/archive/src/database/postgres/address.ts";
import { archiveError } from "../../packages/archive/src/database/postgres/failures.ts";
import { addAccount, entryOf, idsIn, opened } from "../archive/database/given.ts";
import { temporaryFolder } from "../support/folder.ts";
import { freePort } from "../support/free-port.ts";
import { type Server, startPostgres } from "./servers.ts";

const run = promisify(execFile);

let postgres: Server;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  await postgres.remove();
});

/** Runs statements as the owner of the server. */
async function asOwner(...statements: string[]): Promise<void> {
  const client = new pg.Client(postgres.address);
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The address of a database of its own. */
let place: string;
let number = 0;
beforeEach(async () => {
  number += 1;
  await asOwner(`create database d${number}`);
  place = postgres.address.replace(/\/postgres$/, `/d${number}`);
});

it("a server that is away is told, and used once it is there", async () => {
  const port = await freePort();
  await expect(opened(`postgres://bank:hunter2@127.0.0.1:${port}/bank`)).rejects.toMatchObject({
    name: "ArchiveUnavailableError",
    message: `The archive postgres://bank:***@127.0.0.1:${port}/bank cannot be used now: connect ECONNREFUSED 127.0.0.1:${port}. What was committed is safe, and a write under way was undone: do the same again once the server can be used.`,
  });
  await postgres.stop();
  await expect(opened(place)).rejects.toMatchObject({ name: "ArchiveUnavailableError" });
  await postgres.start();
  await using database = await opened(place);
  expect(await idsIn(database)).toEqual([]);
});

it("a server that goes away during a write undoes it, and the next call works when it is back", async () => {
  await using database = await opened(place);
  const account = await database.write((writer) => addAccount(writer, "a"));
  expect(await idsIn(database)).toEqual([]);
  const work = database.write(async (writer) => {
    await writer.insert("entry", [entryOf(account, { id: "lost" })]);
    await postgres.stop();
    await writer.insert("entry", [entryOf(account, { id: "lost too" })]);
  });
  await expect(work).rejects.toMatchObject({ name: "ArchiveUnavailableError" });
  await expect(idsIn(database)).rejects.toMatchObject({ name: "ArchiveUnavailableError" });
  await expect(database.write(async () => {})).rejects.toMatchObject({ name: "ArchiveUnavailableError" });
  await postgres.start();
  expect(await idsIn(database)).toEqual([]);
  await database.write((writer) => writer.insert("entry", [entryOf(account, { id: "1" })]));
  expect(await idsIn(database)).toEqual(["1"]);
});

it("a server that goes away before a commit leaves it open whether that happened, and says so", async () => {
  await using database = await opened(place);
  const work = database.write(async (writer) => {
    await addAccount(writer, "a");
    await postgres.stop();
  });
  await expect(work).rejects.toMatchObject({
    name: "ArchiveUnavailableError",
    message: expect.stringMatching(
      /was lost while a write was being completed, so that it is either all there/,
    ),
  });
  await postgres.start();
  expect(await database.kysely.selectFrom("account").select("id").execute()).toEqual([]);
});

it("a server that goes away during a stream ends it with an error", async () => {
  await using database = await opened(place);
  await database.write(async (writer) => {
    const account = await addAccount(writer, "a");
    const ids = Array.from({ length: 1200 }, (_, nth) => `${nth}`);
    await writer.insert(
      "entry",
      ids.map((id) => entryOf(account, { id })),
    );
  });
  let count = 0;
  const reading = async () => {
    for await (const _ of database.stream(database.kysely.selectFrom("entry").select("id").compile())) {
      count += 1;
      if (count === 1) await postgres.stop();
    }
  };
  await expect(reading()).rejects.toMatchObject({ name: "ArchiveUnavailableError" });
  expect(count).toBeLessThan(1200);
  await postgres.start();
  expect(await idsIn(database)).toHaveLength(1200);
});

it("a connection that the server ends while nobody uses it is replaced", async () => {
  await using database = await opened(place);
  expect(await idsIn(database)).toEqual([]);
  await asOwner("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'bankdata'");
  await expect.poll(() => idsIn(database).catch(() => undefined)).toEqual([]);
  await database.write((writer) => addAccount(writer, "a"));
});

it("a connection that the server ends during a write undoes it", async () => {
  await using database = await opened(place);
  const work = database.write(async (writer) => {
    await addAccount(writer, "a");
    await sql`select pg_terminate_backend(pg_backend_pid())`.execute(writer.kysely);
  });
  await expect(work).rejects.toMatchObject({
    name: "ArchiveUnavailableError",
    message: expect.stringMatching(
      /terminating connection due to administrator command\. What was committed is safe/,
    ),
  });
  expect(await database.kysely.selectFrom("account").select("id").execute()).toEqual([]);
});

it("a password in a message of pg is masked, as it is written and as it is meant", () => {
  const address = readAddress("postgres://bank:p%40ss-w0rd@localhost/bank?schema=mine&sslmode=require");
  const error = archiveError(new Error("cannot use p%40ss-w0rd, which is p@ss-w0rd"), address);
  expect(error).toMatchObject({
    name: "ArchiveUnavailableError",
    message: expect.stringMatching(
      /^The archive postgres:\/\/bank:\*\*\*@localhost\/bank cannot be used now: cannot use \*\*\*, which is \*\*\*\./,
    ),
    cause: expect.objectContaining({ message: "cannot use ***, which is ***" }),
  });
});

it("a wrong password is told without showing it, nor the right one", async () => {
  await asOwner(
    "create role locked login password 'the right one'",
    "do $$ begin execute format('copy (select unnest(array[''host all locked 127.0.0.1/32 scram-sha-256'', ''host all all 127.0.0.1/32 trust''])) to %L', current_setting('hba_file')); end $$",
    "select pg_reload_conf()",
  );
  const address = place.replace("bank@", "locked:p%40ss-w0rd@");
  const failure = async (location: string) => {
    const error = await opened(location).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return error instanceof Error
      ? [error.name, `${error.message} ${JSON.stringify(error.cause) ?? ""}`]
      : [];
  };
  const [name, text] = await failure(address);
  expect(name).toBe("ConfigurationError");
  expect(text).toMatch(/locked:\*\*\*@127\.0\.0\.1.*password authentication failed.*Check the address/);
  expect(text).not.toMatch(/p%40ss|p@ss|w0rd|right one/);
  const [without, hint] = await failure(place.replace("bank@", "locked@"));
  expect(without).toBe("ConfigurationError");
  expect(hint).toMatch(/password/);
});

it("a database that is not there, and one in which the user may make nothing, are told", async () => {
  await expect(opened(`${place}-not-there`)).rejects.toMatchObject({
    name: "ConfigurationError",
    message: expect.stringMatching(/database "d\d+-not-there" does not exist/),
  });
  await asOwner("drop role if exists guest", "create role guest login");
  await expect(opened(`${place.replace("bank@", "guest@")}?schema=mine`)).rejects.toMatchObject({
    name: "ConfigurationError",
    message: expect.stringMatching(/permission denied/),
  });
});

it.each(["postgres://bank:se cret@[/db", "postgres://user:pa#ss@host:port/db"])(
  "an address that is not valid is rejected without showing its password",
  async (address) => {
    const error = await opened(address).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "ConfigurationError", message: expect.stringMatching(/not valid/) });
    expect(String(error)).not.toMatch(/cret|pa#ss/);
    expect(error).not.toHaveProperty("cause");
  },
);

it.each(["Bank", "a b", "1st", "x".repeat(64), "a;drop schema public", ""])(
  "the schema %j is rejected",
  async (schema) => {
    await expect(opened(`${place}?schema=${encodeURIComponent(schema)}`)).rejects.toMatchObject({
      name: "ConfigurationError",
      message: expect.stringMatching(/schema .* is not valid/),
    });
  },
);

it("tables of another program are left as they are, and a schema of its own helps", async () => {
  const client = new pg.Client(place);
  await client.connect();
  await client.query("create table transactions (id integer); insert into transactions values (7)");
  await expect(opened(place)).rejects.toMatchObject({
    name: "ConfigurationError",
    message: expect.stringMatching(
      /cannot be made: relation "transactions" already exists, and belongs to another program.*\?schema=bankdata/,
    ),
  });
  await using database = await opened(`${place}?schema=bankdata`);
  await database.write((writer) => addAccount(writer, "a"));
  expect((await client.query("select id from transactions")).rows).toEqual([{ id: 7 }]);
  expect((await client.query("select id from bankdata.accounts")).rows).toEqual([{ id: "a" }]);
  const { rows } = await client.query("select tablename from pg_tables where schemaname = 'public'");
  expect(rows).toEqual([{ tablename: "transactions" }]);
  await client.end();
});

it("archives in two schemas of one database know nothing of each other", async () => {
  await using one = await opened(`${place}?schema=one`);
  await using other = await opened(`${place}?schema=other`);
  await one.write((writer) => addAccount(writer, "a"));
  // Both take the lock of the account at once.
  await one.write(async (writer) => {
    await writer.lockAccount(1);
    await other.write((beside) => beside.lockAccount(1));
  });
  expect(await other.kysely.selectFrom("account").select("id").execute()).toEqual([]);
});

it("a server that is too old is told", async () => {
  const client = new pg.Client(place);
  await client.connect();
  // A function that stands before the server's own in the search path makes it look old.
  await client.query("create schema old");
  await client.query(
    "create function old.current_setting(text) returns text language sql as $$ select case $1 when 'server_version' then '13.22' else '130022' end $$",
  );
  await client.end();
  const options = encodeURIComponent("-c search_path=old,pg_catalog");
  await expect(opened(`${place}?options=${options}`)).rejects.toMatchObject({
    name: "ConfigurationError",
    message: expect.stringMatching(/the server is PostgreSQL 13\.22, and the archive needs 14 or newer/),
  });
});

it("a pooler that withholds the schema is told, before tables are made in another one", async () => {
  // Passes everything on but the setting that the first message of a connection asks for.
  const pooler = createServer((socket) => {
    const server = connect(Number(new URL(postgres.address).port), "127.0.0.1");
    for (const end of [socket, server]) end.on("error", () => {});
    socket.once("data", (start) => {
      server.write(start.toString("latin1").replace("search_path=mine", "search_path=none"), "latin1");
      socket.pipe(server);
    });
    server.pipe(socket);
  });
  await using _ = { [Symbol.asyncDispose]: async () => void pooler.close() };
  await once(pooler.listen(0, "127.0.0.1"), "listening");
  const address = pooler.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const pooled = place.replace(/:\d+\//, `:${port}/`);
  await expect(opened(`${pooled}?schema=mine`)).rejects.toMatchObject({
    name: "ConfigurationError",
    message: expect.stringMatching(
      /did not get the setting of its schema mine.*Connect to the server directly/,
    ),
  });
  await using database = await opened(`${place}?schema=mine`);
  expect(await idsIn(database)).toEqual([]);
});

it("a process makes five connections for writers, and further writers wait for those", async () => {
  await using database = await opened(place);
  const going = Promise.withResolvers<void>();
  const begun: number[] = [];
  const writes = Array.from({ length: 12 }, (_, nth) =>
    database.write(async (writer) => {
      begun.push(nth);
      await going.promise;
      await addAccount(writer, `${nth}`);
    }),
  );
  await expect.poll(() => begun.length).toBe(5);
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from pg_stat_activity
    where application_name = 'bankdata' and state = 'idle in transaction' and datname = current_database()
  `.execute(database.kysely);
  expect(rows).toEqual([{ count: 5 }]);
  const closed = database.close();
  going.resolve();
  await Promise.all([...writes, closed]);
  await using again = await opened(place);
  expect(await again.kysely.selectFrom("account").select("id").execute()).toHaveLength(12);
});

it("writers that failed leave their connections to others", async () => {
  await using database = await opened(place);
  for (let write = 0; write < 12; write += 1) {
    const work = database.write(async (writer) => {
      await addAccount(writer, "a");
      throw new RangeError("changed my mind");
    });
    await expect(work).rejects.toThrow("changed my mind");
  }
  await postgres.stop();
  for (let write = 0; write < 12; write += 1)
    await expect(database.write(async () => {})).rejects.toMatchObject({ name: "ArchiveUnavailableError" });
  await postgres.start();
  await database.write((writer) => addAccount(writer, "a"));
});

it("a writer who waits for long for another's lock is told", async () => {
  await using one = await opened(place);
  await using other = await opened(place, { patience: 50 });
  await one.write(async (writer) => {
    await writer.lockAccount(1);
    await expect(other.write((beside) => beside.lockAccount(1))).rejects.toMatchObject({
      name: "ArchiveUnavailableError",
      message: expect.stringMatching(/lock timeout/),
    });
  });
  await other.write((writer) => writer.lockAccount(1));
});

it("if pg is not installed, the way to install it is told", async () => {
  const hooks = join(temporaryFolder(), "hooks.mjs");
  writeFileSync(
    hooks,
    `import { registerHooks } from "node:module";
    registerHooks({ resolve(name, context, next) {
      if (name === "pg") throw Object.assign(new Error("Cannot find package 'pg'"), { code: "ERR_MODULE_NOT_FOUND" });
      return next(name, context);
    } });`,
  );
  const script = join(import.meta.dirname, "../archive/database/database-process.ts");
  const args = ["--import", hooks, "--conditions=bankdata-source", script, place, "report", "1"];
  const { stdout } = await run(process.execPath, args);
  expect(JSON.parse(stdout)).toEqual({
    name: "ConfigurationError",
    message:
      "An archive in Postgres needs the package pg, which is not installed: run `npm install pg` beside bankdata.",
  });
});
