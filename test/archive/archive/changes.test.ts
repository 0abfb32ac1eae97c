import fc from "fast-check";
import { expect, it } from "vitest";
import {
  type Archive,
  type ArchivedTransaction,
  type Changes,
  openArchive,
} from "../../../packages/archive/src/index.ts";
import { archiveLocation } from "../location.ts";
import { account, all, response, transaction } from "./observed.ts";

const now = () => "2026-03-01T08:00:00Z";

async function emptyArchive(tenant = "default", location = archiveLocation()): Promise<Archive> {
  return await openArchive({ location, tenant, now });
}

/** What the feed promises of a transaction. */
function visible(one: ArchivedTransaction) {
  const { id, account: of, status, certain, date, amount, currency } = one;
  const { bookingDate, valueDate, counterparty, text } = one;
  return { id, of, status, certain, date, amount, currency, bookingDate, valueDate, counterparty, text };
}

type Known = Map<string, ReturnType<typeof visible>>;

/** Applies changes, and checks that they fit what is known. */
function apply(known: Known, { added, modified, removed, forgotten }: Changes): void {
  for (const { before, after } of modified) {
    expect(known.get(before.id)).toEqual(visible(before));
    expect(after.id).toBe(before.id);
    known.set(after.id, visible(after));
  }
  for (const { before } of removed) {
    expect(known.get(before.id)).toEqual(visible(before));
    known.delete(before.id);
  }
  for (const one of added) {
    expect(known.has(one.id)).toBe(false);
    known.set(one.id, visible(one));
  }
  for (const id of forgotten) for (const [key, { of }] of known) if (of === id) known.delete(key);
}

async function present(archive: Archive, query = {}): Promise<Known> {
  const kept = await all(archive.transactions(query));
  return new Map(kept.map((one) => [one.id, visible(one)]));
}

const coffee = transaction({ amount: "-3.20", counterparty: "Café Zoë", text: "Kaffee" });
const rent = transaction({ amount: "-900.00", text: "Miete", bookingDate: "2026-02-03" });
const held = transaction({ status: "pending", amount: "-7.00", text: "Kino", counterparty: "Kino" });

it("adds everything without a cursor, and nothing from the end on", async () => {
  await using archive = await emptyArchive();
  expect(await archive.changes()).toMatchObject({ added: [], modified: [], removed: [], more: false });
  await archive.record(account("a"), response("2026-02-21T08:00:00Z", [coffee, rent]));
  const first = await archive.changes();
  expect(first.added.map(({ text }) => text)).toEqual(["Kaffee", "Miete"]);
  await archive.record(account("a"), response("2026-02-22T08:00:00Z", [coffee, rent]));
  expect(await archive.changes({ since: first.cursor })).toEqual({
    ...{ added: [], modified: [], removed: [], forgotten: [], more: false },
    cursor: first.cursor,
  });
});

it("tells what a transaction was when a pending one is booked, and not that only its raw form changed", async () => {
  await using archive = await emptyArchive();
  await archive.record(account("a"), response("2026-02-21T08:00:00Z", [coffee, held]));
  const { cursor } = await archive.changes();
  const booked = { ...held, status: "booked" as const, bookingDate: "2026-02-22" };
  const rewritten = { ...coffee, raw: { odd: true } };
  await archive.record(account("a"), response("2026-02-22T08:00:00Z", [rewritten, booked]));
  const { added, modified, removed } = await archive.changes({ since: cursor });
  expect([added, removed]).toEqual([[], []]);
  expect(modified).toMatchObject([
    { before: { status: "pending", text: "Kino", bookingDate: null }, after: { status: "booked" } },
  ]);
});

