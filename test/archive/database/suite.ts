import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import type { Writer } from "../../../packages/archive/src/database/index.ts";
import { addAccount, entryOf, idsIn, NOON, opened } from "./given.ts";

/** What the database promises on every dialect. `place` returns a location at which nothing is yet. */
export function describeDatabase(name: string, place: () => string): void {
  describe(`the archive's database in ${name}`, () => {
    describeWriting(place);
    describeValues(place);
    describeKeys(place);
    describeStreams(place);
    describeTables(place);
  });
}

function describeWriting(place: () => string): void {
  it("keeps what was written when it is closed and opened again", async () => {
    const location = place();
    {
      await using database = await opened(location);
      await database.write(async (writer) => {
        await writer.insert("entry", [entryOf(await addAccount(writer, "a"), { id: "1" })]);
      });
    }
    await using database = await opened(location);
    expect(await idsIn(database)).toEqual(["1"]);
    expect(database.warnings).toEqual([]);
  });

  it("a write that throws leaves nothing, and hands on what it threw", async () => {
    await using database = await opened(place());
    const work = database.write(async (writer) => {
      const account = await addAccount(writer, "a");
      await writer.insert("entry", [entryOf(account, { id: "1" })]);
      throw new RangeError("changed my mind");
    });
    await expect(work).rejects.toThrow(new RangeError("changed my mind"));
    expect(await idsIn(database)).toEqual([]);
    expect(await database.kysely.selectFrom("account").selectAll().execute()).toEqual([]);
  });

  it("a write of which one statement failed leaves nothing, even if its work goes on", async () => {
    await using database = await opened(place());
    const work = database.write(async (writer) => {
      const account = await addAccount(writer, "a");
      await addAccount(writer, "a").catch(() => {});
      if (database.dialect === "sqlite") throw new Error("rolled back");
      await writer.insert("entry", [entryOf(account, { id: "1" })]).catch(() => {});
    });
    await expect(work).rejects.toThrow("rolled back");
    expect(await idsIn(database)).toEqual([]);
    expect(await database.write((writer) => addAccount(writer, "a"))).toBeGreaterThan(0);
  });

  it("readers see nothing of a write before it is committed, and the writer sees it all", async () => {
    await using database = await opened(place());
    await database.write(async (writer) => {
      await writer.insert("entry", [entryOf(await addAccount(writer, "a"), { id: "1" })]);
      expect(await idsIn(database)).toEqual([]);
      const seen = await writer.kysely.selectFrom("entry").select("id").execute();
      expect(seen.map(({ id }) => id)).toEqual(["1"]);
    });
    expect(await idsIn(database)).toEqual(["1"]);
  });

  it("two writers of one account follow each other, also through two openings of the archive", async () => {
    const location = place();
    await using one = await opened(location);
    await using other = await opened(location);
    const account = await one.write((writer) => addAccount(writer, "a"));
    const counted = (database: typeof one) =>
      database.write(async (writer) => {
        await writer.lockAccount(account);
        const query = writer.kysely.selectFrom("account").select("runs").where("key", "=", account);
        const { runs } = await query.executeTakeFirstOrThrow();
        await writer.kysely
          .updateTable("account")
          .set({ runs: runs + 1 })
          .where("key", "=", account)
          .execute();
      });
    await Promise.all(Array.from({ length: 20 }, (_, nth) => counted(nth % 2 === 0 ? one : other)));
    const { runs } = await one.kysely.selectFrom("account").select("runs").executeTakeFirstOrThrow();
    expect(runs).toBe(20);
  });

  it("gives keys that nobody else gets, not even after their rows were removed", async () => {
    await using database = await opened(place());
    const account = await database.write((writer) => addAccount(writer, "a"));
    const given = await database.write(async (writer) => {
      const keys = await writer.newKeys("pack", 3);
      const data = Uint8Array.of(1);
      await writer.insert(
        "pack",
        keys.map((key) => ({ key, account, data })),
      );
      return keys;
    });
    await database.write(async ({ kysely }) => {
      await kysely.deleteFrom("pack").execute();
    });
    const later = await database.write(async (writer) => {
      expect(await writer.newKeys("pack", 0)).toEqual([]);
      return await writer.newKeys("pack", 2);
    });
    const all = [...given, ...later];
    expect(all).toEqual([...new Set(all)].sort((a, b) => a - b));
    expect(all).toHaveLength(5);
  });

  it("a transaction cannot be used after it has ended", async () => {
    await using database = await opened(place());
    const writer = await database.write(async (under) => under);
    await expect(addAccount(writer, "a")).rejects.toThrow("the transaction has ended");
    await expect(writer.insert("account", [])).rejects.toThrow("the transaction has ended");
    await expect(writer.lockAccount(1)).rejects.toThrow("the transaction has ended");
    expect(await database.kysely.selectFrom("account").select("id").execute()).toEqual([]);
  });

  it("no transaction begins within a write, which would end with it", async () => {
    await using database = await opened(place());
    const work = database.write(async (writer) => {
      await addAccount(writer, "a");
      await writer.kysely.transaction().execute(async () => {});
    });
    await expect(work).rejects.toThrow(/transaction/);
    expect(await database.kysely.selectFrom("account").select("id").execute()).toEqual([]);
  });

  it("the reading connection cannot write", async () => {
    await using database = await opened(place());
    const values = { tenant: "default", id: "a", created_at: NOON };
    await expect(database.kysely.insertInto("account").values(values).execute()).rejects.toThrow(
      /read-?only/i,
    );
  });

  it("closing waits for the write under way, and nothing works afterwards", async () => {
    const location = place();
    const database = await opened(location);
    const going = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const write = database.write(async (writer) => {
      begun.resolve();
      await going.promise;
      await addAccount(writer, "a");
    });
    await begun.promise;
    const closed = database.close();
    going.resolve();
    await Promise.all([write, closed]);
    await expect(database.write(async () => {})).rejects.toThrow("the archive is closed");
    await expect(idsIn(database)).rejects.toThrow("the archive is closed");
    await database.close();
    await using again = await opened(location);
    expect(await again.kysely.selectFrom("account").select("id").execute()).toEqual([{ id: "a" }]);
  });
}

