import { execFileSync, spawnSync } from "node:child_process";
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSandbox } from "../../packages/sandbox/src/index.ts";
import { plainClient } from "./plain-client.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bankdata-state-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** All that a client can see, but times of looking. */
async function seen(client: Awaited<ReturnType<typeof plainClient>>, id: string) {
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
    await using first = await plainClient();
    const { accounts } = await first.connect("HSBC_HBUKGB4B", { max_historical_days: 60 });
    const id = String(accounts[0]);
    const before = await seen(first, id);
    const observed = first.sandbox.truth(id);
    const saved = JSON.parse(JSON.stringify(first.sandbox.save()));

    await using second = await plainClient({ now: undefined, state: saved });
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

  it("written by an earlier version opens, and is written as it was", async () => {
    const earlier = join(import.meta.dirname, "earlier-state.json");
    const stateFile = join(folder, "earlier.json");
    await copyFile(earlier, stateFile);
    const kept = JSON.parse(await readFile(earlier, "utf8"));
    await using client = await plainClient({ stateFile, now: undefined });
    const saved = JSON.parse(JSON.stringify(client.sandbox.save()));
    // Since then this client has logged in: two tokens more, and two ids.
    expect({ ...saved, tokens: saved.tokens.slice(0, -2), made: saved.made - 2, calls: kept.calls }).toEqual(
      kept,
    );
    client.setToken(kept.tokens[0][0]);
    const { results } = (await client.send("GET", "/requisitions/")).body;
    expect(results.map((one: { status: string }) => one.status)).toEqual(["UA", "LN", "LN", "LN"]);
    const [read, own] = client.sandbox.state().accounts.map(({ id }) => id);
    expect(
      client.sandbox.truth(String(read)).filter(({ observed }) => observed.length > 0).length,
    ).toBeGreaterThan(0);
    const { body } = await client.send("GET", `/accounts/${own}/transactions/`);
    expect(body.transactions).toEqual({ booked: [{ transactionId: "mine" }], pending: [] });
  });

  it("kept in a file survives an end, is readable by its owner alone, and leaves no other file behind", async () => {
    const stateFile = join(folder, "new", "sandbox.json");
    const first = await plainClient({ stateFile, now: undefined });
    const { id, accounts } = await first.connect("DEUTSCHE_BANK_DEUTDEFF");
    // Killed here: nothing is closed, and yet all is kept.
    const second = await plainClient({ stateFile, now: undefined });
    expect((await second.send("GET", `/requisitions/${id}/`)).body).toMatchObject({ status: "LN", accounts });
    second.sandbox.advanceTime({ days: 100 });
    await second.sandbox.close();
    await using third = await plainClient({ stateFile, now: undefined });
    expect((await third.send("GET", `/requisitions/${id}/`)).body.status).toBe("EX");
    expect((await stat(stateFile)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, "new"))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(folder, "new"))).toEqual(["sandbox.json"]);
    await first.sandbox.close();
  });

  it("kept in a file that another sandbox changed meanwhile is not undone by one that only looked", async () => {
    const stateFile = join(folder, "shared.json");
    await using first = await plainClient({ stateFile, now: undefined });
    const looking = await startSandbox({ stateFile });
    const { id } = await first.connect("DEUTSCHE_BANK_DEUTDEFF");
    await looking.close();
    await using after = await startSandbox({ stateFile });
    expect(after.state().requisitions.map((one) => [one.id, one.status])).toEqual([[id, "LN"]]);
  });

  it("that cannot be kept is an error at the start, naming file and reason, and frees the port", async () => {
    await writeFile(join(folder, "text"), "in the way");
    const beside = join(folder, "text/state.json");
    await expect(startSandbox({ stateFile: beside })).rejects.toThrow(
      `The state file ${beside} cannot be written: a part of the path is not a folder.`,
    );
    // Below what the system gives to outgoing connections and to port 0.
    const port = 20_000 + (process.pid % 10_000);
    await expect(startSandbox({ port, stateFile: beside })).rejects.toThrow("cannot be written");
    await using free = await startSandbox({ port });
    expect(free.baseUrl).toContain(String(port));
  });

  it("that can no longer be written ends the sandbox all the same, and says why", async () => {
    const stateFile = join(folder, "gone", "state.json");
    const sandbox = await startSandbox({ stateFile });
    await rm(join(folder, "gone"), { recursive: true, force: true });
    await writeFile(join(folder, "gone"), "in the way");
    await expect(sandbox.close()).rejects.toThrow(`The state file ${stateFile} cannot be written`);
    await expect(fetch(sandbox.baseUrl)).rejects.toThrow("fetch failed");
  });

  it.each([
    ["a folder", (path: string) => mkdir(path)],
    ["a named pipe", (path: string) => execFileSync("mkfifo", [path])],
    ["a device or socket", (path: string) => symlink("/dev/zero", path)],
    ["larger than 256 MB", (path: string) => writeFile(path, "").then(() => truncate(path, 1_000_000_000))],
  ])("that is %s is rejected at once", async (reason, make) => {
    const stateFile = join(folder, reason.replaceAll(" ", "-"));
    await make(stateFile);
    const startedAt = performance.now();
    await expect(startSandbox({ stateFile })).rejects.toThrow(
      `The state file ${stateFile} cannot be read: it is ${reason}.`,
    );
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  it("is written through a link, which stays", async () => {
    const target = join(folder, "target.json");
    const stateFile = join(folder, "link.json");
    await (await startSandbox({ stateFile: target })).close();
    await symlink(target, stateFile);
    await (await startSandbox({ stateFile, seed: 7 })).close();
    expect((await lstat(stateFile)).isSymbolicLink()).toBe(true);
    await expect(readFile(target, "utf8")).resolves.toContain('"seed":1');
  });

  it("loses the temporary files of killed processes beside it, and no other file", async () => {
    const own = await mkdtemp(join(folder, "killed-"));
    const stateFile = join(own, "state.json");
    const module = pathToFileURL(
      resolve(import.meta.dirname, "../../packages/sandbox/src/world/temporary-file.ts"),
    ).href;
    const made = `const { temporaryName } = await import(${JSON.stringify(module)});
      const name = temporaryName(process.argv[1]);
      (await import("node:fs")).writeFileSync(name, "{}");
      process.kill(process.pid, "SIGKILL");`;
    expect(spawnSync(process.execPath, ["--input-type=module", "-e", made, stateFile]).signal).toBe(
      "SIGKILL",
    );
    const [left = ""] = await readdir(own);
    expect(left).toMatch(/^state\.json\.[0-9a-f]{12}-\d+-[0-9a-f-]{36}\.tmp$/);
    const alive = left.replace(/-\d+-/, `-${process.pid}-`);
    const elsewhere = left.replace(/\.[0-9a-f]{12}-/, ".000000000000-");
    const uuid = "0f8fad5b-d9cb-469f-a165-70867728950e";
    const old = [`state.json.${uuid}`, `state.json.000000000000-1-${uuid}.tmp`];
    const kept = ["state.json.backup", "other.json.tmp", `state.json.${uuid.replace("0", "1")}`];
    for (const name of [alive, elsewhere, ...old, ...kept]) await writeFile(join(own, name), "{}");
    for (const name of old) await utimes(join(own, name), 1_700_000_000, 1_700_000_000);
    await (await startSandbox({ stateFile })).close();
    expect((await readdir(own)).toSorted()).toEqual([alive, elsewhere, ...kept, "state.json"].toSorted());
  });

  it.each(["", "{", "[]", '{"format":2}', "null"])(
    "that a file does not hold (%j) is an error, and the file stays",
    async (text) => {
      const stateFile = join(folder, "odd.json");
      await writeFile(stateFile, text);
      await chmod(stateFile, 0o600);
      await expect(startSandbox({ stateFile })).rejects.toThrow("does not hold the state of a sandbox");
      expect(await readFile(stateFile, "utf8")).toBe(text);
    },
  );
});

describe("a large sandbox", () => {
  it("has so many accounts from the start, with histories that are made when they are asked for", async () => {
    await using client = await plainClient({ accounts: 1000, transactionsPerDay: 20, rateLimits: false });
    const { accounts } = client.sandbox.state();
    expect(accounts).toHaveLength(1000);
    expect(new Set(accounts.map(({ iban }) => iban)).size).toBe(1000);
    const statuses = await Promise.all(
      accounts.map(async ({ id }) => (await client.send("GET", `/accounts/${id}/balances/`)).status),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it("sends a response of ten thousand transactions in pieces, and whole", async () => {
    await using client = await plainClient({ accounts: 70, transactionsPerDay: 20 });
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

  it.each([0, 1.5, -1])("of %d accounts is rejected", async (accounts) => {
    await expect(startSandbox({ accounts })).rejects.toThrow("accounts must be a whole number");
  });
});
