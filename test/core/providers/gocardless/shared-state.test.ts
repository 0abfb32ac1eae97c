import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { silentLogger } from "../../../../packages/core/src/base/logger.ts";
import { openCache } from "../../../../packages/core/src/cache/index.ts";
import { GoCardlessClient, RateLimitError } from "../../../../packages/core/src/index.ts";
import { startSandbox } from "../../../../packages/sandbox/src/index.ts";
import { TestClock } from "../../../support/clock.ts";
import { temporaryFolder } from "../../../support/folder.ts";
import { onText } from "../../../support/text.ts";

const fileIn = (folder: string) => join(folder, "cache.sqlite");

async function inProcesses(count: number, script: string): Promise<{ codes: unknown[]; errors: string }> {
  let errors = "";
  const children = Array.from({ length: count }, () => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    onText(child.stderr, (text) => (errors += text));
    return child;
  });
  const ends = await Promise.all(children.map((child) => once(child, "close")));
  return { codes: ends.map(([code]) => code), errors };
}

describe("processes on one cache file", () => {
  it("processes that count together lose no step", async () => {
    const file = fileIn(temporaryFolder());
    const script = `
      import { openCache } from ${JSON.stringify(resolve("packages/core/src/cache/index.ts"))};
      const logger = { debug() {}, info() {}, warn: (line) => console.error(line), error() {} };
      const cache = openCache({ cacheName: ${JSON.stringify(file)} }, { tenant: "s", now: Date.now, logger });
      for (let step = 0; step < 50; step += 1) {
        for (;;) {
          const known = await cache.records.get("count");
          if (await cache.records.compareAndSet("count", known, String(Number(known ?? 0) + 1))) break;
        }
      }
      await cache.close();`;
    expect(await inProcesses(4, script)).toEqual({ codes: [0, 0, 0, 0], errors: "" });
    const cache = openCache({ cacheName: file }, { tenant: "s", now: Date.now, logger: silentLogger });
    expect(await cache.records?.get("count")).toBe("200");
    await cache.close();
  });

  it("processes that start at once request one token, and leave none readable in the file", async () => {
    await using sandbox = await startSandbox();
    const folder = temporaryFolder();
    const script = `
      import { GoCardlessClient } from ${JSON.stringify(resolve("packages/core/src/index.ts"))};
      const client = new GoCardlessClient({
        ...${JSON.stringify(sandbox.credentials)},
        baseUrl: ${JSON.stringify(sandbox.baseUrl)},
        cacheOptions: { cacheName: ${JSON.stringify(fileIn(folder))} },
      });
      await client.getInstitutions("GB");
      await client.close();`;
    const { codes, errors } = await inProcesses(8, script);
    expect(errors).toBe("");
    expect(codes).toEqual(new Array(8).fill(0));
    expect(sandbox.requests.filter((request) => request.path === "/token/new/")).toHaveLength(1);
    const kept = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), "latin1"))
      .join("");
    // Of a token's three parts, the first is that of every token. Its first letters alone occur in sealed text by chance.
    const tokens = sandbox.save().tokens.map(([token]) => token);
    expect(tokens).toHaveLength(2);
    for (const part of tokens.flatMap((token) => token.split("."))) {
      expect(part.length).toBeGreaterThan(20);
      expect(kept).not.toContain(part);
    }
    for (const secret of Object.values(sandbox.credentials)) expect(kept).not.toContain(secret);
  });

  it("processes together never exceed an account's daily limit", async () => {
    await using sandbox = await startSandbox({ now: "2026-11-23T09:00:00Z" });
    const clock = new TestClock();
    const file = fileIn(temporaryFolder());
    const open = () =>
      new GoCardlessClient({
        ...sandbox.credentials,
        baseUrl: sandbox.baseUrl,
        cacheOptions: { cacheName: file, expireAfter: 0, oldDataOnError: false },
        now: clock.now,
        sleep: clock.sleep,
      });
    await using first = open();
    const requisition = await first.createRequisition({
      institution_id: "N26_NTSBDEB1",
      redirect: "http://localhost/",
    });
    await sandbox.authorise(requisition.id, { outcome: "linked" });
    const [id = ""] = (await first.getRequisition(requisition.id)).accounts ?? [];
    for (let call = 0; call < 4; call += 1) {
      await using next = open();
      await next.getAccountBalances(id);
    }
    await using late = open();
    const error = await late.getAccountBalances(id).catch((caught: unknown) => caught);
    if (!(error instanceof RateLimitError)) throw error;
    expect(error).toMatchObject({
      sent: false,
      scope: "balances",
      resetAt: new Date("2026-11-24T09:00:00Z"),
    });
    expect(sandbox.requests.filter((request) => request.status === 429)).toEqual([]);
    clock.advance({ days: 1 });
    sandbox.advanceTime({ days: 1 });
    expect((await late.getAccountBalances(id)).balances).toHaveLength(2);
  });
});
