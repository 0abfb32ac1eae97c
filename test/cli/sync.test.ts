import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openArchive } from "../../packages/archive/src/index.ts";
import { all } from "../archive/archive/observed.ts";
import { personWith } from "./archive-person.ts";

/** How many transactions an archive holds. */
async function held(location: string | undefined): Promise<number> {
  await using archive = await openArchive({ location: location ?? "" });
  return (await all(archive.transactions())).length;
}

const COMPLETE = { details: 2, transactions: 2, balances: 2 };

describe("bankdata sync", () => {
  it("reads all accounts into an archive of their owner alone, and asks nothing until the next call is due", async () => {
    const person = await personWith(2);
    const first = await person.run("sync");
    const archive = person.archive();
    expect(person.calls()).toEqual(COMPLETE);
    const rows = first.out
      .trimEnd()
      .split("\n")
      .map((row) => row.split("\t"));
    expect(rows.map(([, status]) => status)).toEqual(["read", "read"]);
    expect(rows.reduce((sum, [, , added]) => sum + Number(added), 0)).toBe(await held(archive));
    expect(first.err).toMatch(
      /^\d+ new transactions\. Archive: \S+\/archive\.127\.0\.0\.1-\d+-\w{8}\.sqlite\n$/,
    );
    expect([first.code, statSync(archive ?? "").mode & 0o777]).toEqual([0, 0o600]);
    const second = await person.run("sync");
    expect([second.code, person.calls()]).toEqual([0, {}]);
    expect(second.out.match(/not due yet/g)).toHaveLength(2);
    expect(second.err).toContain("Nothing was due; --now asks at once.");
    expect(await person.run("sync", "--quiet")).toEqual({ code: 0, out: "", err: "" });
    expect(await person.run("sync", "--quiet", "--jsonl")).toEqual({ code: 0, out: "", err: "" });
    expect(person.calls()).toEqual({});
    const now = await person.run("sync", "--now", "--quiet");
    expect([now, person.calls()]).toEqual([
      { code: 0, out: "", err: "" },
      { transactions: 2, balances: 2 },
    ]);
  });

  it("prints one item for each account, and asks only for those that are named, from a date on", async () => {
    const person = await personWith(2);
    await person.put("bankdata.yaml", `accounts: [{ id: ${person.ids[0]}, alias: giro, start: 2026-01-01 }]`);
    const { code, out, err } = await person.run("sync", "giro", "--json");
    expect([code, err]).toEqual([0, ""]);
    expect(JSON.parse(out)).toEqual([
      expect.objectContaining({
        ...{ accountId: person.ids[0], accountAlias: "giro", outcome: "synced", reason: null, error: null },
        ...{ asked: ["details", "transactions", "balances"], range: { from: "2026-01-01" } },
        ...{
          archiveId: expect.stringMatching(/^[0-9a-z]{26}$/),
          added: await held(person.archive()),
          vanished: 0,
        },
        ...{ daysLeft: 180, nextCallAt: expect.any(String), asOf: expect.any(String) },
      }),
    ]);
    expect(person.calls()).toEqual({ details: 1, transactions: 1, balances: 1 });
    const later = await person.run("sync", "giro", "--from", "2026-03-01", "--jsonl");
    expect(JSON.parse(later.out)).toMatchObject({ added: 0, range: { from: "2026-03-01" } });
    expect(await person.run("sync", "nobody")).toMatchObject({
      code: 2,
      err: expect.stringContaining('No account is called "nobody"'),
    });
    for (const wrong of [
      ["--from", "1 May"],
      ["--from", "2999-01-01"],
      ["--full", "--from", "2026-01-01"],
    ])
      expect((await person.run("sync", ...wrong)).code).toBe(2);
    expect(person.calls()).toEqual({ transactions: 1, balances: 1 });
  });

  it("a dry run sends no request and makes no archive, and says what would be asked for", async () => {
    const person = await personWith(1);
    const blind = await person.run("sync", "--dry-run");
    expect([blind.code, person.sandbox.requests]).toEqual([1, []]);
    expect(blind.err).toContain("A dry run sends nothing, and nothing is known of your accounts yet.");
    await person.run("accounts");
    const sent = person.sandbox.requests.length;
    const { code, out } = await person.run("sync", "--dry-run");
    expect([code, out.split("\t")[8]]).toEqual([0, "all history, details, balances"]);
    expect([person.sandbox.requests.length, person.archive()]).toEqual([sent, undefined]);
  });

  it("one bank that fails ends it with 5, and the others are recorded", async () => {
    const person = await personWith(2);
    const failing = person.ids[0] ?? "";
    person.sandbox.inject({
      account: failing,
      operation: "transactions",
      error: "UnknownRequestError",
      times: 9,
    });
    const { code, out, err } = await person.run("sync", "--quiet");
    expect(code).toBe(5);
    expect(out.trimEnd().split("\n")).toHaveLength(1);
    expect(err).toMatch(/^✗ .*\n/);
    expect(person.calls()).toEqual({ details: 2, transactions: 2, balances: 1 });
    person.sandbox.clearFaults();
    expect((await person.run("sync", failing)).code).toBe(0);
  });

  it("a consent that has ended, or ends soon, ends it with 3 and the command that renews it", async () => {
    const person = await personWith(2);
    expect((await person.run("sync")).code).toBe(0);
    const soon = await person.run("sync", "--quiet", "--warn-days", "180");
    expect([soon.code, soon.out]).toEqual([3, ""]);
    expect(
      soon.err.match(/Your connection to .+ ends in 180 days\. Renew it: bankdata connect --renew /g),
    ).toHaveLength(2);
    person.sandbox.setRequisitionStatus(person.connections[0] ?? "", "EX");
    person.calls();
    const ended = await person.run("sync", "--now", "--quiet");
    expect([ended.code, ended.out]).toEqual([3, ""]);
    expect(ended.err).toMatch(/^! Your connection to .+ has ended\. Renew it: bankdata connect --renew /);
    expect(person.calls()).toEqual({ transactions: 1, balances: 1 });
  });

  it("two at the same time record each transaction once", async () => {
    const person = await personWith(2);
    const both = await Promise.all([person.run("sync", "--quiet"), person.run("sync", "--quiet")]);
    expect(both).toMatchObject([
      { code: 0, err: "" },
      { code: 0, err: "" },
    ]);
    await using archive = await openArchive({ location: person.archive() ?? "" });
    expect(await archive.accounts()).toHaveLength(2);
    const kept = await all(archive.transactions());
    const { accounts } = person.sandbox.state();
    const shown = accounts.flatMap(({ id }) =>
      person.sandbox.truth(id).filter((one) => one.observed.length > 0),
    );
    expect(kept).toHaveLength(shown.length);
  });

  it("calls that are used up end it with 4 if they were to be made now, and are no failure otherwise", async () => {
    const person = await personWith(1);
    for (let time = 0; time < 4; time += 1) await person.run("sync", "--now");
    person.calls();
    const now = await person.run("sync", "--now");
    expect([now.code, now.out.split("\t")[1], person.calls()]).toEqual([4, "calls used up", {}]);
    expect((await person.run("sync")).code).toBe(0);
  });
});

