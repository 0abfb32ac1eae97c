import { spawnSync } from "node:child_process";
import { describe, expect, it, vi } from "vitest";
import { type Logger, silentLogger } from "../../../packages/core/src/base/logger.ts";
import type { KeyValueStore } from "../../../packages/core/src/store/kv.ts";
import { Leases, type SharedWork } from "../../../packages/core/src/store/lease.ts";
import { currentProcess } from "../../../packages/core/src/store/process-mark.ts";
import { TestClock } from "../../support/clock.ts";
import { OpenRecords } from "../../support/open-records.ts";

describe("a lease", () => {
  const singleFlightAcrossProcesses = (
    records: KeyValueStore,
    clock: TestClock,
    work: Partial<SharedWork<string>>,
    logger: Logger = silentLogger,
  ) => {
    const usual: SharedWork<string> = {
      name: "n",
      about: "some work",
      maxWait: 60_000,
      signal: new AbortController().signal,
      done: async () => undefined,
      work: async () => "worked",
    };
    return new Leases(records, { ...clock, logger }).run({ ...usual, ...work });
  };
  const lease = (records: KeyValueStore, clock: TestClock, done: () => Promise<string | undefined>) =>
    singleFlightAcrossProcesses(records, clock, { done });

  it("a lease that was never released ends, even if it was taken on a clock that ran ahead", async () => {
    for (const ahead of [0, 10_000_000]) {
      const records = new OpenRecords();
      const clock = new TestClock();
      records.kept.set("n", JSON.stringify({ holder: "dead", until: clock.now() + 10_000 + ahead }));
      expect(await lease(records, clock, async () => undefined)).toBe("worked");
      const waited = clock.slept.reduce((sum, one) => sum + one, 0);
      expect(waited).toBe(ahead === 0 ? 10_000 : 0);
    }
  });

  it("a process waits for the lease of another only until that one is done", async () => {
    const records = new OpenRecords();
    const clock = new TestClock();
    records.kept.set("n", JSON.stringify({ holder: "alive", until: clock.now() + 10_000 }));
    const done = async () => (clock.slept.length >= 3 ? "fetched" : undefined);
    expect(await lease(records, clock, done)).toBe("fetched");
    expect(clock.slept).toEqual([50, 50, 50]);
  });

  it("a lease is renewed while its holder works, however long that takes", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      const records = new OpenRecords();
      const clock = new TestClock();
      const { promise, resolve } = Promise.withResolvers<string>();
      const working = singleFlightAcrossProcesses(records, clock, { work: () => promise });
      await vi.waitUntil(() => records.kept.has("n"));
      for (let count = 0; count < 10; count += 1) {
        clock.advance({ seconds: 4 });
        await vi.advanceTimersByTimeAsync(4000);
        expect(JSON.parse(records.kept.get("n") ?? "")).toMatchObject({ until: clock.now() + 10_000 });
      }
      resolve("worked");
      expect(await working).toBe("worked");
      expect(records.kept.size).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it("a lease is released if the work fails", async () => {
    const records = new OpenRecords();
    const failing = singleFlightAcrossProcesses(records, new TestClock(), {
      work: async () => Promise.reject(new Error("refused")),
    });
    await expect(failing).rejects.toThrow("refused");
    expect(records.kept.size).toBe(0);
  });

  it("the lease of a killed process, or of one before the last boot, is free at once", async () => {
    const self = currentProcess();
    const ended = spawnSync(process.execPath, ["-e", ""]).pid;
    const reused = { ...self, pid: process.ppid, startedAt: "1" };
    const marks = [{ ...self, pid: ended, startedAt: "" }, reused, { ...self, boot: "of yesterday" }];
    for (const mark of marks) {
      const records = new OpenRecords();
      const clock = new TestClock();
      records.kept.set("n", JSON.stringify({ holder: "dead", until: clock.now() + 10_000, process: mark }));
      expect(await lease(records, clock, async () => undefined)).toBe("worked");
      expect(clock.slept).toEqual([]);
      expect(records.kept.size).toBe(0);
    }
  });

  it("a process waits for the lease of a live or unknown process until it ends", async () => {
    const self = currentProcess();
    const elsewhere = { ...self, pid: 2 ** 30, startedAt: "1" };
    const marks = [self, { ...elsewhere, host: "another" }, { ...elsewhere, pidSpace: "a container's" }];
    for (const mark of marks) {
      const records = new OpenRecords();
      const clock = new TestClock();
      records.kept.set("n", JSON.stringify({ holder: "other", until: clock.now() + 10_000, process: mark }));
      const warnings: string[] = [];
      const logger = { ...silentLogger, warn: (line: string) => void warnings.push(line) };
      expect(await singleFlightAcrossProcesses(records, clock, {}, logger)).toBe("worked");
      expect(clock.slept.length * 50).toBe(10_000);
      expect(warnings).toEqual([
        `Waiting for another process (${mark.pid}), which is busy with some work already.`,
      ]);
    }
  });

  it("a lease names its holder, so that another process can see that it has died", async () => {
    const records = new OpenRecords();
    const clock = new TestClock();
    const seen = await singleFlightAcrossProcesses(records, clock, {
      work: async () => records.kept.get("n") ?? "",
    });
    expect(JSON.parse(seen)).toMatchObject({ until: clock.now() + 10_000, process: currentProcess() });
    expect(currentProcess()).toMatchObject({
      pid: process.pid,
      host: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
  });

  it("the work is done without a lease if the records are unavailable", async () => {
    const away: KeyValueStore = {
      get: async () => Promise.reject(new Error("gone")),
      compareAndSet: async () => Promise.reject(new Error("gone")),
    };
    expect(await lease(away, new TestClock(), async () => undefined)).toBe("worked");
  });
});
