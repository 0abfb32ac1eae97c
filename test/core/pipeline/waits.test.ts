import { expect, it } from "vitest";
import { type ClientOptions, GoCardlessClient, type WaitInfo } from "../../../packages/core/src/index.ts";
import { clientSettingsFrom } from "../../../packages/core/src/providers/gocardless/client-options.ts";
import { Leases } from "../../../packages/core/src/store/lease.ts";
import { TestClock } from "../../support/clock.ts";
import { OpenRecords } from "../../support/open-records.ts";
import { type Reply, startService } from "../../support/service.ts";

const START = "2026-11-23T09:00:00Z";
const ID = "7e944232-bda9-40bc-b784-660c7ab5fe78";

async function served(replyTo: (nth: number) => Reply, options: Partial<ClientOptions> = {}) {
  const clock = new TestClock(START);
  const waits: WaitInfo[] = [];
  const service = await startService((request, nth) =>
    request.path.startsWith("/token/") ? undefined : replyTo(nth),
  );
  const client = new GoCardlessClient({
    ...{ secretId: "id", secretKey: "key", baseUrl: service.baseUrl, cacheOptions: false },
    ...{ now: clock.now, sleep: clock.sleep, random: () => 1, onWait: (wait) => waits.push(wait) },
    ...options,
  });
  return { service, client, waits };
}

const account = { body: { id: ID, status: "READY" } };

it("a wait for the general limit is reported once, however many calls wait for it", async () => {
  const { service, client, waits } = await served(() => account);
  await using _ = service;
  for (let nth = 0; nth < 100; nth += 1) await client.getAccount(ID);
  expect(waits).toEqual([]);
  const together = ["balances", "details", "transactions"].map((kind) =>
    client.get(`/accounts/${ID}/${kind}/`),
  );
  await Promise.all(together);
  expect(waits).toEqual([{ reason: "rateLimit", until: new Date("2026-11-23T09:01:00Z") }]);
});

it("waits are reported once for all that wait for the same, and again if one goes on", async () => {
  const clock = new TestClock(START);
  const waits: WaitInfo[] = [];
  const credentials = { secretId: "id", secretKey: "key" };
  const { onWait } = clientSettingsFrom({
    ...credentials,
    now: clock.now,
    onWait: (wait) => waits.push(wait),
  });
  const report = (reason: WaitInfo["reason"], seconds: number | null) =>
    onWait?.({ reason, until: seconds === null ? null : new Date(clock.now() + seconds * 1000) });
  for (let nth = 0; nth < 36; nth += 1) report("rateLimit", 40 + nth / 100);
  report("rateLimit", 20);
  report("retry", 30);
  for (let nth = 0; nth < 3; nth += 1) report("otherProcess", null);
  clock.advance({ seconds: 40 });
  report("rateLimit", 60);
  report("otherProcess", null);
  const reported = waits.map(({ reason, until }) => [reason, until?.toISOString().slice(11, 19) ?? null]);
  expect(reported).toEqual([
    ["rateLimit", "09:00:40"],
    ["retry", "09:00:30"],
    ["otherProcess", null],
    ["rateLimit", "09:01:40"],
    ["otherProcess", null],
  ]);
});

it("a pause that the service asks for is reported, with its end", async () => {
  const { service, client, waits } = await served((nth) =>
    nth === 1 ? { status: 503, body: "", headers: { "retry-after": "40" } } : account,
  );
  await using _ = service;
  await client.getAccount(ID);
  expect(waits).toEqual([{ reason: "retry", until: new Date("2026-11-23T09:00:40Z") }]);
});

it("the general limit that the service reports is a wait for a limit", async () => {
  const detail = "The rate limit for this resource is 100/minute. Please try again in 30 seconds";
  const { service, client, waits } = await served((nth) =>
    nth === 1 ? { status: 429, body: { summary: "Rate limit exceeded", detail } } : account,
  );
  await using _ = service;
  await client.getAccount(ID);
  expect(waits[0]).toEqual({ reason: "rateLimit", until: new Date("2026-11-23T09:00:30Z") });
});

it("a wait of at most 2 seconds is not reported", async () => {
  const { service, client, waits } = await served((nth) => (nth <= 2 ? { status: 502, body: "" } : account));
  await using _ = service;
  await client.getAccount(ID);
  expect(waits).toEqual([]);
});

it("a wait for another process is reported after 2 seconds, and then not logged", async () => {
  const records = new OpenRecords();
  const clock = new TestClock();
  records.kept.set("n", JSON.stringify({ holder: "alive", until: clock.now() + 10_000 }));
  const waits: WaitInfo[] = [];
  const warnings: string[] = [];
  const logger = { debug() {}, info() {}, warn: (text: string) => warnings.push(text), error() {} };
  const leases = new Leases(records, { ...clock, logger, onWait: (wait) => waits.push(wait) });
  await leases.run({
    ...{ name: "n", about: "GET /accounts/", maxWait: 60_000, signal: new AbortController().signal },
    done: async () => (clock.slept.length === 45 ? "fetched" : undefined),
    work: async () => "worked",
  });
  expect(waits).toEqual([{ reason: "otherProcess", until: null }]);
  expect(warnings).toEqual([]);
});
