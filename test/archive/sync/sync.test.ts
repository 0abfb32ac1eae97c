import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { openArchive } from "../../../packages/archive/src/index.ts";
import { type SyncOptions, sync } from "../../../packages/archive/src/sync/index.ts";
import { handleAt, startProvided } from "../../core/providers/gocardless/provided.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { all } from "../archive/observed.ts";

const DEUTSCHE = "DEUTSCHE_BANK_DEUTDEFF";
const N26 = "N26_NTSBDEB1";
const KBC = "KBC_KREDBEBB";
const SANTANDER = "SANTANDER_BSCHESMM";
const DKB = "DKB_BYLADEM1";

/** A range without limits, as `toMatchObject` takes an empty object for any other. */
const EVERYTHING = expect.toSatisfy((range: object) => Object.keys(range).length === 0);

/** An archive, and a provider of a sandbox, whose clock decides what is due. */
async function startSync(...given: Parameters<typeof startProvided>) {
  const provided = await startProvided(...given);
  const { sandbox, provider } = provided;
  const now = () => Date.parse(sandbox.now());
  const location = `${temporaryFolder()}/archive.sqlite`;
  const archive = await openArchive({ location, now });
  return {
    ...provided,
    archive,
    location,
    sync: (options: SyncOptions = {}) => sync(archive, provider, options),
    /** The calls of banks since the last look. */
    calls: () => {
      const asked = provided.asked().filter((one) => /\/accounts\/[^/]+\/\w/.test(one));
      return asked.map((one) => /(\w+)\/$/.exec(one)?.[1]).sort();
    },
    /** The ids of the accounts in the archive. */
    ids: async () => (await archive.accounts()).map(({ id }) => id),
    /** How many transactions the archive holds. */
    held: async () => (await all(archive.transactions())).length,
    [Symbol.asyncDispose]: async () => {
      await archive.close();
      await provided[Symbol.asyncDispose]();
    },
  };
}

