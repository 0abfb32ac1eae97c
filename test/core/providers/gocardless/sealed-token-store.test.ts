import { spawnSync } from "node:child_process";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type Logger, silentLogger } from "../../../../packages/core/src/base/logger.ts";
import {
  type ClientOptions,
  clientSettingsFrom,
} from "../../../../packages/core/src/providers/gocardless/client-options.ts";
import { SealedTokenStore } from "../../../../packages/core/src/providers/gocardless/sealed-token-store.ts";
import type { StoredToken } from "../../../../packages/core/src/providers/gocardless/token-store.ts";
import { type KeyValueStore, MemoryKeyValueStore } from "../../../../packages/core/src/store/kv.ts";
import { Leases, type SharedWork } from "../../../../packages/core/src/store/lease.ts";
import { currentProcess } from "../../../../packages/core/src/store/process-mark.ts";
import { TestClock } from "../../../support/clock.ts";
import { Requests } from "../../../support/requests.ts";
import { type Service, startService } from "../../../support/service.ts";

const credentials = { baseUrl: "https://a.example/api", secretId: "id", secretKey: "key" };
const token: StoredToken = {
  access: "very-secret-access",
  accessExpiresAt: 1,
  refresh: "very-secret-refresh",
  refreshExpiresAt: 2,
};

/** KeyValueStore whose content a test can see and change. */
class OpenRecords implements KeyValueStore {
  readonly kept = new Map<string, string>();

  async get(key: string): Promise<string | undefined> {
    return this.kept.get(key);
  }

  async compareAndSet(
    key: string,
    expected: string | undefined,
    value: string | undefined,
  ): Promise<boolean> {
    if (this.kept.get(key) !== expected) return false;
    if (value === undefined) this.kept.delete(key);
    else this.kept.set(key, value);
    return true;
  }
}

describe("a sealed token", () => {
  it("is opened by the same credentials, and holds nothing that can be read", async () => {
    const records = new OpenRecords();
    await new SealedTokenStore(records, credentials).save("k", token);
    expect(await new SealedTokenStore(records, credentials).load("k")).toEqual(token);
    const text = JSON.stringify([...records.kept]);
    for (const secret of [
      "very-secret",
      "a.example",
      Buffer.from("very-secret").toString("base64").slice(0, 12),
    ])
      expect(text).not.toContain(secret);
  });

  it.each(["baseUrl", "secretId", "secretKey"] as const)("is not opened by another %s", async (part) => {
    const records = new OpenRecords();
    await new SealedTokenStore(records, credentials).save("k", token);
    const others = new SealedTokenStore(records, { ...credentials, [part]: "other" });
    expect(await others.load("k")).toBeUndefined();
  });

  it("is none where it was changed, cut, or moved to another name", async () => {
    const records = new OpenRecords();
    const store = new SealedTokenStore(records, credentials);
    await store.save("k", token);
    const [[name = "", text = ""] = []] = [...records.kept];
    const sealed = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
    const changes = ["", "{}", "null", text.slice(0, -20), JSON.stringify({ ...sealed, format: 2 })];
    for (const part of ["iv", "tag", "data"]) {
      const bytes = Buffer.from(String(sealed[part]), "base64");
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      changes.push(JSON.stringify({ ...sealed, [part]: bytes.toString("base64") }));
      changes.push(JSON.stringify({ ...sealed, [part]: "" }));
    }
    for (const changed of changes) {
      records.kept.set(name, changed);
      expect(await store.load("k")).toBeUndefined();
    }
    await store.save("other", token);
    const moved = [...records.kept].find(([other]) => other !== name)?.[1] ?? "";
    records.kept.set(name, moved);
    expect(await store.load("k")).toBeUndefined();
    await store.save("k", token);
    expect(await store.load("k")).toEqual(token);
  });

  it("is another text each time", async () => {
    const records = new OpenRecords();
    const store = new SealedTokenStore(records, credentials);
    await store.save("k", token);
    const [first] = [...records.kept.values()];
    await store.save("k", token);
    expect([...records.kept.values()][0]).not.toBe(first);
  });
});

