import { existsSync, readFileSync, statSync } from "node:fs";
import { expect, inject, it } from "vitest";
import { openDatabase } from "../../../packages/archive/src/database/index.ts";
import { type Archive, openArchive } from "../../../packages/archive/src/index.ts";
import type { Connection } from "../../../packages/core/src/bank/index.ts";
import { archiveLocation } from "../location.ts";
import { account, all, response, transaction } from "./observed.ts";

/** Postgres overwrites what was removed in its own time. */
const erased = inject("archivePostgres") === undefined;

const now = () => "2026-03-01T08:00:00Z";

async function archiveAt(location: string, tenant = "default"): Promise<Archive> {
  return await openArchive({ location, tenant, now });
}

const second = account("second", {
  identities: [{ scheme: "iban", scope: null, value: "GB33BUKB20201555555555", currency: "EUR" }],
  label: "Joint account",
});

/** Rows with a text that nothing else has, and that compression leaves as it is. */
const rows = Array.from({ length: 300 }, (_, at) =>
  transaction({ amount: `-${at + 1}.00`, text: `Zebra ${at}` }),
);

it("removes an account with all that was recorded of it, and leaves the others as they are", async () => {
  const location = archiveLocation();
  await using archive = await archiveAt(location);
  await archive.record(account("first"), response("2026-02-21T08:00:00Z", [transaction()]));
  const { account: id } = await archive.record(second, response("2026-02-21T08:00:00Z", rows));
  await archive.recordBalances(second, {
    observedAt: new Date("2026-02-21T08:00:00Z"),
    items: [
      {
        kind: null,
        kindAsSent: "odd",
        amount: "1.00",
        currency: "EUR",
        date: null,
        raw: {},
        lastChangeDateTime: null,
        creditLimitIncluded: null,
      },
    ],
  });
  expect(await archive.forgetAccount("second")).toEqual({ accounts: 1, transactions: 300, runs: 1, erased });
  expect((await archive.accounts()).map(({ handles }) => handles[0]?.handle)).toEqual(["first"]);
  expect((await all(archive.transactions())).map(({ text }) => text)).toEqual(["Invoice 7"]);
  expect(await all(archive.balances())).toEqual([]);
  await expect(archive.forgetAccount(id)).rejects.toMatchObject({ name: "ConfigurationError" });
  await using database = await openDatabase({ location, now: () => 0 });
  for (const table of ["entry", "payload", "pack", "listing", "run"] as const) {
    const { count } = await database.kysely
      .selectFrom(table)
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow();
    expect([table, count]).toEqual([table, 1]);
  }
});

it("keeps which accounts a connection has, without those that are forgotten", async () => {
  await using archive = await archiveAt(archiveLocation());
  await archive.record(account("first"), response("2026-02-21T08:00:00Z", [transaction()]));
  await archive.record(second, response("2026-02-21T08:00:00Z", rows));
  const connection: Connection = {
    ...{ id: "one", reference: "mine", bankId: "BANK", state: "active", stage: null, stateAsSent: "LN" },
    ...{ createdAt: null, accountHandles: ["first", "second", "unread"], raw: null },
    consent: { grantedAt: null, validUntil: null, historyDays: null },
  };
  await archive.recordConnections("gocardless", [
    connection,
    { ...connection, id: "two", accountHandles: [] },
  ]);
  const handles = async () =>
    Object.fromEntries((await archive.connections()).map(({ id, accountHandles }) => [id, accountHandles]));
  expect(await handles()).toEqual({ one: ["first", "second", "unread"], two: [] });
  await archive.forgetAccount("second");
  expect(await handles()).toEqual({ one: ["first", "unread"], two: [] });
});

it("tells those who follow the archive, and takes an account that is recorded again for a new one", async () => {
  await using archive = await archiveAt(archiveLocation());
  await archive.record(account("first"), response("2026-02-21T08:00:00Z", [transaction()]));
  const before = await archive.record(second, response("2026-02-21T08:00:00Z", rows));
  const { cursor } = await archive.changes();
  const inTheMiddle = (await archive.changes({ limit: 100 })).cursor;
  await archive.forgetAccount("second");
  const after = await archive.record(second, response("2026-02-22T08:00:00Z", rows.slice(0, 2)));
  expect(after).toMatchObject({ added: 2 });
  expect(after.account).not.toBe(before.account);
  const told = await archive.changes({ since: cursor });
  expect(told).toMatchObject({ modified: [], removed: [], forgotten: [before.account] });
  expect(told.added.map((one) => one.account)).toEqual([after.account, after.account]);
  expect(await archive.changes({ since: inTheMiddle })).toMatchObject({ forgotten: [before.account] });
  expect((await archive.changes({ since: cursor, account: before.account })).forgotten).toEqual([
    before.account,
  ]);
  expect(await archive.changes()).toMatchObject({ forgotten: [], added: { length: 3 } });
});

it("removes everything of a tenant, and nothing of another", async () => {
  const location = archiveLocation();
  await using archive = await archiveAt(location);
  await using other = await archiveAt(location, "other");
  await other.record(account("first"), response("2026-02-21T08:00:00Z", [transaction()]));
  await archive.record(account("first"), response("2026-02-21T08:00:00Z", [transaction()]));
  await archive.record(second, response("2026-02-21T08:00:00Z", rows));
  await expect(other.forgetAccount("second")).rejects.toMatchObject({ name: "ConfigurationError" });
  expect(await archive.forgetTenant()).toEqual({ accounts: 2, transactions: 301, runs: 2, erased });
  expect(await archive.forgetTenant()).toEqual({ accounts: 0, transactions: 0, runs: 0, erased });
  expect([await archive.accounts(), await all(archive.transactions())]).toEqual([[], []]);
  expect(await all(other.transactions())).toHaveLength(1);
  expect((await other.changes()).forgotten).toEqual([]);
});

it.runIf(inject("archivePostgres") === undefined)(
  "leaves nothing of what was forgotten in the file or its log, and gives the space back",
  async () => {
    const location = archiveLocation();
    const holds = (text: string) =>
      [location, `${location}-wal`].some((file) => existsSync(file) && readFileSync(file).includes(text));
    await using archive = await archiveAt(location);
    await archive.record(account("first"), response("2026-02-21T08:00:00Z", [transaction()]));
    await archive.record(second, response("2026-02-21T08:00:00Z", rows));
    expect([holds("Zebra"), holds("Joint account"), holds("GB33BUKB")]).toEqual([true, true, true]);
    await archive.forgetAccount("second");
    expect([holds("Zebra"), holds("Joint account"), holds("GB33BUKB")]).toEqual([false, false, false]);
    expect(holds("Invoice 7")).toBe(true);
    const { size } = statSync(location);
    await archive.close();
    expect([holds("Zebra"), statSync(location).size <= size]).toEqual([false, true]);
  },
);
