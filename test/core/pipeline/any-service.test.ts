import { createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { z } from "zod";
import {
  ApiError,
  AuthenticationError,
  type ErrorResponse,
  InstitutionError,
  RateLimitError,
} from "../../../packages/core/src/base/errors.ts";
import { openCache } from "../../../packages/core/src/cache/index.ts";
import {
  type Authentication,
  assemble,
  type CallOptions,
  type Operation,
  pathOf,
  type RawErrorResponse,
  type Service,
  settingsFrom,
  startCall,
} from "../../../packages/core/src/pipeline/index.ts";
import { TestClock } from "../../support/clock.ts";
import { type Reply, startService } from "../../support/service.ts";

/** A service that differs from GoCardless wherever it can: it has no general limits, and names its errors by code. */
const service: Service = {
  baseUrl: "https://ledger.example",
  buckets: {},
  dailyCalls: { limit: 2, length: 86_400_000 },
  readLimits: () => ({ general: null, account: null }),
  readError: errorByCode,
  isTokenRejected: ({ type }) => type === "STALE_SIGNATURE",
  countedFailure: () => undefined,
  isBankLimit: () => false,
};

const balances: Operation = {
  name: "balances",
  method: "GET",
  path: "/v1/{id}/balances",
  subject: "account",
  dataKind: "balances",
  lifetime: 60,
  response: z.object({ amount: z.string() }),
};

/** Signs requests with a key and a counter, so that no request is needed for a token. */
class Signatures implements Authentication {
  #count = 0;

  async token(rejected?: string): Promise<string> {
    if (rejected !== undefined || this.#count === 0) this.#count += 1;
    return `${this.#count}.${createHmac("sha256", "private key").update(String(this.#count)).digest("hex")}`;
  }
}

function errorByCode({ request, status, text, now }: RawErrorResponse): ApiError {
  const code = z.object({ code: z.string() }).catch({ code: "UNKNOWN" }).parse(JSON.parse(text)).code;
  const { method } = request.operation;
  const { path } = request;
  const details: ErrorResponse = {
    status,
    method,
    path,
    summary: code,
    detail: "",
    type: code,
    fields: {},
    sent: true,
  };
  if (code === "STALE_SIGNATURE") return new AuthenticationError(code, details);
  if (code === "BANK_AWAY") return new InstitutionError(code, details);
  if (code !== "TOO_OFTEN") return new ApiError(code, details);
  const resetAt = new Date(now + 21_600_000);
  return new RateLimitError(code, { ...details, resetAt, scope: "balances", limit: 2 });
}

async function connected(reply: (nth: number) => Reply) {
  const clock = new TestClock();
  const server = await startService((_, nth) => reply(nth));
  const options = { baseUrl: server.baseUrl, now: clock.now, sleep: clock.sleep, random: () => 0 };
  const settings = settingsFrom(options, service, { id: "application", secrets: ["private key"] });
  const cache = openCache({ backend: "memory" }, settings);
  const parts = assemble({
    service,
    settings,
    cache,
    records: undefined,
    authenticationOn: () => new Signatures(),
  });
  const read = async (id: string, callOptions: CallOptions = {}) => {
    const parameters = { id };
    const path = pathOf(balances, parameters);
    using call = startCall(settings, { options: callOptions, observers: [callOptions.onResponse] });
    const request = { operation: balances, parameters, path, query: [], schema: balances.response };
    return await parts.pipeline.run(request, call);
  };
  return { server, clock, parts, read };
}

const fine: Reply = { body: { amount: "1.00" } };
const failing = (status: number, code: string): Reply => ({ status, body: { code } });

it("a service without general limits works: signed once, cached, and reported with its own operation", async () => {
  const { server, read } = await connected(() => fine);
  await using _ = server;
  const reported: unknown[] = [];
  const onResponse = ({ operation, dataKind, fromCache }: object & Record<string, unknown>) =>
    void reported.push({ operation, dataKind, fromCache });
  expect(await read("one", { onResponse: (info) => onResponse({ ...info }) })).toEqual({ amount: "1.00" });
  expect(await read("one", { onResponse: (info) => onResponse({ ...info }) })).toEqual({ amount: "1.00" });
  expect(server.asked()).toEqual(["GET /v1/one/balances"]);
  expect(server.received[0]?.headers.authorization).toMatch(/^Bearer 1\.[0-9a-f]{64}$/);
  expect(reported).toEqual([
    { operation: "balances", dataKind: "balances", fromCache: false },
    { operation: "balances", dataKind: "balances", fromCache: true },
  ]);
});

it("a rejected signature is replaced once, by the service's own code, even if nothing handles a second rejection", async () => {
  const { server, read } = await connected((nth) => (nth === 1 ? failing(400, "STALE_SIGNATURE") : fine));
  await using _ = server;
  expect(await read("one")).toEqual({ amount: "1.00" });
  expect(server.received.map(({ headers }) => headers.authorization?.slice(0, 9))).toEqual([
    "Bearer 1.",
    "Bearer 2.",
  ]);
  const always = await connected(() => failing(400, "STALE_SIGNATURE"));
  await using __ = always.server;
  await expect(always.read("one")).rejects.toBeInstanceOf(AuthenticationError);
  expect(always.server.received).toHaveLength(2);
});

it("the service's own daily limit is kept, and only successes count", async () => {
  const { server, parts, read } = await connected((nth) => (nth === 1 ? failing(503, "BANK_AWAY") : fine));
  await using _ = server;
  for (let nth = 0; nth < 2; nth += 1) await read("one", { forceRefresh: true });
  expect(server.received).toHaveLength(3);
  expect((await parts.budget.quota("one")).balances).toMatchObject({ limit: 2, remaining: 0 });
  await expect(read("one", { forceRefresh: true })).rejects.toMatchObject({ sent: false, limit: 2 });
  expect(server.received).toHaveLength(3);
});

it("a limit that only the error reports is kept, and a request is sent again once it has passed", async () => {
  const { server, clock, read } = await connected((nth) => (nth === 1 ? failing(429, "TOO_OFTEN") : fine));
  await using _ = server;
  await expect(read("one")).rejects.toMatchObject({ sent: true, scope: "balances" });
  await expect(read("one")).rejects.toMatchObject({ sent: false, resetAt: new Date("2026-11-23T15:00:00Z") });
  clock.advance({ hours: 6, seconds: 1 });
  expect(await read("one")).toEqual({ amount: "1.00" });
  expect(server.received).toHaveLength(2);
});
