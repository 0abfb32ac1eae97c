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
import { sandboxProcess } from "./sandbox-process.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bankdata-state-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Everything that a client can see, except for the times of its own requests. */
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
  it("a restored sandbox continues with the same tokens, consents, ids, counted calls and observations", async () => {
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
    // The ids of this bank change with each call, so this is the second call for both.
    expect(await seen(second, id)).toBe(await seen(first, id));
    expect(await seen(second, id)).not.toBe(before);
    await first.logIn(); // The second one logged in when it started; now both have generated the same number of ids.
    const made = async (client: typeof first) =>
      (await client.send("POST", "/agreements/enduser/", { institution_id: "HSBC_HBUKGB4B" })).body.id;
    expect(await made(second)).toBe(await made(first));
  });

  it("a state file of an earlier version can be read, and is saved unchanged", async () => {
    const earlier = join(import.meta.dirname, "earlier-state.json");
    const stateFile = join(folder, "earlier.json");
    await copyFile(earlier, stateFile);
    const kept = JSON.parse(await readFile(earlier, "utf8"));
    await using client = await plainClient({ stateFile, now: undefined });
    const saved = JSON.parse(JSON.stringify(client.sandbox.save()));
    // This client has logged in since then, which added two tokens and two ids.
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

  it("a snapshot keeps the quirks of banks, which override those of the option, and names none if there are none", async () => {
    const quirks = { N26_NTSBDEB1: ["noTransactionId"], DKB_BYLADEM1: [] } as const;
    await using first = await plainClient({ quirks });
    const { accounts } = await first.connect("N26_NTSBDEB1");
    const saved = JSON.parse(JSON.stringify(first.sandbox.save()));
    expect(saved.quirks).toEqual(quirks);
    await using second = await plainClient({ now: undefined, state: saved, quirks: { N26_NTSBDEB1: [] } });
    second.setToken(first.token());
    expect(await seen(second, String(accounts[0]))).toBe(await seen(first, String(accounts[0])));
    expect(second.sandbox.save().quirks).toEqual(quirks);

    await using usual = await plainClient({ quirks: {} });
    expect(usual.sandbox.save()).not.toHaveProperty("quirks");
    await using other = await plainClient({ state: usual.sandbox.save(), quirks });
    const id = String((await other.connect("N26_NTSBDEB1")).accounts[0]);
    expect(other.sandbox.state().accounts.find((one) => one.id === id)?.quirks).toContain("vanishingPending");
    const unknown = { ...saved, quirks: { N26_NTSBDEB1: ["noSuchQuirk"] } };
    await expect(startSandbox({ state: unknown })).rejects.toThrow("state.quirks.N26_NTSBDEB1.0: ");
  });

  it("the quirks in a state file hold for each process that uses it, whatever its own flags say", async () => {
    const stateFile = join(folder, "quirks.json");
    await using first = await sandboxProcess("--state", stateFile, "--quirks", "N26_NTSBDEB1=noIds,sortCode");
    await using second = await sandboxProcess("--state", stateFile, "--quirks", "N26_NTSBDEB1=");
    await using client = await plainClient({ stateFile, now: undefined });
    const { accounts } = await client.connect("N26_NTSBDEB1");
    for (const running of [first, second]) {
      running.useToken(client.token());
      const { body } = await running.send("GET", `/accounts/${accounts[0]}/transactions/`);
      const { booked } = body.transactions;
      expect(booked.length).toBeGreaterThan(20);
      expect(booked.filter((one: object) => "transactionId" in one)).toEqual([]);
      const { account } = (await running.send("GET", `/accounts/${accounts[0]}/details/`)).body;
      expect(account.scan).toMatch(/^\d+/);
    }
    expect(JSON.parse(await readFile(stateFile, "utf8")).quirks).toEqual({
      N26_NTSBDEB1: ["noIds", "sortCode"],
    });
  });

  it("a sandbox does not go on from a state file that was replaced by one with other quirks, and says so", async () => {
    const stateFile = join(folder, "other-quirks.json");
    const warnings: string[] = [];
    await using client = await plainClient({
      stateFile,
      quirks: { N26_NTSBDEB1: ["noIds"] },
      onWarning: (message) => warnings.push(message),
    });
    const kept = JSON.parse(await readFile(stateFile, "utf8"));
    await writeFile(stateFile, JSON.stringify({ ...kept, quirks: { N26_NTSBDEB1: [] } }));
    expect(client.sandbox.state().accounts).toEqual([]);
    expect(warnings).toEqual([
      expect.stringContaining("replaced by that of a sandbox with another seed, size or quirks."),
    ]);
  });

  it("a state file survives the end of the process, is readable by its owner only, and leaves no other files behind", async () => {
    const stateFile = join(folder, "new", "sandbox.json");
    const first = await plainClient({ stateFile, now: undefined });
    const { id, accounts } = await first.connect("DEUTSCHE_BANK_DEUTDEFF");
    // As if the first one had been killed: it is not closed, and yet its state is kept.
    const second = await plainClient({ stateFile, now: undefined });
    expect((await second.send("GET", `/requisitions/${id}/`)).body).toMatchObject({ status: "LN", accounts });
    second.sandbox.advanceTime({ days: 100 });
    await second.sandbox.close();
    await using third = await plainClient({ stateFile, now: undefined });
    expect((await third.send("GET", `/requisitions/${id}/`)).body.status).toBe("EX");
    expect((await stat(stateFile)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, "new"))).mode & 0o777).toBe(0o700);
    await third.sandbox.close();
    await first.sandbox.close();
    expect(await readdir(join(folder, "new"))).toEqual(["sandbox.json"]);
  });

  it("a sandbox that changed nothing does not overwrite what another one wrote to the same file", async () => {
    const stateFile = join(folder, "shared.json");
    await using first = await plainClient({ stateFile, now: undefined });
    const looking = await startSandbox({ stateFile });
    const { id } = await first.connect("DEUTSCHE_BANK_DEUTDEFF");
    await looking.close();
    await using after = await startSandbox({ stateFile });
    expect(after.state().requisitions.map((one) => [one.id, one.status])).toEqual([[id, "LN"]]);
  });

  it("sandboxes that start at the same time leave Node's function for warnings as it was", async () => {
    const { emitWarning } = process;
    const starting = ["one.json", "two.json"].map((name) => startSandbox({ stateFile: join(folder, name) }));
    for (const sandbox of await Promise.all(starting)) await sandbox.close();
    expect(process.emitWarning).toBe(emitWarning);
  });

  it("a state file that cannot be written is an error at the start, which names file and reason and frees the port", async () => {
    await writeFile(join(folder, "text"), "in the way");
    const beside = join(folder, "text/state.json");
    await expect(startSandbox({ stateFile: beside })).rejects.toThrow(
      `The state file ${beside} cannot be written: a part of the path is not a folder.`,
    );
    // Below the range that the system uses for outgoing connections and for port 0.
    const port = 20_000 + (process.pid % 10_000);
    await expect(startSandbox({ port, stateFile: beside })).rejects.toThrow("cannot be written");
    await using free = await startSandbox({ port });
    expect(free.baseUrl).toContain(String(port));
  });

  it("closing stops the sandbox even if the state file can no longer be written, and says why", async () => {
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
  ])("a state file that is %s is rejected at once", async (reason, make) => {
    const stateFile = join(folder, reason.replaceAll(" ", "-"));
    await make(stateFile);
    const startedAt = performance.now();
    await expect(startSandbox({ stateFile })).rejects.toThrow(
      `The state file ${stateFile} cannot be read: it is ${reason}.`,
    );
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  it.each([
    ["its symbolic links lead in a circle", "loop"],
    ["the name is too long", "x".repeat(300)],
  ])(
    "a path that cannot be looked at is an error of start and command, with the reason: %s",
    async (reason, name) => {
      const stateFile = join(folder, name);
      if (name === "loop") await symlink(stateFile, stateFile);
      const sentence = `The state file ${stateFile} cannot be read: ${reason}.`;
      await expect(startSandbox({ stateFile })).rejects.toThrow(sentence);
      await expect(sandboxProcess("--state", stateFile)).rejects.toThrow(sentence);
    },
  );

  it("a state file behind a symbolic link is written, and the link stays", async () => {
    const target = join(folder, "target.json");
    const stateFile = join(folder, "link.json");
    await (await startSandbox({ stateFile: target })).close();
    await symlink(target, stateFile);
    await (await startSandbox({ stateFile, seed: 7 })).close();
    expect((await lstat(stateFile)).isSymbolicLink()).toBe(true);
    await expect(readFile(target, "utf8")).resolves.toContain('"seed":1');
  });

  it("only the temporary files of killed processes are removed beside a state file", async () => {
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
    "a state file with the content %j is an error, and the file stays as it is",
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
  it("a sandbox of 1000 accounts has all of them linked from the start", async () => {
    await using client = await plainClient({ accounts: 1000, transactionsPerDay: 20, rateLimits: false });
    const { accounts } = client.sandbox.state();
    expect(accounts).toHaveLength(1000);
    // Cards have no IBAN, and the accounts of several currencies share one.
    const numbers = accounts.flatMap(({ iban, currency }) => (iban === null ? [] : [`${iban} ${currency}`]));
    expect(numbers.length).toBeGreaterThan(900);
    expect(new Set(numbers).size).toBe(numbers.length);
    const statuses = await Promise.all(
      accounts.map(async ({ id }) => (await client.send("GET", `/accounts/${id}/balances/`)).status),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it("a response with ten thousand transactions is streamed, and arrives whole", async () => {
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

  it.each([0, 1.5, -1])("a sandbox of %d accounts is rejected", async (accounts) => {
    await expect(startSandbox({ accounts })).rejects.toThrow("accounts must be a whole number");
  });
});
