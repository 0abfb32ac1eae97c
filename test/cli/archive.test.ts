import { readFile, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { openArchive } from "../../packages/archive/src/index.ts";
import { all } from "../archive/archive/observed.ts";
import { personWith } from "./archive-person.ts";

/** Items without what tells when the bank was asked. */
function timeless(json: string): Record<string, unknown>[] {
  const items: Record<string, unknown>[] = JSON.parse(json);
  return items.map(({ asOf: _, fromCache: __, ...rest }) => rest);
}

describe("reading the archive", () => {
  it("asks nobody, needs no credentials, and prints the same as asking the bank", async () => {
    const person = await personWith(2);
    await person.run("sync");
    person.calls();
    const requests = person.sandbox.requests.length;
    for (const command of ["transactions", "balances", "accounts"]) {
      const archived = await person.run(command, "--json");
      expect([archived.code, archived.err], command).toEqual([0, ""]);
      expect(timeless(archived.out).length).toBeGreaterThan(1);
      const table = await person.run(command);
      expect(table.err).toMatch(/^As of .*, from the archive\. Newer: bankdata sync/);
    }
    expect(person.sandbox.requests.length).toBe(requests);
    const without = await person.runWith(
      { GOCARDLESS_SECRET_ID: "", GOCARDLESS_SECRET_KEY: "" },
      "transactions",
      "--jsonl",
    );
    expect([without.code, without.err]).toEqual([0, ""]);
    for (const command of ["transactions", "balances", "accounts"]) {
      const archived = await person.run(command, "--json");
      const live = await person.run(command, "--live", "--json");
      expect(timeless(live.out), command).toEqual(timeless(archived.out));
      const [first] = timeless(live.out);
      expect(Object.keys(first ?? {})).toEqual(Object.keys(timeless(archived.out)[0] ?? {}));
    }
    expect(person.calls()).toEqual({ transactions: 2, balances: 2 });
  });

  it("reads accounts that were never synced once, from the cache or the bank, and shows them beside the others", async () => {
    const person = await personWith(3);
    const [synced = "", cached = ""] = person.ids;
    for (const command of ["balances", "transactions"]) await person.run(command, cached);
    await person.run("sync", synced);
    person.calls();
    const idsOf = async (command: string) => {
      const { code, out, err } = await person.run(command, "--json");
      const items: { accountId: string }[] = JSON.parse(out);
      return { code, err, ids: [...new Set(items.map(({ accountId }) => accountId))].toSorted() };
    };
    expect(await idsOf("accounts")).toEqual({ code: 0, err: "", ids: person.ids.toSorted() });
    for (const command of ["balances", "transactions", "balances", "transactions"])
      expect(await idsOf(command), command).toEqual({ code: 0, err: "", ids: person.ids.toSorted() });
    expect(person.calls()).toEqual({ balances: 1, transactions: 1 });
    const none = { GOCARDLESS_SECRET_ID: "", GOCARDLESS_SECRET_KEY: "" };
    const withoutCredentials = await person.runWith(none, "balances", "--json");
    expect([withoutCredentials.code, withoutCredentials.err]).toEqual([0, ""]);
  });

  it("shows the others if an account that was never synced cannot be read", async () => {
    const person = await personWith(2);
    const [synced = "", other = ""] = person.ids;
    await person.run("sync", synced);
    await person.sandbox.close();
    const { code, out, err } = await person.run("balances", "--json");
    const items: { accountId: string; error?: { name: string } }[] = JSON.parse(out);
    expect(code).toBe(5);
    expect(items.filter(({ error }) => error !== undefined)).toMatchObject([{ accountId: other }]);
    expect(items.filter(({ accountId }) => accountId === synced).length).toBeGreaterThan(0);
    expect(err).toContain(other);
  });

  it("obeys each account's settings, and searches all years whatever days they say", async () => {
    const person = await personWith(2);
    await person.run("sync");
    const [one = "", other = ""] = person.ids;
    const read = async (...args: string[]) => {
      const found: { accountId: string; id: string; date: string; amount: string }[] = JSON.parse(
        (await person.run("transactions", ...args, "--json")).out,
      );
      return found;
    };
    const before = await read();
    const spent = await read("--amount", "..-50");
    const found = await read("--search", "rent");
    await person.put(
      "bankdata.yaml",
      `accounts:\n  - id: ${one}\n    invert: true\n    days_back: 7\n  - id: ${other}\n    booking_statuses: [booked]\n`,
    );
    const after = await read();
    const ofOne = after.filter(({ accountId }) => accountId === one);
    expect(ofOne.length).toBeGreaterThan(0);
    expect(ofOne.length).toBeLessThan(before.filter(({ accountId }) => accountId === one).length);
    for (const { id, amount } of ofOne)
      expect(Number(amount)).toBe(-Number(before.find((was) => was.id === id)?.amount));
    expect(after.map(({ date }) => date)).toEqual(
      after
        .map(({ date }) => date)
        .toSorted()
        .toReversed(),
    );
    // What came in is what went out, as the person sees it.
    const cameIn = (await read(one, "--amount", "+50..")).map(({ id }) => id);
    expect(cameIn).toEqual(spent.filter(({ accountId }) => accountId === one).map(({ id }) => id));
    expect((await read(one, "--search", "rent")).map(({ id }) => id)).toEqual(
      found.filter(({ accountId }) => accountId === one).map(({ id }) => id),
    );
    expect(await read("--limit", "3")).toEqual(after.slice(0, 3));
  });

  it("reads an account that is not in the archive as before, and from the archive once it is", async () => {
    const person = await personWith(2);
    const [first = "", second = ""] = person.ids;
    await person.run("sync", first);
    person.calls();
    const named = await person.run("balances", second, "--json");
    expect([named.code, person.calls()]).toEqual([0, { balances: 1 }]);
    const before = JSON.parse((await person.run("transactions", second, "--json")).out);
    expect(person.calls()).toEqual({ transactions: 1 });
    const after = JSON.parse((await person.run("transactions", second, "--json")).out);
    expect(person.calls()).toEqual({});
    expect(after.length).toBe(before.length);
    const accounts = new Set(
      JSON.parse((await person.run("transactions", "--json")).out).map(
        (one: { accountId: string }) => one.accountId,
      ),
    );
    expect([accounts, person.calls()]).toEqual([new Set(person.ids), {}]);
  });

  it("finds what is searched for in all years, and names no account that is not there", async () => {
    const person = await personWith(1);
    await person.run("sync");
    await using archive = await openArchive({ location: person.archive() ?? "" });
    const everything = await all(archive.transactions());
    const market = everything.filter(({ counterparty }) => counterparty === "Corner Market");
    const found = JSON.parse((await person.run("transactions", "--who", "corner mark", "--json")).out);
    expect(found.map(({ id }: { id: string }) => id)).toEqual(market.map(({ id }) => id).toReversed());
    const sums = JSON.parse(
      (await person.run("transactions", "--amount", "10..20", "--limit", "7", "--json")).out,
    );
    expect(sums).toHaveLength(7);
    for (const { amount } of sums) expect(Math.abs(Number(amount))).toBeGreaterThanOrEqual(10);
    for (const { amount } of sums) expect(Math.abs(Number(amount))).toBeLessThanOrEqual(20);
    const raws = (await person.run("transactions", "--raw", "--limit", "2")).out.trimEnd().split("\n");
    expect(raws.map((text) => JSON.parse(text))).toEqual([everything.at(-1)?.raw, everything.at(-2)?.raw]);
    for (const wrong of [
      ["--amount", "ten"],
      ["--amount", "20..10"],
      ["--from", "2026-02-30"],
      ["--limit", "0"],
    ])
      expect((await person.run("transactions", ...wrong)).code, wrong.join(" ")).toBe(2);
    expect(await person.run("transactions", "nobody")).toMatchObject({
      code: 2,
      err: expect.stringContaining('No account is called "nobody"'),
    });
  });

  it("says how to ask the bank if the archive is damaged, which does without it", async () => {
    const person = await personWith(1);
    await person.run("sync");
    const location = person.archive() ?? "";
    const bytes = await readFile(location);
    await writeFile(location, bytes.fill(0xff, 5000, 25_000));
    const { code, out, err } = await person.run("transactions");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(
      /bank can be asked without it: bankdata transactions --live\n✗ The archive .* is damaged/,
    );
    // The second time, nothing may be newer than what is cached.
    for (const _ of ["live", "cached"]) {
      const live = await person.run("transactions", "--live", "--json");
      expect(live.code).toBe(0);
      expect(live.err).toContain("was not recorded in the archive");
      expect(JSON.parse(live.out)[0]).toMatchObject({ id: null, certain: null });
    }
    expect(await readFile(location)).toEqual(bytes);
  });

  it("shows the life of a transaction by its id or the end of it", async () => {
    const person = await personWith(1);
    await person.run("sync");
    const [first] = JSON.parse((await person.run("transactions", "--json", "--limit", "1")).out);
    const whole = JSON.parse((await person.run("show", first.id, "--json")).out);
    expect(whole).toMatchObject({
      id: first.id,
      amount: first.amount,
      observations: [{ run: 1, raw: first.raw }],
    });
    const life = await person.run("show", first.id.slice(-6).toUpperCase());
    expect(life.out).toContain(first.id);
    expect(life.out).toContain("new");
    for (const nobody of ["zzzzzz", "zz", "%", ""]) expect((await person.run("show", nobody)).code).toBe(2);
  });
});

describe("bankdata review", () => {
  it("lists what is not certain, and keeps an answer", async () => {
    const person = await personWith(2);
    await person.run("sync");
    const doubts = JSON.parse((await person.run("review", "--json")).out);
    expect(doubts.length).toBeGreaterThan(0);
    const [{ id, believed, one, other }] = doubts;
    expect(believed).toBe("different");
    expect((await person.run("review", id, "perhaps")).code).toBe(2);
    const { code, err } = await person.run("review", id.slice(-8), "same");
    expect([code, err]).toEqual([0, "Kept: one transaction.\n"]);
    await using archive = await openArchive({ location: person.archive() ?? "" });
    const kept = await archive.transaction(id);
    expect(kept).toEqual(await archive.transaction(one.transaction));
    expect(kept).toEqual(await archive.transaction(other.transaction));
    expect(kept?.certain).toBe(true);
    expect((await person.run("review", "--list")).err).toContain("Nothing is uncertain.");
  });
});

describe("bankdata forget --account", () => {
  it("removes one account from the archive, and leaves the other and the connection", async () => {
    const person = await personWith(2);
    await person.run("sync");
    const [gone = "", kept = ""] = person.ids;
    expect((await person.run("forget", "--account", gone)).code).toBe(2);
    const { code, out } = await person.run("forget", "--account", gone, "--yes", "--json");
    expect([code, JSON.parse(out)]).toEqual([
      0,
      expect.objectContaining({ accounts: 1, runs: 1, transactions: expect.any(Number), copies: [] }),
    ]);
    const left = JSON.parse((await person.run("accounts", "--json")).out);
    expect(left.map(({ accountId }: { accountId: string }) => accountId)).toEqual([kept]);
    expect((await person.run("forget", "--account", gone, "--yes")).code).toBe(2);
    expect(person.sandbox.state().requisitions).toHaveLength(2);
  });
});
