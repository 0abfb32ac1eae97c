import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { startSandbox } from "../../packages/sandbox/src/index.ts";
import { temporaryFolder } from "../support/folder.ts";
import { plainClient } from "./plain-client.ts";
import { clientOf, commandLine, printed, sandboxProcess } from "./sandbox-process.ts";

const idsIn = (stateFile: string): string[] =>
  JSON.parse(readFileSync(stateFile, "utf8")).requisitions.map(({ id }: { id: string }) => id);

/** Whether a process still runs. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("several processes with one state file", () => {
  it("five processes that create 15 requisitions each at the same time lose none, and share tokens", async () => {
    const stateFile = join(temporaryFolder(), "state.json");
    const all = await Promise.all(
      Array.from({ length: 5 }, () => sandboxProcess("--state", stateFile, "--no-limits")),
    );
    try {
      const token = await all[0]?.logIn();
      expect(statSync(`${stateFile}.lock`).mode & 0o777).toBe(0o600);
      const made = await Promise.all(
        all.map(async (one) => {
          one.useToken(String(token));
          const ids = [];
          for (let count = 0; count < 15; count += 1) ids.push(await one.begin());
          return ids;
        }),
      );
      expect(new Set(made.flat()).size).toBe(75);
      for (const one of all) {
        const { results } = (await one.send("GET", "/requisitions/?limit=100")).body;
        expect(results.map(({ id }: { id: string }) => id).toSorted()).toEqual(made.flat().toSorted());
      }
      expect(await Promise.all(all.map((one) => one.end()))).toEqual([0, 0, 0, 0, 0]);
      expect(idsIn(stateFile).toSorted()).toEqual(made.flat().toSorted());
      expect(readdirSync(join(stateFile, ".."))).toEqual(["state.json"]);
    } finally {
      for (const one of all) await one[Symbol.asyncDispose]();
    }
  });

  it("a process that is killed at any moment holds up nobody, and what it has responded is kept", async () => {
    const stateFile = join(temporaryFolder(), "state.json");
    await using living = await sandboxProcess("--state", stateFile, "--no-limits");
    const token = await living.logIn();
    const responded: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      await using killed = await sandboxProcess("--state", stateFile, "--no-limits");
      killed.useToken(token);
      const posting = (async () => {
        for (;;) responded.push(await killed.begin());
      })().catch(() => undefined);
      while (responded.length < 5 * (round + 1)) responded.push(await living.begin());
      expect(await killed.end("SIGKILL")).toBeNull();
      await posting;
      const before = performance.now();
      responded.push(await living.begin());
      expect(performance.now() - before).toBeLessThan(1000);
    }
    expect(idsIn(stateFile)).toEqual(expect.arrayContaining(responded));
  });

  it("calls are counted together: after three processes have made one each, one of four is left", async () => {
    const stateFile = join(temporaryFolder(), "state.json");
    await using first = await sandboxProcess("--state", stateFile, "--accounts", "1");
    await using second = await sandboxProcess("--state", stateFile);
    await using third = await sandboxProcess("--state", stateFile);
    const token = await first.logIn();
    const { id } = JSON.parse(readFileSync(stateFile, "utf8")).accounts[0];
    const left = await Promise.all(
      [first, second, third].map(async (one) => {
        one.useToken(token);
        const { headers } = await one.send("GET", `/accounts/${id}/balances/`);
        return headers.get("http_x_ratelimit_account_success_remaining");
      }),
    );
    expect(left.toSorted()).toEqual(["1", "2", "3"]);
    const statuses = [];
    for (const one of [first, second]) {
      statuses.push((await one.send("GET", `/accounts/${id}/balances/`)).status);
    }
    expect(statuses).toEqual([200, 429]);
    await first.end("SIGINT");
    await using after = await startSandbox({ stateFile });
    expect(after.save().calls[`${id}/balances`]).toHaveLength(4);
  });

  it("two sandboxes of one process see each other's requests, controls and clock at once", async () => {
    const stateFile = join(temporaryFolder(), "state.json");
    await using one = await plainClient({ stateFile });
    await using other = await plainClient({ stateFile, now: undefined });
    const { id, accounts } = await one.connect("DEUTSCHE_BANK_DEUTDEFF");
    await one.send("GET", `/accounts/${accounts[0]}/transactions/`);
    expect(other.sandbox.truth(String(accounts[0]))).toEqual(one.sandbox.truth(String(accounts[0])));
    other.sandbox.advanceTime({ hours: 2 });
    expect(one.sandbox.now()).toBe("2026-11-23T11:00:00.000Z");
    other.sandbox.setRequisitionStatus(id, "SU");
    expect((await one.send("GET", `/requisitions/${id}/`)).body.status).toBe("SU");
    one.sandbox.setRequisitionStatus(id, "RJ");
    expect(other.sandbox.state().requisitions).toMatchObject([{ id, status: "RJ" }]);
  });

  it("one gives way, and says so, to what another program writes while it acts, as when the lock file is removed", async () => {
    const stateFile = join(temporaryFolder(), "state.json");
    await using one = await plainClient({ stateFile });
    const { id, accounts } = await one.connect("DEUTSCHE_BANK_DEUTDEFF");
    const meanwhile = () => {
      const state = JSON.parse(readFileSync(stateFile, "utf8"));
      state.requisitions[0].status = "SU";
      rmSync(`${stateFile}.lock`);
      writeFileSync(stateFile, JSON.stringify(state));
      return {};
    };
    const account = String(accounts[0]);
    expect(() => one.sandbox.setTransactions(account, { booked: [{ toJSON: meanwhile }] })).toThrow(
      `The state file ${stateFile} was changed by another program at the same time, so nothing was done: try again.`,
    );
    expect((await one.send("GET", `/requisitions/${id}/`)).body.status).toBe("SU");
    expect(one.sandbox.save().accounts[0]?.transactions).toBeUndefined();
    one.sandbox.setTransactions(account, { booked: [] });
    const kept = JSON.parse(readFileSync(stateFile, "utf8"));
    expect(kept.requisitions[0].status).toBe("SU");
    expect(kept.accounts[0].transactions).toEqual({ booked: [], pending: [] });
  });

  it("are one although they name the file by different paths before it exists", async () => {
    const folder = temporaryFolder();
    symlinkSync(folder, join(folder, "link"));
    await using one = await plainClient({ stateFile: join(folder, "link", "state.json") });
    await using other = await plainClient({ stateFile: join(folder, "state.json"), now: undefined });
    await one.send("GET", "/institutions/?country=GB");
    other.sandbox.advanceTime({ hours: 2 });
    expect(one.sandbox.now()).toBe("2026-11-23T11:00:00.000Z");
  });

  it("the seed and the size of the file hold for all, whatever the options of a later one say", async () => {
    const stateFile = join(temporaryFolder(), "state.json");
    await using one = await plainClient({ stateFile });
    await using other = await plainClient({ stateFile, seed: 7, accounts: 1000, transactionsPerDay: 9 });
    const { id } = await one.connect("DEUTSCHE_BANK_DEUTDEFF");
    const size = [one.sandbox.save().accountsPerBank, one.sandbox.save().transactionsPerDay];
    expect(size).toEqual([undefined, undefined]);
    expect(other.sandbox.save()).toEqual(one.sandbox.save());
    expect(other.sandbox.state().requisitions).toMatchObject([{ id, status: "LN" }]);
  });

  it("the embedded sandbox of two commands at the same time keeps what both do", async () => {
    const home = temporaryFolder();
    const [node, ...rest] = commandLine;
    const run = (...args: string[]) =>
      printed(
        spawn(node, [...rest, ...args, "--sandbox"], {
          env: { PATH: process.env["PATH"], HOME: home },
          stdio: ["ignore", "pipe", "pipe"],
        }),
      );
    const waiting = run("connect", "N26_NTSBDEB1", "--no-browser");
    await expect
      .poll(() => waiting.err + waiting.out, { timeout: 20_000 })
      .toMatch(/http:\S+\/psd2\/start\//);
    const [link = ""] = /http:\S+\/psd2\/start\/\S+/.exec(waiting.err + waiting.out) ?? [];
    const second = run("connect", "MONZO_MONZGB2L", "--no-browser");
    await expect.poll(() => second.err + second.out, { timeout: 20_000 }).toMatch(/http:\S+\/psd2\/start\//);
    const [secondLink = ""] = /http:\S+\/psd2\/start\/\S+/.exec(second.err + second.out) ?? [];
    // The pages are of one state: each process shows those of both.
    const elsewhere = new URL(new URL(link).pathname, secondLink).href;
    for (const address of [elsewhere, secondLink]) {
      const body = new URLSearchParams({ decision: "agree", account: "0" });
      await fetch(address, { method: "POST", body, redirect: "manual" });
    }
    expect(await waiting.code).toBe(0);
    expect(await second.code).toBe(0);
    const listed = run("connections", "--json");
    expect(await listed.code).toBe(0);
    expect(listed.out.match(/"(?:linked|active|LN)"/gi)?.length ?? listed.out).toBeGreaterThanOrEqual(2);
    const balances = [1, 2, 3].map(() => run("balances", "--live", "--json"));
    expect(await Promise.all(balances.map(({ code }) => code))).toEqual([0, 0, 0]);
    const state = JSON.parse(readFileSync(join(home, ".local/state/bankdata/sandbox.json"), "utf8"));
    const counted = Object.entries<number[]>(state.calls).filter(([key]) => key.endsWith("/balances"));
    expect(counted.map(([, times]) => times.length)).toEqual([3, 3]);
  }, 60_000);
});

it("a state file is refused, and none is left behind, by a Node.js without node:sqlite, whose locks it needs", () => {
  const folder = temporaryFolder();
  const [node, ...rest] = commandLine;
  const { status, stderr } = spawnSync(
    node,
    ["--no-experimental-sqlite", ...rest, "sandbox", "--port", "0", "--state", join(folder, "state.json")],
    { encoding: "utf8" },
  );
  expect([status, stderr]).toEqual([
    1,
    "✗ A state file needs node:sqlite, which this Node.js does not have: use a build that has it, and do not disable it.\n",
  ]);
  expect(readdirSync(folder)).toEqual([]);
});

describe("a state file that can no longer be written", () => {
  /** A sandbox that has logged its client in, before a file took the place of the folder of its state. */
  async function blockedSandbox() {
    const obstacle = join(temporaryFolder(), "below");
    const stateFile = join(obstacle, "state.json");
    const running = await sandboxProcess("--state", stateFile);
    await running.logIn();
    rmSync(obstacle, { recursive: true });
    writeFileSync(obstacle, "in the way");
    return { ...running, obstacle, stateFile };
  }

  it("lets requests succeed in memory, is said once, and is written again as soon as it can be", async () => {
    await using running = await blockedSandbox();
    const ids = [await running.begin(), await running.begin()];
    expect((await running.send("GET", "/requisitions/")).body.count).toBe(2);
    rmSync(running.obstacle);
    ids.push(await running.begin());
    expect(idsIn(running.stateFile)).toEqual(ids);
    expect(running.text.err.match(/The state file .*/g)).toEqual([
      expect.stringMatching(
        /^The state file \S+ cannot be \w+: .*\. The sandbox continues in memory, and tries again with each change\.$/,
      ),
    ]);
    expect(await running.end()).toBe(0);
  });

  it("does not keep the process from ending, which then fails", async () => {
    await using running = await blockedSandbox();
    await running.begin();
    expect(await running.end()).toBe(1);
    expect(running.text.err).toContain(`✗ The state file ${running.stateFile} cannot be written: `);
  });

  it("is left as it is if another program has written it", async () => {
    const stateFile = join(temporaryFolder(), "state.json");
    await using running = await sandboxProcess("--state", stateFile);
    await running.logIn();
    writeFileSync(stateFile, "{ of another program");
    await running.begin();
    expect((await running.send("GET", "/requisitions/")).body.count).toBe(1);
    expect(await running.end()).toBe(1);
    expect(readFileSync(stateFile, "utf8")).toBe("{ of another program");
  });
});