describe("what other commands read", () => {
  it("is recorded if there is an archive, and makes none otherwise", async () => {
    const person = await personWith(1);
    await person.run("transactions");
    expect(person.archive()).toBeUndefined();
    await person.run("sync");
    expect(person.calls()).toEqual({ details: 1, transactions: 1, balances: 1 });
    person.sandbox.setTransactions(person.ids[0] ?? "", {
      booked: [
        {
          transactionId: "new",
          bookingDate: "2026-11-01",
          transactionAmount: { amount: "1.00", currency: "EUR" },
        },
      ],
    });
    const before = await held(person.archive());
    expect(await person.run("transactions", "--live", "--quiet")).toMatchObject({ code: 0, err: "" });
    expect(await held(person.archive())).toBe(before + 1);
    const named = join(person.home, "mine.sqlite");
    await person.run("balances", "--live", "--archive", "mine.sqlite");
    const [own] = readdirSync(person.home).filter((name) => name.startsWith("mine."));
    expect(own).toMatch(/^mine\.127\.0\.0\.1-\d+-\w{8}\.sqlite$/);
    expect(existsSync(named)).toBe(false);
  });

  it("is shown although it cannot be recorded, which a note says", async () => {
    const person = await personWith(1);
    await person.run("accounts");
    await person.put("notes.txt", "not an archive");
    await person.put("bankdata.yaml", "archive: notes.txt");
    const [other] = [person.sandbox.baseUrl].map((url) => new URL(url).host);
    const { code, out, err } = await person.run("transactions", "--quiet");
    expect([code, out.length > 0, err]).toEqual([0, true, ""]);
    for (const name of await person.names())
      if (name.startsWith(`notes.${other?.replace(":", "-")}`)) await person.put(name, "not an archive");
    const again = await person.run("transactions", "--quiet", "--live");
    expect([again.code, again.out.length > 0]).toEqual([0, true]);
    expect(again.err).toMatch(/What the bank sent was not recorded in the archive/);
    person.calls();
    const synced = await person.run("sync", "--now");
    expect([synced.code, person.calls()]).toEqual([2, {}]);
    expect(synced.err).toMatch(/^✗ The archive \S+ cannot be used/);
  });
});

describe("other commands and the archive", () => {
  it("doctor opens it, disconnect and forget keep it, and forget removes it if it is named", async () => {
    const person = await personWith(1);
    expect((await person.run("doctor")).out).toMatch(
      /✓ Archive: \S+\.sqlite does not exist yet; bankdata sync makes it/,
    );
    expect(person.archive()).toBeUndefined();
    await person.run("sync");
    const archive = person.archive() ?? "";
    expect((await person.run("doctor")).out).toContain(`✓ Archive: ${archive}, 1 account\n`);
    const ended = await person.run("disconnect", person.connections[0] ?? "", "--yes");
    expect(ended.err).toContain("The archive keeps what was read of its accounts.");
    const kept = await person.run("forget", "--yes");
    expect(kept.out).toContain(`the archive ${archive}, which no bank can give you again`);
    expect(kept.out).toContain(`→ bankdata forget --archive ${archive}`);
    expect(existsSync(archive)).toBe(true);
    await person.put("notes.txt", "not an archive");
    expect((await person.run("forget", "--yes", "--archive", "notes.txt")).code).toBe(2);
    expect((await person.run("forget", "--yes", "--archive", archive)).code).toBe(0);
    expect(existsSync(archive)).toBe(false);
  });

  it("accounts same makes one account of two in the archive", async () => {
    const person = await personWith(2);
    await person.run("sync");
    const [one = "", other = ""] = person.ids;
    expect((await person.run("accounts", "same", one, other)).code).toBe(2);
    const { code, out } = await person.run("accounts", "same", one, other, "--yes", "--json");
    const { archiveId, formerId } = JSON.parse(out);
    expect([code, archiveId === formerId]).toEqual([0, false]);
    await using archive = await openArchive({ location: person.archive() ?? "" });
    expect((await archive.accounts()).map(({ id }) => id)).toEqual([archiveId]);
    expect((await person.run("accounts", "same", one, other, "--yes")).err).toContain(
      "is one account already",
    );
  });
});