describe("a lease", () => {
  const underLease = (
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
    underLease(records, clock, { done });

  it("that its holder never gave back ends, also where it was taken on a clock that ran ahead", async () => {
    for (const ahead of [0, 10_000_000]) {
      const records = new OpenRecords();
      const clock = new TestClock();
      records.kept.set("n", JSON.stringify({ holder: "dead", until: clock.now() + 10_000 + ahead }));
      expect(await lease(records, clock, async () => undefined)).toBe("worked");
      const waited = clock.slept.reduce((sum, one) => sum + one, 0);
      expect(waited).toBe(ahead === 0 ? 10_000 : 0);
    }
  });

  it("that another holds is waited for only until that one is done", async () => {
    const records = new OpenRecords();
    const clock = new TestClock();
    records.kept.set("n", JSON.stringify({ holder: "alive", until: clock.now() + 10_000 }));
    const done = async () => (clock.slept.length >= 3 ? "brought" : undefined);
    expect(await lease(records, clock, done)).toBe("brought");
    expect(clock.slept).toEqual([50, 50, 50]);
  });

  it("is prolonged while its holder works, however long that takes", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      const records = new OpenRecords();
      const clock = new TestClock();
      const { promise, resolve } = Promise.withResolvers<string>();
      const working = underLease(records, clock, { work: () => promise });
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

  it("is given back when the work fails", async () => {
    const records = new OpenRecords();
    const failing = underLease(records, new TestClock(), {
      work: async () => Promise.reject(new Error("refused")),
    });
    await expect(failing).rejects.toThrow("refused");
    expect(records.kept.size).toBe(0);
  });

  it("of a process that was killed is free at once, and so is one of a boot that has passed", async () => {
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

  it("of a process that lives, or of one that cannot be looked at, is waited for until it ends", async () => {
    const self = currentProcess();
    const elsewhere = { ...self, pid: 2 ** 30, startedAt: "1" };
    const marks = [self, { ...elsewhere, host: "another" }, { ...elsewhere, pidSpace: "a container's" }];
    for (const mark of marks) {
      const records = new OpenRecords();
      const clock = new TestClock();
      records.kept.set("n", JSON.stringify({ holder: "other", until: clock.now() + 10_000, process: mark }));
      const warnings: string[] = [];
      const logger = { ...silentLogger, warn: (line: string) => void warnings.push(line) };
      expect(await underLease(records, clock, {}, logger)).toBe("worked");
      expect(clock.slept.length * 50).toBe(10_000);
      expect(warnings).toEqual([
        `Waiting for another process (${mark.pid}), which is busy with some work already.`,
      ]);
    }
  });

  it("names its holder, so that another process can tell that it has died", async () => {
    const records = new OpenRecords();
    const clock = new TestClock();
    const seen = await underLease(records, clock, { work: async () => records.kept.get("n") ?? "" });
    expect(JSON.parse(seen)).toMatchObject({ until: clock.now() + 10_000, process: currentProcess() });
    expect(currentProcess()).toMatchObject({
      pid: process.pid,
      host: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
  });

  it("is done without where the records are away", async () => {
    const away: KeyValueStore = {
      get: async () => Promise.reject(new Error("gone")),
      compareAndSet: async () => Promise.reject(new Error("gone")),
    };
    expect(await lease(away, new TestClock(), async () => undefined)).toBe("worked");
  });
});

describe("clients that share lasting records", () => {
  const balances = (transport: Requests) =>
    transport.request({ method: "GET", path: "/accounts/a/", query: [] }, z.unknown());
  const answering = () =>
    startService((request) => (request.path.startsWith("/token/") ? undefined : { body: {} }));
  const minted = (service: Service) => service.received.filter((one) => one.path === "/token/new/").length;

  function transportOn(
    records: KeyValueStore | undefined,
    baseUrl: string,
    options: Partial<ClientOptions> = {},
  ) {
    const settings = clientSettingsFrom({ secretId: "id", secretKey: "key", baseUrl, ...options });
    return new Requests(settings, undefined, records);
  }

  it("mint one token when they start at once", async () => {
    await using service = await answering();
    const records = new MemoryKeyValueStore();
    await Promise.all(Array.from({ length: 8 }, () => balances(transportOn(records, service.baseUrl))));
    expect(minted(service)).toBe(1);
    await balances(transportOn(records, service.baseUrl));
    expect(minted(service)).toBe(1);
  });

  it("mint one each where the credentials differ", async () => {
    await using service = await answering();
    const records = new MemoryKeyValueStore();
    await balances(transportOn(records, service.baseUrl));
    await balances(transportOn(records, service.baseUrl, { secretKey: "other" }));
    expect(minted(service)).toBe(2);
  });

  it("keep nothing there where a store is given", async () => {
    await using service = await answering();
    const records = new OpenRecords();
    const saved: string[] = [];
    const tokenStore = { load: async () => undefined, save: async (key: string) => void saved.push(key) };
    await balances(transportOn(records, service.baseUrl, { tokenStore }));
    expect(saved).toHaveLength(1);
    expect([...records.kept.keys()].filter((key) => key.startsWith("token:"))).toEqual([]);
  });

  it("renew once together after a token was refused", async () => {
    let refuse = true;
    await using service = await startService((request) => {
      if (request.path.startsWith("/token/")) return undefined;
      const refused = refuse && request.headers.authorization === "Bearer access-1";
      return refused ? { status: 401, body: { summary: "Invalid token" } } : { body: {} };
    });
    refuse = false;
    const records = new MemoryKeyValueStore();
    const transports = Array.from({ length: 4 }, () => transportOn(records, service.baseUrl));
    for (const transport of transports) await balances(transport);
    refuse = true;
    await Promise.all(transports.map(balances));
    expect(service.received.filter((one) => one.path === "/token/refresh/")).toHaveLength(1);
    expect(minted(service)).toBe(1);
  });
});