describe("the end of a sandbox", () => {
  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "%s ends it at once while responses are delayed and slow, and the state is kept",
    async (signal) => {
      const stateFile = join(temporaryFolder(), "state.json");
      await using running = await sandboxProcess("--state", stateFile);
      await running.logIn();
      const id = await running.begin();
      const faults = [
        { operation: "requisition", delayMs: 3_600_000 },
        { operation: "institutions", bytesPerSecond: 10 },
      ];
      await running.control("PUT", "faults", faults);
      const delayed = running.send("GET", `/requisitions/${id}/`).catch(() => "cut");
      const slow = running.send("GET", "/institutions/?country=GB").catch(() => "cut");
      await expect
        .poll(async () => await (await fetch(new URL("/_sandbox/faults", running.baseUrl))).json())
        .toEqual([]);
      const before = performance.now();
      expect(await running.end(signal)).toBe(0);
      expect(performance.now() - before).toBeLessThan(3000);
      expect([await delayed, await slow]).toEqual(["cut", "cut"]);
      expect(idsIn(stateFile)).toEqual([id]);
    },
  );

  /** Starts `bankdata sandbox` below another process, which prints the id of the sandbox's process and its base URL. */
  async function below(stdio: string, shell: boolean, stateFile: string) {
    const [node, ...rest] = commandLine;
    const args = [node, ...rest, "sandbox", "--port", "0", "--with-parent", "--state", stateFile];
    const command = shell ? ["sh", "-c", `"$@"; true`, "sh", ...args] : args;
    const program = `const { spawn } = await import("node:child_process");
      const child = spawn(process.argv[1], process.argv.slice(2), { stdio: [${JSON.stringify(stdio)}, "pipe", "ignore"] });
      child.stdout.pipe(process.stdout);
      setInterval(() => undefined, 1000);`;
    const parent = spawn(node, ["--input-type=module", "-e", program, ...command], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const text = printed(parent);
    await expect.poll(() => text.out, { timeout: 20_000 }).toContain("\n");
    const client = clientOf(text.out.trim());
    await client.logIn();
    return { parent, client };
  }

  it.each([
    ["its parent is killed", "ignore", false],
    ["its parent is killed, and stdin is a pipe", "pipe", false],
    ["the process before a shell is killed, and stdin is a pipe", "pipe", true],
  ])("with --with-parent it ends when %s, and the state is kept", async (_, stdio, shell) => {
    const stateFile = join(temporaryFolder(), "state.json");
    const { parent, client } = await below(stdio, shell, stateFile);
    const id = await client.begin();
    parent.kill("SIGKILL");
    await once(parent, "exit");
    await expect
      .poll(
        () =>
          client.send("GET", "/").then(
            () => "there",
            () => "gone",
          ),
        { timeout: 10_000 },
      )
      .toBe("gone");
    await expect.poll(() => existsSync(`${stateFile}.lock`)).toBe(false);
    expect(idsIn(stateFile)).toEqual([id]);
  });

  it("with --with-parent a signal ends it while the pipe to its stdin stays open", async () => {
    const [node, ...rest] = commandLine;
    const child = spawn(node, [...rest, "sandbox", "--port", "0", "--with-parent"]);
    const text = printed(child);
    await expect.poll(() => text.out, { timeout: 20_000 }).toContain("\n");
    child.kill("SIGTERM");
    const ended = await Promise.race([text.code, delay(5000, "still there", { ref: false })]);
    child.kill("SIGKILL");
    expect(ended).toBe(0);
  });

  it("without a pipe as stdin, --with-parent does not end it while its parent runs", async () => {
    await using running = await sandboxProcess("--with-parent");
    await running.logIn();
    await running.control("POST", "faults", { operation: "institutions", delayMs: 1500 });
    expect((await running.send("GET", "/institutions/?country=GB")).status).toBe(200);
    expect(runs(Number(running.child.pid))).toBe(true);
  });
});

