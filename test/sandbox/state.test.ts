import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSandbox } from "../../src/sandbox/index.ts";
import { stranger } from "./stranger.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bankdata-state-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** All that a client can see, but times of looking. */
async function seen(client: Awaited<ReturnType<typeof stranger>>, id: string) {
  const paths = [
    "/requisitions/",
    "/agreements/enduser/",
    `/accounts/${id}/details/`,
    `/accounts/${id}/transactions/`,
  ];
  const texts = [];
  for (const path of paths)
    texts.push((await client.send("GET", path)).text.replace(/"last_updated":"[^"]+"/, ""));
  return texts.join("\n").replaceAll(/127\.0\.0\.1:\d+/g, "HOST");
}

describe("the state of a sandbox", () => {
  it("saved and loaded goes on as if nothing had been: tokens, consents, ids, calls, observations", async () => {
    await using first = await stranger();
    const { accounts } = await first.connect("HSBC_HBUKGB4B", { max_historical_days: 60 });
    const id = String(accounts[0]);
    const before = await seen(first, id);
    const observed = first.sandbox.truth(id);
    const saved = JSON.parse(JSON.stringify(first.sandbox.save()));

    await using second = await stranger({ now: undefined, state: saved });
    second.setToken(first.token());
    expect(second.sandbox.now()).toBe(first.sandbox.now());
    expect(second.sandbox.truth(id)).toEqual(observed);
    expect((await second.send("GET", `/accounts/${id}/details/`)).status).toBe(200);
    const spent = await second.send("GET", `/accounts/${id}/balances/`);
    expect(spent.headers.get("http_x_ratelimit_account_success_remaining")).toBe("3");
    second.sandbox.setLimits(false);
    first.sandbox.setLimits(false);
    // The ids of this bank change with each call: both are asked for the second time now.
    expect(await seen(second, id)).toBe(await seen(first, id));
    expect(await seen(second, id)).not.toBe(before);
    await first.logIn(); // As the second did when it began: both have drawn as many ids.
    const made = async (client: typeof first) =>
      (await client.send("POST", "/agreements/enduser/", { institution_id: "HSBC_HBUKGB4B" })).body.id;
    expect(await made(second)).toBe(await made(first));
  });

  it("kept in a file survives an end, is readable by its owner alone, and leaves no other file behind", async () => {
    const stateFile = join(folder, "new", "sandbox.json");
    const first = await stranger({ stateFile, now: undefined });
    const { id, accounts } = await first.connect("DEUTSCHE_BANK_DEUTDEFF");
    // Killed here: nothing is closed, and yet all is kept.
    const second = await stranger({ stateFile, now: undefined });
    expect((await second.send("GET", `/requisitions/${id}/`)).body).toMatchObject({ status: "LN", accounts });
    second.sandbox.advanceTime({ days: 100 });
    await second.sandbox.close();
    await using third = await stranger({ stateFile, now: undefined });
    expect((await third.send("GET", `/requisitions/${id}/`)).body.status).toBe("EX");
    expect((await stat(stateFile)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, "new"))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(folder, "new"))).toEqual(["sandbox.json"]);
    await first.sandbox.close();
  });

  it("kept in a file that another sandbox changed meanwhile is not undone by one that only looked", async () => {
    const stateFile = join(folder, "shared.json");
    await using first = await stranger({ stateFile, now: undefined });
    const looking = await startSandbox({ stateFile });
    const { id } = await first.connect("DEUTSCHE_BANK_DEUTDEFF");
    await looking.close();
    await using after = await startSandbox({ stateFile });
    expect(after.state().requisitions.map((one) => [one.id, one.status])).toEqual([[id, "LN"]]);
  });

  it.each(["", "{", "[]", '{"format":2}', "null"])(
    "that a file does not hold (%j) is an error, and the file stays",
    async (text) => {
      const stateFile = join(folder, "odd.json");
      await writeFile(stateFile, text);
      await chmod(stateFile, 0o600);
      await expect(startSandbox({ stateFile })).rejects.toThrow("holds no state of a sandbox");
      expect(await readFile(stateFile, "utf8")).toBe(text);
    },
  );
});

describe("a large sandbox", () => {
  it("has so many accounts from the start, with histories that are made when they are asked for", async () => {
    await using client = await stranger({ accounts: 1000, transactionsPerDay: 20, rateLimits: false });
    const { accounts } = client.sandbox.state();
    expect(accounts).toHaveLength(1000);
    expect(new Set(accounts.map(({ iban }) => iban)).size).toBe(1000);
    const statuses = await Promise.all(
      accounts.map(async ({ id }) => (await client.send("GET", `/accounts/${id}/balances/`)).status),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it("sends an answer of ten thousand transactions in pieces, and whole", async () => {
    await using client = await stranger({ accounts: 70, transactionsPerDay: 20 });
    const account = client.sandbox.state().accounts.find(({ institution_id: id }) => id === "MONZO_MONZGB2L");
    const response = await fetch(`${client.sandbox.baseUrl}/accounts/${account?.id}/transactions/`, {
      headers: { authorization: `Bearer ${client.token()}` },
    });
    expect(response.headers.get("content-length")).toBeNull();
    const { booked } = JSON.parse(await response.text()).transactions;
    expect(booked.length).toBeGreaterThan(10_000);
    expect(new Set(booked.map((one: { transactionId: string }) => one.transactionId)).size).toBe(
      booked.length,
    );
    const dates = booked.map((one: { bookingDate: string }) => one.bookingDate);
    expect(dates).toEqual(dates.toSorted().reverse());
  });

  it.each([0, 1.5, -1])("of %d accounts is refused", async (accounts) => {
    await expect(startSandbox({ accounts })).rejects.toThrow("accounts must be a whole number");
  });
});
