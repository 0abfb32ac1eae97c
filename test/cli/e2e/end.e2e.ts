import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ended, executable, person } from "./command.ts";

/** Runs a command whose stdout nobody reads, or stdout and stderr. */
function unread(me: Awaited<ReturnType<typeof person>>, args: readonly string[], both = false) {
  const shell = `"$@" ${both ? "2>&1 " : ""}| true; exit "\${PIPESTATUS[0]}"`;
  return ended(
    spawn("bash", ["-c", shell, "bash", process.execPath, executable, ...args], {
      cwd: me.home,
      env: me.env,
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
}

describe("output that nobody reads", () => {
  it.each([false, true])(
    "costs nothing that was read: it is cached (stderr closed too: %j)",
    async (both) => {
      await using me = await person();
      const { accounts } = await me.connect("DEUTSCHE_BANK_DEUTDEFF");
      const calls = () => me.sandbox.requests.filter(({ path }) => path.endsWith("/balances/")).length;
      const { code, err } = await unread(me, ["balances"], both);
      expect([code, err.includes("EPIPE")]).toEqual([0, false]);
      expect(calls()).toBe(accounts.length);
      const again = await me.run(["balances", "--json"]);
      expect([again.code, calls()]).toEqual([0, accounts.length]);
      expect(JSON.stringify(again.json())).not.toContain('"fromCache":false');
    },
  );

  it("does not stop the demo, whose ledger is written", async () => {
    await using me = await person();
    const folder = join(me.home, "tmp");
    await mkdir(folder);
    me.env["TMPDIR"] = folder;
    expect((await unread(me, ["demo"], true)).code).toBe(0);
    const files = await readdir(folder, { recursive: true });
    expect(files.filter((name) => name.endsWith(".beancount"))).toHaveLength(1);
  });

  it("removes the connection that connect has begun if stderr is closed, as nobody sees its link", async () => {
    await using me = await person();
    const { code } = await unread(me, ["connect", "N26_NTSBDEB1", "--no-browser"], true);
    expect(code).toBe(1);
    expect(me.sandbox.state().requisitions).toEqual([]);
  });

  it("ends the sandbox", async () => {
    await using me = await person();
    expect((await unread(me, ["sandbox", "--port", "0"], true)).code).toBe(0);
  });
});

describe("the end of a command", () => {
  it("has stored everything before a slow reader of a full pipe takes it, and waits for that", async () => {
    await using me = await person({ transactionsPerDay: 40 });
    const { accounts } = await me.connect("DEUTSCHE_BANK_DEUTDEFF");
    const [account = ""] = accounts;
    const whole = await me.run(["transactions", account, "--json"]);
    expect(whole.out.length).toBeGreaterThan(200_000);
    const log = join(me.home, ".cache/bankdata/gocardless.sqlite-wal");
    const child = me.start(["transactions", account, "--json"]);
    await once(child.stdout ?? child, "readable"); // Reads nothing yet.
    await expect.poll(() => existsSync(log), { timeout: 20_000 }).toBe(false); // The cache is closed already.
    expect(child.exitCode).toBeNull();
    const slow = await ended(child);
    expect(slow.code).toBe(0);
    const bare = (text: string) => text.replaceAll(/"(fromCache|asOf)": .*/g, "");
    expect(bare(slow.out)).toBe(bare(whole.out));
  });

  it("follows its last output: no socket, timer or lock keeps it", async () => {
    await using me = await person();
    await me.connect("DEUTSCHE_BANK_DEUTDEFF");
    for (const args of [["accounts"], ["balances"], ["accounts", "--sandbox"], ["banks", "DE"]]) {
      const child = me.start(args);
      let last = 0;
      for (const stream of [child.stdout, child.stderr]) stream?.on("data", () => (last = performance.now()));
      expect((await ended(child)).code).toBe(0);
      // The shortest of the times that something could wait for, an idle socket's, is 4 seconds.
      expect(performance.now() - last, args.join(" ")).toBeLessThan(3500);
    }
  });
});