describe("the sample for pytest in the documentation", () => {
  const hasPython = spawnSync("python3", ["--version"]).status === 0;

  it.skipIf(!hasPython)("starts a sandbox through npx, and ends it with the session", async () => {
    const folder = temporaryFolder();
    const docs = readFileSync(resolve(import.meta.dirname, "../../docs/sandbox.md"), "utf8");
    const sample = /## With pytest[\s\S]*?```python\n([\s\S]*?)```/.exec(docs)?.[1] ?? "";
    writeFileSync(join(folder, "sample.py"), sample);
    writeFileSync(join(folder, "pytest.py"), "def fixture(scope):\n    return lambda function: function\n");
    const words = commandLine.map((word) => `'${word}'`).join(" ");
    // As npx does, it stays between the two.
    writeFileSync(join(folder, "npx"), `#!/bin/sh\nshift\n${words} "$@"\n`, { mode: 0o755 });
    const use = `
import json, urllib.request
import sample
session = sample.base_url()
base_url = next(session)
body = json.dumps({"secret_id": "sandbox-secret-id", "secret_key": "sandbox-secret-key"}).encode()
request = urllib.request.Request(base_url + "/token/new/", body, {"content-type": "application/json"})
print(base_url, json.load(urllib.request.urlopen(request))["access_expires"])
for _ in session: pass
`;
    const env = { ...process.env, PATH: `${folder}:${process.env["PATH"]}` };
    const python = printed(
      spawn("python3", ["-c", use], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] }),
    );
    expect([await python.code, python.out, python.err]).toEqual([
      0,
      expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/api\/v2 86400\n$/),
      expect.stringContaining("The sandbox is running."),
    ]);
    await expect(fetch(String(python.out.split(" ")[0]))).rejects.toThrow("fetch failed");
  });
});