it("omits what cancels out between two cursors", async () => {
  await using archive = await emptyArchive();
  await archive.record(account("a"), response("2026-02-20T08:00:00Z", [coffee, rent]));
  const { cursor } = await archive.changes();
  const renamed = { ...coffee, text: "KAFFEE UND KUCHEN" };
  await archive.record(account("a"), response("2026-02-21T08:00:00Z", [renamed, rent]));
  const between = await archive.changes({ since: cursor });
  await archive.record(account("a"), response("2026-02-22T08:00:00Z", [coffee, rent]));
  expect(between.modified.map(({ after }) => after.text)).toEqual(["KAFFEE UND KUCHEN"]);
  expect((await archive.changes({ since: cursor })).modified).toEqual([]);
  expect((await archive.changes({ since: between.cursor })).modified).toMatchObject([
    { before: { text: "KAFFEE UND KUCHEN" }, after: { text: "Kaffee" } },
  ]);
});

it("refuses cursors that are invalid, of another archive or tenant, or of a later state", async () => {
  const location = archiveLocation();
  await using archive = await emptyArchive("default", location);
  await using other = await emptyArchive("other", location);
  await using elsewhere = await emptyArchive();
  await archive.record(account("a"), response("2026-02-21T08:00:00Z", [coffee]));
  const { cursor } = await archive.changes();
  await other.record(account("a"), response("2026-02-21T08:00:00Z", [rent]));
  await elsewhere.record(account("a"), response("2026-02-21T08:00:00Z", [rent]));
  for (const since of ["", "nonsense", `${cursor} `, cursor.toUpperCase(), "💥"])
    await expect(archive.changes({ since })).rejects.toMatchObject({ name: "ConfigurationError" });
  for (const foreign of [other, elsewhere])
    await expect(foreign.changes({ since: cursor })).rejects.toThrow("another archive");
  const [version, tag, , , token] = cursor.split(".");
  const later = [version, tag, 99, 0, token].join(".");
  await expect(archive.changes({ since: later })).rejects.toThrow("newer state");
  const restored = [version, tag, 1, 0, "AAAAAAAA"].join(".");
  await expect(archive.changes({ since: restored })).rejects.toThrow("newer state");
  expect((await other.changes()).added.map(({ text }) => text)).toEqual(["Miete"]);
  await expect(archive.changes({ limit: 0 })).rejects.toThrow("limit");
});

