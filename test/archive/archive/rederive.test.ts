import fc from "fast-check";
import { expect, it } from "vitest";
import { type Archive, openArchive } from "../../../packages/archive/src/index.ts";
import { toldBy } from "../crash/told-by-sandbox.ts";
import { recordFrom, underTwoHandles } from "../crash/told-responses.ts";
import { archiveLocation } from "../location.ts";
import { histories, observationsOf } from "./histories.ts";
import { account, all, response, transaction } from "./observed.ts";
import { derivedTables, inDatabase } from "./tables.ts";

const now = () => "2026-06-01T09:00:00Z";
const UNCHANGED = { added: 0, modified: 0, removed: 0 };

it("reading again under the same rules changes nothing, whatever the bank sent", async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const location = archiveLocation();
      await using archive = await openArchive({ location, now });
      for (const observation of observationsOf(history)) await archive.record(account("a"), observation);
      const before = await derivedTables(location);
      expect(await archive.rederive()).toMatchObject({ accounts: 1, runs: history.length, ...UNCHANGED });
      expect(await derivedTables(location)).toEqual(before);
    }),
    { numRuns: 20 },
  );
}, 60_000);

it("reading the accounts of a hard bank again changes nothing", async () => {
  const location = archiveLocation();
  const told = await toldBy("SANDBOX_HARD_1", { days: 15 });
  await using archive = await openArchive({ location, now });
  await recordFrom(archive, told);
  const before = await derivedTables(location);
  expect(await archive.rederive()).toMatchObject({ accounts: 2, runs: told.length, ...UNCHANGED });
  expect(await derivedTables(location)).toEqual(before);
});

it("reading again restores links that are gone and transactions that are not as they were recorded", async () => {
  const location = archiveLocation();
  const told = await toldBy("SANDBOX_HARD_1", { days: 15 });
  await using archive = await openArchive({ location, now });
  await recordFrom(archive, told);
  const before = await derivedTables(location);
  await inDatabase(location, (database) =>
    database.write(async ({ kysely }) => {
      await kysely.deleteFrom("link").execute();
      await kysely
        .updateTable("entry")
        .set({ status: "void", amount: "1.00", text: "?", notes: null })
        .execute();
      await kysely.updateTable("account").set({ memory: null }).execute();
    }),
  );
  const { added, modified, removed } = await archive.rederive();
  expect({ added, removed }).toEqual({ added: 0, removed: 0 });
  expect(modified).toBe(before["entry"]?.length);
  expect(await derivedTables(location)).toEqual(before);
});

it("an id that leads to a transaction that is gone after reading again leads on, although nobody knows where it began", async () => {
  const location = archiveLocation();
  await using archive = await openArchive({ location, now });
  const coffees = [transaction(), transaction({ text: "Invoice 8" })];
  await archive.record(account("a"), response("2026-02-21T08:00:00Z", coffees));
  const [one, other] = await all(archive.transactions());
  if (one === undefined || other === undefined) throw new Error("There are not two transactions.");
  // As version 1 of the tables left it.
  await inDatabase(location, (database) =>
    database.write(async ({ kysely }) => {
      const { key, account: of } = await kysely
        .selectFrom("entry")
        .select(["key", "account"])
        .where("id", "=", other.id)
        .executeTakeFirstOrThrow();
      await kysely.insertInto("former_id").values({ id: "0former", account: of, entry: key }).execute();
    }),
  );
  await archive.decide([{ verdict: "same", one: { transaction: one.id }, other: { transaction: other.id } }]);
  const [kept, ...others] = await all(archive.transactions());
  expect(others).toEqual([]);
  expect((await archive.transaction("0former"))?.id).toBe(kept?.id);
});

it("deciding the other way round restores what was before, with the ids of before", async () => {
  const location = archiveLocation();
  await using archive = await openArchive({ location, now });
  const shown = [transaction(), transaction({ text: "Invoice 8" })];
  await archive.record(account("a"), response("2026-02-21T08:00:00Z", shown));
  await archive.record(account("a"), response("2026-02-22T08:00:00Z", shown));
  const before = await derivedTables(location);
  const [one, other] = await idsOf(archive);
  const rows = { one: { transaction: one ?? "" }, other: { transaction: other ?? "" } };
  expect(await archive.decide([{ verdict: "same", ...rows }])).toMatchObject({
    accounts: 1,
    runs: 2,
    removed: 1,
  });
  expect(await idsOf(archive)).toHaveLength(1);
  expect(await archive.decide([{ verdict: "twin", one: rows.other, other: rows.one }])).toMatchObject({
    added: 1,
  });
  expect(await idsOf(archive)).toEqual([one, other]);
  const after = await derivedTables(location);
  expect(after["former_id"]).toEqual([]);
  expect(after["link"]).toHaveLength(before["link"]?.length ?? 0);
  const stored = await inDatabase(location, ({ kysely }) =>
    kysely.selectFrom("decision").select("verdict").execute(),
  );
  expect(stored).toEqual([{ verdict: "twin" }]);
});