describe("what is asked", () => {
  it("a first sync asks for details, all history and balances, and a second one at once asks nothing", async () => {
    await using started = await startSync();
    await started.connect(DEUTSCHE, { accounts: 1 });
    started.asked();
    const first = await started.sync();
    expect(started.calls()).toEqual(["balances", "details", "transactions"]);
    expect(first.accounts).toMatchObject([
      {
        ...{
          outcome: "synced",
          reason: null,
          error: null,
          asked: ["details", "transactions", "balances"],
          range: EVERYTHING,
        },
        ...{ account: (await started.ids())[0], currency: "EUR", added: await started.held() },
        ...{
          asOf: new Date("2026-11-23T09:00:00Z"),
          nextCallAt: new Date("2026-11-23T16:50:00Z"),
          daysLeft: 180,
        },
      },
    ]);
    expect(first.accounts[0]?.added).toBeGreaterThan(100);
    expect(await started.archive.accounts()).toMatchObject([
      {
        ...{ currency: "EUR", describedAt: first.startedAt, lastBalancesAt: first.startedAt },
        lastRun: { coverage: { from: "2025-11-23", to: null } },
      },
    ]);
    const second = await started.sync();
    expect(started.calls()).toEqual([]);
    expect(second.accounts).toMatchObject([
      {
        outcome: "notDue",
        reason: "early",
        asked: [],
        added: 0,
        nextCallAt: new Date("2026-11-23T16:50:00Z"),
      },
    ]);
  });

  it("an hourly job asks three times a day, and leaves a call for a person", async () => {
    await using started = await startSync();
    const connection = await started.connect(DEUTSCHE, { accounts: 1 });
    started.asked();
    for (let hour = 0; hour < 48; hour += 1) {
      await started.sync();
      const left = await started.provider.callsLeft(handleAt(connection));
      expect([left.transactions.remaining, left.balances.remaining].every((one) => one >= 1)).toBe(true);
      started.sandbox.advanceTime({ hours: 1 });
    }
    const calls = started.calls();
    expect(calls.filter((one) => one === "details")).toHaveLength(1);
    expect(calls.filter((one) => one === "transactions")).toHaveLength(6);
    expect(calls.filter((one) => one === "balances")).toHaveLength(6);
    expect(started.sandbox.requests.every(({ status }) => status < 400)).toBe(true);
  });

  it("a bank that turns out to allow only two calls a day is asked once a day from then on", async () => {
    await using started = await startSync();
    await started.connect(KBC, { accounts: 1 });
    const hours = async (count: number) => {
      for (let hour = 0; hour < count; hour += 1) {
        await started.sync();
        started.sandbox.advanceTime({ hours: 1 });
      }
    };
    await hours(32);
    const rejected = () => started.sandbox.requests.filter(({ status }) => status === 429).length;
    const before = rejected();
    started.asked();
    await hours(96);
    expect(started.calls().filter((one) => one === "transactions")).toHaveLength(4);
    expect([before, rejected()]).toEqual([2, 2]);
  });

  it("atOnce asks although it is early, and a limit that is used up is not asked", async () => {
    await using started = await startSync();
    await started.connect(DEUTSCHE, { accounts: 1 });
    for (let time = 0; time < 4; time += 1) await started.sync({ atOnce: true });
    started.asked();
    const { accounts } = await started.sync({ atOnce: true });
    expect(started.calls()).toEqual([]);
    expect(accounts).toMatchObject([
      { outcome: "notDue", reason: "spent", error: null, nextCallAt: new Date("2026-11-24T09:00:00Z") },
    ]);
  });

  it("later syncs ask for 90 days, and for more after a longer pause", async () => {
    await using started = await startSync();
    await started.connect(DEUTSCHE, { accounts: 1 });
    await started.sync();
    started.sandbox.advanceTime({ days: 1 });
    expect((await started.sync()).accounts).toMatchObject([
      { asked: ["transactions", "balances"], range: { days: 90 } },
    ]);
    started.sandbox.advanceTime({ days: 100 });
    expect((await started.sync()).accounts).toMatchObject([{ range: { days: 114 } }]);
  });

  it("a new consent has all of its history read once, and details once", async () => {
    await using started = await startSync();
    const old = await started.connect(DEUTSCHE, { accounts: 1 });
    const { accounts: before } = await started.sync();
    started.sandbox.advanceTime({ days: 2 });
    await started.provider.end(old.id);
    await started.connect(DEUTSCHE, { accounts: 1 });
    expect((await started.sync()).accounts).toMatchObject([
      { account: before[0]?.account, asked: ["details", "transactions", "balances"], range: EVERYTHING },
    ]);
    started.sandbox.advanceTime({ days: 1 });
    expect((await started.sync()).accounts).toMatchObject([
      { asked: ["transactions", "balances"], range: { days: 90 } },
    ]);
  });

  it("history begins at the start of an account, unless all of it is wanted or a date is named", async () => {
    await using started = await startSync();
    const handle = handleAt(await started.connect(DEUTSCHE, { accounts: 1 }));
    const starts = { [handle]: "2026-06-01" };
    expect((await started.sync({ starts })).accounts).toMatchObject([{ range: { from: "2026-06-01" } }]);
    const asked = async (options: SyncOptions) => (await started.sync(options)).accounts[0]?.range;
    expect(await asked({ starts, atOnce: true })).toEqual({ days: 90 });
    expect(await asked({ starts: { [(await started.ids())[0] ?? ""]: "2026-11-01" }, atOnce: true })).toEqual(
      {
        from: "2026-11-01",
      },
    );
    expect(await asked({ starts, full: true })).toEqual({});
    started.sandbox.advanceTime({ days: 1 });
    expect(await asked({ starts, from: "2026-02-01" })).toEqual({ from: "2026-02-01" });
  });

  it("an account that does not share its details is read without them", async () => {
    await using started = await startSync();
    await started.connect(DEUTSCHE, { accounts: 1 });
    started.sandbox.inject({ operation: "details", error: "AccountAccessForbidden", times: 1 });
    const { accounts } = await started.sync();
    expect(accounts).toMatchObject([
      { outcome: "synced", error: null, asked: ["details", "transactions", "balances"], currency: null },
    ]);
    expect(await started.archive.accounts()).toMatchObject([{ currency: "EUR", describedAt: null }]);
  });
});