it("leads from nothing to what the archive holds, however it is paged and whatever happens meanwhile", async () => {
  const row = fc.record({
    what: fc.constantFrom("a", "b", "c", "d"),
    amount: fc.constantFrom("-3.20", "-3.20", "-7.00"),
    status: fc.constantFrom("booked" as const, "pending" as const),
    day: fc.constantFrom("2026-02-18", "2026-02-19", null),
  });
  const step = fc.record({
    of: fc.constantFrom("one", "two"),
    rows: fc.array(row, { maxLength: 6 }),
    limit: fc.constantFrom(1, 2, 3, 7, undefined),
    pages: fc.nat({ max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      await using archive = await emptyArchive();
      const known: Known = new Map();
      const ofOne: Known = new Map();
      let cursor: string | undefined;
      let cursorOfOne: string | undefined;
      for (const [at, { of, rows, limit, pages }] of steps.entries()) {
        const iban = { scheme: "iban", scope: null, value: `DE0212030000000020205${of}` } as const;
        const source = account(of, { identities: [{ ...iban, currency: "EUR" }] });
        const items = rows.map(({ what, amount, status, day }) =>
          transaction({ amount, status, text: what, counterparty: what, bookingDate: day }),
        );
        const observedAt = new Date(Date.UTC(2026, 1, 20 + 5 * at)).toISOString();
        await archive.record(source, response(observedAt, items));
        for (let page = 0; page < pages; page += 1) {
          const changes = await archive.changes({ since: cursor, limit });
          apply(known, changes);
          cursor = changes.cursor;
          if (!changes.more) expect(known).toEqual(await present(archive));
        }
        const changes = await archive.changes({ since: cursorOfOne, limit, account: "one" });
        apply(ofOne, changes);
        cursorOfOne = changes.cursor;
      }
      for (let more = true; more; ) {
        const changes = await archive.changes({ since: cursor, limit: 2 });
        apply(known, changes);
        ({ cursor, more } = changes);
      }
      expect(known).toEqual(await present(archive));
      apply(ofOne, await archive.changes({ since: cursorOfOne, account: "one" }));
      expect(ofOne).toEqual(await present(archive, { account: "one" }));
      const whole: Known = new Map();
      apply(whole, await archive.changes());
      expect(whole).toEqual(known);
    }),
    { numRuns: 40 },
  );
}, 120_000);

it("follows two accounts that are made one, each of them or both, and one that is forgotten then", async () => {
  const numbered = (handle: string) => account(handle, { identities: [], currency: "EUR" });
  for (const limit of [1, 2, undefined]) {
    await using archive = await emptyArchive();
    const { account: one } = await archive.record(
      numbered("one"),
      response("2026-02-20T08:00:00Z", [coffee]),
    );
    const { account: other } = await archive.record(
      numbered("other"),
      response("2026-02-21T08:00:00Z", [rent]),
    );
    const renamed = { ...rent, text: "Miete Februar" };
    await archive.record(numbered("other"), response("2026-02-22T08:00:00Z", [renamed]));
    await archive.record(numbered("other"), response("2026-02-23T08:00:00Z", [rent]));
    const followers = [undefined, one, other].map((of) => ({ of, known: new Map() as Known, since: "" }));
    const follow = async () => {
      for (const follower of followers)
        for (let more = true; more; ) {
          const since = follower.since || null;
          const changes = await archive.changes({ since, limit, account: follower.of });
          apply(follower.known, changes);
          follower.since = changes.cursor;
          ({ more } = changes);
        }
      return followers.map(({ known }) => [...known.values()].map(({ text }) => text).sort());
    };
    const beforehand = (await archive.changes()).cursor;
    expect(await follow()).toEqual([["Kaffee", "Miete"], ["Kaffee"], ["Miete"]]);
    await archive.sameAccount(one, other);
    expect(await follow()).toEqual([["Kaffee", "Miete"], ["Kaffee", "Miete"], []]);
    expect([...(followers[0]?.known ?? [])].map(([, { of }]) => of)).toEqual([one, one]);
    const { added } = await archive.changes({ limit: 2 });
    expect(added.map((each) => [each.text, each.account])).toEqual([
      ["Kaffee", one],
      ["Miete", other],
    ]);
    for (const of of [undefined, one]) {
      const late: Known = new Map();
      let since: string | undefined;
      for (let more = true; more; ) {
        const changes = await archive.changes({ since, limit: limit ?? 1, account: of });
        apply(late, changes);
        ({ cursor: since, more } = changes);
      }
      expect(late).toEqual(await present(archive));
    }
    await archive.forgetAccount(one);
    expect(await follow()).toEqual([[], [], []]);
    expect((await archive.changes({ since: beforehand })).forgotten.toSorted()).toEqual([one, other].sort());
  }
});

it("never misses or repeats a change that another one records while it pages", async () => {
  const location = archiveLocation();
  await using writing = await emptyArchive("default", location);
  await using reading = await emptyArchive("default", location);
  const known: Known = new Map();
  let isDone = false;
  const writer = async (handle: string) => {
    const iban = { scheme: "iban", scope: null, value: `DE${handle}`, currency: "EUR" } as const;
    for (let day = 1; day <= 12; day += 1) {
      const rows = Array.from({ length: day }, (_, at) =>
        transaction({ amount: `-${at + 1}.00`, text: `${handle} ${at} ${day % 3}` }),
      );
      const source = account(handle, { identities: [iban] });
      await writing.record(source, response(`2026-02-${String(day + 9)}T08:00:00Z`, rows));
    }
  };
  const reader = async () => {
    let since: string | undefined;
    for (let more = true; more || !isDone; ) {
      const wasDone = isDone;
      const changes = await reading.changes({ since, limit: 5 });
      apply(known, changes);
      since = changes.cursor;
      more = changes.more || !wasDone;
    }
  };
  const writers = Promise.all([writer("a1"), writer("b2")]).finally(() => {
    isDone = true;
  });
  await Promise.all([writers, reader()]);
  expect(known).toEqual(await present(writing));
}, 60_000);