it("rows of one response that were decided to be one in pairs are one, in whichever order it was decided", async () => {
  const shown = ["1", "2", "3", "4"].map((transactionId) =>
    transaction({ ids: { internalTransactionId: null, transactionId, entryReference: null } }),
  );
  const row = (position: number) => ({ run: 1, status: "booked" as const, position });
  const orders = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 });
  const turned = fc.array(fc.boolean(), { minLength: 3, maxLength: 3 });
  const joined = fc.tuple(fc.constant(0), fc.nat({ max: 1 }), fc.nat({ max: 2 }));
  await fc.assert(
    fc.asyncProperty(orders, turned, joined, async (order, turns, earlier) => {
      await using archive = await openArchive({ location: archiveLocation(), now });
      await archive.record(account("a"), response("2026-02-21T08:00:00Z", shown));
      const ids = await idsOf(archive);
      for (const [at, turn] of turns.entries()) {
        const places = [order[earlier[at] ?? 0] ?? 0, order[at + 1] ?? 0];
        const [one, other] = (turn ? places.toReversed() : places).map((position) => ({
          transaction: ids[position] ?? "",
          observation: row(position),
        }));
        if (one !== undefined && other !== undefined) await archive.decide([{ verdict: "same", one, other }]);
        expect(await idsOf(archive)).toHaveLength(3 - at);
      }
      const [left = ""] = await idsOf(archive);
      for (const id of ids) expect((await archive.transaction(id))?.id).toBe(left);
    }),
    { numRuns: 20 },
  );
}, 60_000);

it("decisions are all stored or none", async () => {
  const location = archiveLocation();
  await using archive = await openArchive({ location, now });
  const shown = [transaction(), transaction({ text: "Invoice 8" })];
  await archive.record(account("a"), response("2026-02-21T08:00:00Z", shown));
  await archive.record(account("b", { identities: [] }), response("2026-02-21T08:00:00Z", shown));
  const [one = "", other = "", foreign = ""] = await idsOf(archive);
  const before = await derivedTables(location);
  const good = { verdict: "same" as const, one: { transaction: one }, other: { transaction: other } };
  const bad = [
    { ...good, other: { transaction: foreign } },
    { ...good, other: { transaction: one } },
    { ...good, other: { transaction: "" } },
    { ...good, other: { transaction: "'; drop table entry; --" } },
    {
      ...good,
      other: { transaction: other, observation: { run: 9, status: "booked" as const, position: 0 } },
    },
    {
      ...good,
      other: { transaction: other, observation: { run: 1, status: "booked" as const, position: -1 } },
    },
    {
      ...good,
      other: { transaction: other, observation: { run: 1, status: "booked" as const, position: 0 } },
    },
  ];
  for (const one of bad)
    await expect(archive.decide([good, one]), JSON.stringify(one)).rejects.toMatchObject({
      name: "ConfigurationError",
    });
  expect(await derivedTables(location)).toEqual(before);
  expect(
    await inDatabase(location, ({ kysely }) => kysely.selectFrom("decision").selectAll().execute()),
  ).toEqual([]);
  expect(await archive.decide([])).toMatchObject({ accounts: 0, runs: 0, ...UNCHANGED });
});

it("decisions outlive that two accounts are made one, and so do the keys of transactions", async () => {
  const location = archiveLocation();
  await using archive = await openArchive({ location, now });
  const told = underTwoHandles(await toldBy("SANDBOX_HARD_1", { days: 8 }));
  await recordFrom(archive, told);
  const [a, b] = await archive.accounts();
  for (const owner of [a, b]) {
    const [one, other] = await all(archive.transactions({ account: owner?.id }));
    if (one === undefined || other === undefined) throw new Error("There are not two transactions.");
    await archive.decide([
      { verdict: "twin", one: { transaction: one.id }, other: { transaction: other.id } },
    ]);
  }
  const keysBefore = await keysOf(location);
  await archive.sameAccount(a?.id ?? "", b?.id ?? "");
  for (const [id, key] of await keysOf(location)) expect(keysBefore.get(id)).toBe(key);
  for (const id of keysBefore.keys()) expect(await archive.transaction(id), id).toBeDefined();
  const decisions = await inDatabase(location, ({ kysely }) =>
    kysely.selectFrom("decision").selectAll().execute(),
  );
  expect(new Set(decisions.map((one) => one.account)).size).toBe(1);
  expect(decisions).toHaveLength(2);
  const before = await derivedTables(location);
  expect(await archive.rederive()).toMatchObject({ accounts: 1, runs: told.length, ...UNCHANGED });
  expect(await derivedTables(location)).toEqual(before);
});

it("an account of nobody, of another tenant or of a closed archive is not read again", async () => {
  const location = archiveLocation();
  const archive = await openArchive({ location, now });
  await archive.record(account("a"), response("2026-02-21T08:00:00Z", [transaction()]));
  const [own] = await archive.accounts();
  await using foreign = await openArchive({ location, tenant: "other", now });
  for (const id of ["", "nobody", own?.id])
    await expect(foreign.rederive({ account: id ?? "" })).rejects.toMatchObject({
      name: "ConfigurationError",
    });
  expect(await foreign.rederive()).toMatchObject({ accounts: 0, runs: 0, ...UNCHANGED });
  const [id = ""] = await idsOf(archive);
  await expect(
    foreign.decide([{ verdict: "twin", one: { transaction: id }, other: { transaction: id } }]),
  ).rejects.toMatchObject({ name: "ConfigurationError" });
  expect(await archive.rederive({ account: "a" })).toMatchObject({ accounts: 1, runs: 1, ...UNCHANGED });
  await archive.close();
  await expect(archive.rederive()).rejects.toThrow();
});

async function idsOf(archive: Archive): Promise<string[]> {
  return (await all(archive.transactions())).map(({ id }) => id);
}

async function keysOf(location: string): Promise<Map<string, number>> {
  const rows = await inDatabase(location, ({ kysely }) =>
    kysely.selectFrom("entry").select(["id", "key"]).execute(),
  );
  return new Map(rows.map(({ id, key }) => [id, key]));
}