describe("what cannot be asked", () => {
  it("an account whose consent has ended is not asked, and its connection is named", async () => {
    await using started = await startSync();
    const connection = await started.connect(DEUTSCHE, { accounts: 1, consentDays: 3 });
    const { ending, ended } = await started.sync({ warnDays: 3 });
    expect([ending.map(({ id }) => id), ended]).toEqual([[connection.id], []]);
    expect((await started.sync({ warnDays: 2 })).ending).toEqual([]);
    started.sandbox.advanceTime({ days: 4 });
    started.asked();
    const report = await started.sync({ atOnce: true });
    expect(started.calls()).toEqual([]);
    expect(report.accounts).toMatchObject([
      { outcome: "skipped", reason: "consentEnded", nextCallAt: null, daysLeft: 0 },
    ]);
    expect(report.ended.map(({ id }) => id)).toEqual([connection.id]);
  });

  it("an account that the bank still prepares is asked as soon as it is ready", async () => {
    await using started = await startSync();
    await started.connect(SANTANDER, { accounts: 1 });
    started.asked();
    expect((await started.sync()).accounts).toMatchObject([{ outcome: "skipped", reason: "notReady" }]);
    expect(started.calls()).toEqual([]);
    started.sandbox.advanceTime({ seconds: 90 });
    expect((await started.sync()).accounts).toMatchObject([{ outcome: "synced" }]);
  });

  it("an account whose bank was connected again is asked, although it was listed as expired shortly before", async () => {
    await using started = await startSync();
    const old = await started.connect(DEUTSCHE, { accounts: 1 });
    started.sandbox.endAccess(handleAt(old));
    expect((await started.sync()).accounts).toMatchObject([{ outcome: "skipped", reason: "consentEnded" }]);
    started.sandbox.advanceTime({ seconds: 60 });
    await started.connect(DEUTSCHE, { accounts: 1 });
    expect((await started.sync()).accounts).toMatchObject([{ handle: handleAt(old), outcome: "synced" }]);
  });

  it("one bank that fails does not keep the others, and its balances are not asked then", async () => {
    await using started = await startSync();
    await started.connect(DEUTSCHE, { accounts: 1 });
    const failing = handleAt(await started.connect(N26, { accounts: 1 }));
    for (let day = 0; day < 2; day += 1) {
      await started.sync();
      started.sandbox.advanceTime({ days: 1 });
    }
    started.sandbox.inject({ account: failing, error: "ServiceError", times: 10 });
    started.asked();
    const { accounts } = await started.sync();
    expect(accounts).toMatchObject([
      { outcome: "failed", asked: ["transactions"], error: { name: "InstitutionError" }, added: 0 },
      { outcome: "synced", asked: ["transactions", "balances"], error: null },
    ]);
    expect(started.calls()).toEqual(["balances", "transactions", "transactions"]);
  });

  it("nothing more is asked once a response could not be recorded", async () => {
    await using started = await startSync();
    for (const bank of [N26, DEUTSCHE]) await started.connect(bank, { accounts: 1 });
    started.asked();
    using database = new DatabaseSync(started.location);
    database.exec("create trigger t before insert on account begin select raise(abort, 'no room'); end");
    await expect(started.sync({ concurrency: 1 })).rejects.toThrow("no room");
    expect(started.calls()).toEqual(["details"]);
  });

  it("an aborted sync rejects with the reason, and starts nothing more", async () => {
    await using started = await startSync();
    for (const bank of [N26, DEUTSCHE]) await started.connect(bank, { accounts: 1 });
    const stop = new AbortController();
    const reason = new Error("enough");
    started.asked();
    const syncing = started.sync({
      concurrency: 1,
      signal: stop.signal,
      onProgress: ({ done }) => done === 1 && stop.abort(reason),
    });
    await expect(syncing).rejects.toBe(reason);
    expect(started.calls()).toEqual(["balances", "details", "transactions"]);
    expect(await started.ids()).toHaveLength(1);
  });

  it("of two handles of an account each is read once, and then the one of the newest consent alone", async () => {
    await using started = await startSync();
    await started.connect(DKB, { accounts: 1 });
    started.sandbox.advanceTime({ hours: 1 });
    await started.connect(DKB, { accounts: 1 });
    const first = await started.sync();
    expect(first.accounts.map(({ outcome, range }) => [outcome, range])).toEqual([
      ["synced", {}],
      ["synced", {}],
    ]);
    expect(new Set(first.accounts.map(({ account }) => account)).size).toBe(1);
    started.sandbox.advanceTime({ days: 1 });
    const second = await started.sync();
    expect(second.accounts.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ["synced", null],
      ["skipped", "otherHandle"],
    ]);
  });
});

describe("a dry run", () => {
  it("says what would be asked and sends and records nothing", async () => {
    await using started = await startSync();
    await started.connect(DEUTSCHE, { accounts: 1 });
    await started.provider.accounts((await started.provider.connections()).items[0] ?? expect.fail());
    const sent = started.sandbox.requests.length;
    const { accounts } = await started.sync({ dryRun: true });
    expect(accounts).toMatchObject([
      { outcome: "due", asked: ["details", "transactions", "balances"], range: EVERYTHING, account: null },
    ]);
    expect(started.sandbox.requests).toHaveLength(sent);
    expect(await started.ids()).toEqual([]);
    await started.sync();
    const later = started.sandbox.requests.length;
    expect((await started.sync({ dryRun: true })).accounts).toMatchObject([
      { outcome: "notDue", reason: "early", nextCallAt: new Date("2026-11-23T16:50:00Z") },
    ]);
    expect(started.sandbox.requests).toHaveLength(later);
  });
});