function describeValues(place: () => string): void {
  it("millionths are exact bigints and every other integer is a number, in tables and in expressions", async () => {
    await using database = await opened(place());
    const [most, least] = [2n ** 63n - 1n, -(2n ** 63n) + 1n];
    const account = await database.write(async (writer) => {
      const key = await addAccount(writer, "a");
      const entries = [most, least, 9_007_199_254_740_993n, 5n, null];
      await writer.insert(
        "entry",
        entries.map((micros, nth) => entryOf(key, { id: `${nth}`, micros })),
      );
      return key;
    });
    const rows = await database.kysely
      .selectFrom("entry")
      .select(["account", "micros", "certain"])
      .orderBy("id")
      .execute();
    expect(rows.map(({ micros }) => micros)).toEqual([most, least, 9_007_199_254_740_993n, 5n, null]);
    expect(rows[0]).toMatchObject({ account, certain: 1 });
    const sums = await database.kysely
      .selectFrom("entry")
      .select((of) => [of.fn.countAll().as("count"), of.fn.sum("micros").as("sum_micros")])
      .where("id", "in", ["2", "3"])
      .executeTakeFirstOrThrow();
    expect(sums).toEqual({ count: 2, sum_micros: 9_007_199_254_740_998n });
    const found = await database.kysely.selectFrom("entry").select("id").where("micros", "=", most).execute();
    expect(found).toEqual([{ id: "0" }]);
    const large = await sql<{ large: unknown }>`select cast(9007199254740993 as bigint) as large`.execute(
      database.kysely,
    );
    expect(large.rows[0]?.large).toBe(9_007_199_254_740_993n);
  });

  it("bytes, fractions and texts come back as they were", async () => {
    await using database = await opened(place());
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const text = "'\"{a,b}\\ NULL\n\t🏦 Ł ø ß é e\u0301";
    await database.write(async (writer) => {
      const account = await addAccount(writer, "a");
      await writer.insert("payload", [{ key: 7, account, digest: bytes, pack: 1, place: 0 }]);
      await writer.insert("entry", [entryOf(account, { key: 3, id: "1", text, counterparty: "" })]);
      const link = { list: "booked", ordinal: 0, since: 1, rule: "new", certain: 1, version: 1 };
      await writer.insert("link", [{ ...link, payload: 7, entry: 3, cost: 0.1 }]);
    });
    const { digest } = await database.kysely.selectFrom("payload").select("digest").executeTakeFirstOrThrow();
    expect(digest).toBeInstanceOf(Uint8Array);
    expect(Array.from(digest)).toEqual(Array.from(bytes));
    const entry = database.kysely.selectFrom("entry").select(["text", "counterparty", "notes"]);
    expect(await entry.executeTakeFirst()).toEqual({ text, counterparty: "", notes: null });
    expect(await database.kysely.selectFrom("link").select("cost").execute()).toEqual([{ cost: 0.1 }]);
  });

  it("a text that contains NUL is stored", async () => {
    await using database = await opened(place());
    await database.write(async (writer) => {
      const account = await addAccount(writer, "a\0b");
      await writer.insert("entry", [entryOf(account, { id: "1", text: "a\0b" })]);
    });
    const { text } = await database.kysely.selectFrom("entry").select("text").executeTakeFirstOrThrow();
    expect(text).toBe(database.dialect === "sqlite" ? "a\0b" : "a\ufffdb");
  });

  it("adds thousands of rows at once, of which some leave out columns that have a default", async () => {
    await using database = await opened(place());
    await database.write(async (writer) => {
      const account = await addAccount(writer, "a");
      const ids = Array.from({ length: 2500 }, (_, nth) => `${nth}`);
      await writer.insert(
        "entry",
        ids.map((id) => entryOf(account, { id })),
      );
      await writer.insert("entry", []);
      await writer.insert("account", [
        { tenant: "default", id: "b", created_at: 1 },
        { tenant: "default", id: "c", created_at: 1, runs: 5, bank: "BANK" },
        { id: "e", created_at: 1, tenant: "default", bank: null },
      ]);
    });
    const { count } = await database.kysely
      .selectFrom("entry")
      .select((of) => of.fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow();
    expect(count).toBe(2500);
    const accounts = database.kysely.selectFrom("account").select(["id", "runs", "bank"]).orderBy("id");
    expect(await accounts.where("id", ">", "a").execute()).toEqual([
      { id: "b", runs: 0, bank: null },
      { id: "c", runs: 5, bank: "BANK" },
      { id: "e", runs: 0, bank: null },
    ]);
  });
}

function describeKeys(place: () => string): void {
  it("keys are given once, whether their rows are added, removed or never added", async () => {
    await using database = await opened(place());
    const taken: number[] = [];
    const take = async (writer: Writer, count: number) => {
      const keys = await writer.newKeys("account", count);
      expect(keys).toEqual([...keys].sort((a, b) => a - b));
      expect(keys).toHaveLength(count);
      taken.push(...keys);
      return keys;
    };
    await database.write(async (writer) => {
      await take(writer, 0);
      const [first, second] = await take(writer, 3);
      await take(writer, 2);
      for (const [key, id] of [
        [second, "b"],
        [first, "a"],
      ] as const)
        await writer.insert("account", [{ key: Number(key), tenant: "default", id, created_at: NOON }]);
      taken.push(await addAccount(writer, "c"));
    });
    await database.write(async ({ kysely }) => void (await kysely.deleteFrom("account").execute()));
    await database.write(async (writer) => {
      taken.push(await addAccount(writer, "d"));
      await take(writer, 1);
      taken.push(await addAccount(writer, "e"));
    });
    expect(new Set(taken).size).toBe(taken.length);
    const { length } = await database.kysely.selectFrom("account").select("key").execute();
    expect(length).toBe(2);
  });
}

function describeStreams(place: () => string): void {
  const filled = async (location: string, count: number) => {
    const database = await opened(location);
    await database.write(async (writer) => {
      const account = await addAccount(writer, "a");
      const ids = Array.from({ length: count }, (_, nth) => String(nth).padStart(5, "0"));
      await writer.insert(
        "entry",
        ids.map((id) => entryOf(account, { id })),
      );
    });
    return database;
  };

  it.each([0, 1, 500, 1201])("a stream gives all of %i rows, as they were when it began", async (count) => {
    await using database = await filled(place(), count);
    const query = database.kysely.selectFrom("entry").select(["id", "micros"]).orderBy("id");
    const found: string[] = [];
    for await (const { id, micros } of database.stream(query.where("amount", "=", "-1.50").compile())) {
      if (found.length === 0)
        await database.write(async ({ kysely }) => void (await kysely.deleteFrom("entry").execute()));
      expect(micros).toBe(-1_500_000n);
      found.push(id);
    }
    expect(found).toEqual(Array.from({ length: count }, (_, nth) => String(nth).padStart(5, "0")));
    expect(await idsIn(database)).toEqual([]);
  });

  it("a stream that is left early can be followed by others, writes and closing", async () => {
    await using database = await filled(place(), 1201);
    const query = database.kysely.selectFrom("entry").select("id").orderBy("id").compile();
    for (let round = 0; round < 30; round += 1) {
      for await (const { id } of database.stream(query)) {
        expect(id).toBe("00000");
        break;
      }
    }
    await database.write(async ({ kysely }) => void (await kysely.deleteFrom("entry").execute()));
    expect(await idsIn(database)).toEqual([]);
  });

  it("closing the archive ends its streams with an error", async () => {
    const database = await filled(place(), 1201);
    const query = database.kysely.selectFrom("entry").select("id").compile();
    const reading = async () => {
      for await (const row of database.stream(query)) {
        expect(row.id).toBeDefined();
        await database.close();
      }
    };
    await expect(reading()).rejects.toThrow("the archive is closed");
  });
}

function describeTables(place: () => string): void {
  it("everything of an account goes with it, and nothing of another", async () => {
    await using database = await opened(place());
    const [one] = await database.write(async (writer) => {
      const keys = [await addAccount(writer, "a"), await addAccount(writer, "b")];
      for (const [nth, account] of keys.entries()) await addAll(writer, account, nth + 1);
      return keys;
    });
    await database.write(async ({ kysely }) => {
      await kysely.deleteFrom("account").where("key", "=", Number(one)).execute();
    });
    for (const table of OF_ACCOUNT) {
      const { rows } = await sql<{
        count: number;
      }>`select count(*) as count from ${sql.table(table)}`.execute(database.kysely);
      expect([table, rows[0]?.count]).toEqual([table, 1]);
    }
  });

  it("the views name accounts by their ids, and have moments and amounts that can be read", async () => {
    await using database = await opened(place());
    await database.write(async (writer) => {
      await addAll(writer, await addAccount(writer, "a"), 1);
      const connection = { tenant: "default", provider: "p", id: "c", state: "active", seen_at: NOON };
      await writer.insert("connection", [connection]);
    });
    const isSqlite = database.dialect === "sqlite";
    const moment = isSqlite ? "2026-11-23T12:00:00.007Z" : new Date(NOON);
    const yes = isSqlite ? 1 : true;
    const number = (text: string) => (isSqlite ? Number(text) : text);
    const rowOf = async (view: string) =>
      (await sql<Record<string, unknown>>`select * from ${sql.table(view)}`.execute(database.kysely)).rows;
    const of = { tenant: "default", account: "a" };
    const seen = { first_seen_at: moment, last_seen_at: moment };
    expect(await rowOf("transactions")).toEqual([
      {
        ...of,
        id: "id1",
        status: "booked",
        certain: yes,
        amount: "-1.50",
        amount_number: number("-1.50"),
        amount_micros: -1_500_000n,
        currency: "EUR",
        date: "2026-11-20",
        booking_date: "2026-11-20",
        value_date: null,
        counterparty: "Café",
        text: "Coffee",
        first_seen_at: moment,
      },
    ]);
    expect(await rowOf("balances")).toEqual([
      {
        ...of,
        ...seen,
        kind: "booked",
        kind_as_sent: "closingBooked",
        amount: "12345678901234567.89",
        amount_number: number("12345678901234567.89"),
        currency: "EUR",
        date: null,
      },
    ]);
    expect(await rowOf("runs")).toEqual([
      {
        ...of,
        number: 1,
        provider: "p",
        handle: "h1",
        observed_at: moment,
        recorded_at: moment,
        covers_from: "2026-08-25",
        covers_to: null,
        covers_pending: yes,
      },
    ]);
    expect(await rowOf("accounts")).toMatchObject([
      { id: "a", tenant: "default", label: "Current", created_at: moment, described_at: null },
    ]);
    expect(await rowOf("account_handles")).toEqual([
      { ...of, ...seen, provider: "p", handle: "h1", connection: null },
    ]);
    expect(await rowOf("account_identities")).toEqual([
      { ...of, rank: 0, scheme: "iban", scope: null, value: "v1", currency: null },
    ]);
    expect(await rowOf("connections")).toMatchObject([{ id: "c", seen_at: moment, valid_until: null }]);
  });

  it("an identity, a handle, a payload and the id of a transaction are there once", async () => {
    await using database = await opened(place());
    const account = await database.write(async (writer) => {
      const key = await addAccount(writer, "a");
      await addAll(writer, key, 1);
      return key;
    });
    const identity = { account, rank: 1, scheme: "iban", scope: null, value: "v1", currency: null };
    const seen = { first_seen_at: NOON, last_seen_at: NOON };
    const handle = { tenant: "default", provider: "p", handle: "h1", account, connection: null, ...seen };
    const payload = { key: 100, account, digest: Uint8Array.of(1), pack: 1, place: 0 };
    const again: ((writer: Writer) => Promise<void>)[] = [
      (writer) => writer.insert("account_identity", [identity]),
      (writer) => writer.insert("account_handle", [handle]),
      (writer) => writer.insert("payload", [payload]),
      (writer) => writer.insert("entry", [entryOf(account, { key: 100, id: "id1" })]),
    ];
    for (const work of again) await expect(database.write(work)).rejects.toThrow(/unique/i);
    await database.write(async (writer) => {
      await writer.insert("account_identity", [{ ...identity, currency: "EUR" }]);
      await writer.insert("account_handle", [{ ...handle, tenant: "another" }]);
    });
  });
}

const OF_ACCOUNT = [
  "account",
  "account_identity",
  "account_handle",
  "run",
  "listing",
  "pack",
  "payload",
  "entry",
  "link",
  "former_id",
  "balance",
  "decision",
];

/** Adds a row to every table that belongs to an account. */
async function addAll(writer: Writer, account: number, nth: number): Promise<void> {
  const seen = { first_seen_at: NOON, last_seen_at: NOON };
  const [tenant, provider, handle, list] = ["default", "p", `h${nth}`, "booked"];
  await writer.insert("account_identity", [
    { account, rank: 0, scheme: "iban", scope: null, value: `v${nth}`, currency: null },
  ]);
  await writer.insert("account_handle", [{ tenant, provider, handle, account, connection: null, ...seen }]);
  await writer.insert("run", [
    {
      account,
      number: 1,
      provider,
      handle,
      observed_at: NOON,
      recorded_at: NOON,
      covers_from: "2026-08-25",
      covers_to: null,
      covers_pending: 1,
      listing: nth,
    },
  ]);
  await writer.insert("listing", [{ key: nth, account, base: null, data: Uint8Array.of(0) }]);
  await writer.insert("pack", [{ key: nth, account, data: Uint8Array.of(0) }]);
  await writer.insert("payload", [{ key: nth, account, digest: Uint8Array.of(1), pack: nth, place: 0 }]);
  await writer.insert("entry", [entryOf(account, { key: nth, id: `id${nth}`, payload: nth })]);
  const made = { rule: "new", cost: 0, certain: 1, version: 1 };
  await writer.insert("link", [{ payload: nth, list, ordinal: 0, since: 1, entry: nth, ...made }]);
  await writer.insert("former_id", [{ id: `former${nth}`, account, entry: nth }]);
  const amount = { amount: "12345678901234567.89", currency: "EUR", date: null, raw: "{}" };
  await writer.insert("balance", [
    { account, kind: "booked", kind_as_sent: "closingBooked", ...amount, ...seen },
  ]);
  const rows = {
    one_run: 1,
    one_list: list,
    one_position: 0,
    other_run: 1,
    other_list: list,
    other_position: 1,
  };
  await writer.insert("decision", [{ account, verdict: "twin", ...rows, decided_at: NOON }]);
}