describe("what is cached", () => {
  it("a response that somebody else asked for since the last sync is taken in as well", async () => {
    await using started = await startSync();
    const handle = handleAt(await started.connect(DEUTSCHE, { accounts: 1 }));
    await started.sync();
    started.sandbox.advanceTime({ hours: 3 });
    await started.provider.transactions(handle, { days: 90 }, { refresh: true });
    started.sandbox.advanceTime({ hours: 1 });
    started.asked();
    expect((await started.sync()).accounts).toMatchObject([
      { outcome: "synced", asked: [], asOf: new Date("2026-11-23T12:00:00Z") },
    ]);
    expect(started.calls()).toEqual([]);
  });

  it("history that nobody has read yet is asked for at once, but for the call that is left for a person", async () => {
    await using started = await startSync();
    const handle = handleAt(await started.connect(DEUTSCHE, { accounts: 1 }));
    const look = () => started.provider.transactions(handle, { days: 90 }, { refresh: true });
    await look();
    started.asked();
    expect((await started.sync()).accounts).toMatchObject([{ range: EVERYTHING }]);
    expect(started.calls()).toEqual(["balances", "details", "transactions"]);
    expect(await all(started.archive.runs(handle))).toHaveLength(2);
    expect((await started.sync()).accounts).toMatchObject([{ outcome: "notDue", reason: "early" }]);
    await started.connect(N26, { accounts: 1 });
    const other = handleAt(await started.connect(DKB, { accounts: 1 }));
    for (let time = 0; time < 3; time += 1)
      await started.provider.transactions(other, { days: 90 }, { refresh: true });
    const { accounts } = await started.sync({ accounts: [other] });
    expect(accounts).toMatchObject([{ handle: other, asked: ["details", "balances"] }]);
  });

  it("a first sync takes in cached responses as of when the bank sent them, without asking again", async () => {
    await using started = await startSync();
    const handle = handleAt(await started.connect(DEUTSCHE, { accounts: 1, historyDays: 90 }));
    await started.provider.details(handle);
    await started.provider.transactions(handle, { days: 90 });
    await started.provider.balances(handle);
    started.sandbox.advanceTime({ hours: 2 });
    started.asked();
    const { accounts } = await started.sync();
    expect(started.calls()).toEqual([]);
    expect(accounts).toMatchObject([
      { outcome: "synced", reason: null, asked: [], asOf: new Date("2026-11-23T09:00:00Z"), currency: "EUR" },
    ]);
    expect(await all(started.archive.runs(handle))).toMatchObject([{ coverage: { from: "2026-08-25" } }]);
    expect((await started.sync()).accounts).toMatchObject([{ outcome: "notDue", added: 0 }]);
    started.sandbox.advanceTime({ hours: 8 });
    expect((await started.sync()).accounts).toMatchObject([
      { asked: ["transactions", "balances"], range: { days: 90 } },
    ]);
  });
});

describe("options", () => {
  it("only the named accounts are asked, by handle or by id in the archive", async () => {
    await using started = await startSync();
    const handle = handleAt(await started.connect(DEUTSCHE, { accounts: 1 }));
    await started.connect(N26, { accounts: 1 });
    expect((await started.sync({ accounts: [handle] })).accounts).toMatchObject([
      { handle, outcome: "synced" },
    ]);
    expect((await started.sync({ accounts: await started.ids() })).accounts).toMatchObject([
      { handle, outcome: "notDue" },
    ]);
    await expect(started.sync({ accounts: ["nobody"] })).rejects.toThrow('has the handle "nobody"');
  });

  it("options that cannot work are rejected before anything is sent", async () => {
    await using started = await startSync();
    const sent = started.sandbox.requests.length;
    await expect(started.sync({ from: "2026-11-24" })).rejects.toThrow(
      "is in the future: today is 2026-11-23",
    );
    await expect(started.sync({ from: "2026-1-1" })).rejects.toThrow(
      "from must be a date such as 2026-01-31",
    );
    await expect(started.sync({ from: "2026-01-01", full: true })).rejects.toThrow("cannot be combined");
    await expect(started.sync({ concurrency: 0 })).rejects.toThrow("a whole number from 1 to 25, not 0");
    expect(started.sandbox.requests).toHaveLength(sent);
  });
});
