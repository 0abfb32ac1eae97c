import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  ApiError,
  AuthenticationError,
  ConfigurationError,
  ConnectionError,
  InvalidRequestError,
  InvalidResponseError,
  RateLimitError,
  TimeoutError,
} from "../../../packages/core/src/base/errors.ts";
import type { ResponseInfo } from "../../../packages/core/src/pipeline/response-info.ts";
import {
  type ClientOptions,
  clientSettingsFrom,
} from "../../../packages/core/src/providers/gocardless/client-options.ts";
import { TestClock } from "../../support/clock.ts";
import { failureOf } from "../../support/failure.ts";
import { Requests } from "../../support/requests.ts";
import { type Reply, type Service, startService } from "../../support/service.ts";

const BALANCES = "/accounts/7e944232-bda9-40bc-b784-660c7ab5fe78/balances/";
const ok: Reply = { body: { fine: true } };
const invalidToken: Reply = {
  status: 401,
  body: { summary: "Invalid token", detail: "Token is invalid or expired" },
};

function requestsTo(service: Pick<Service, "baseUrl">, options: Partial<ClientOptions> = {}) {
  const clock = new TestClock();
  const settings = clientSettingsFrom({
    secretId: "the-secret-id",
    secretKey: "the-secret-key",
    baseUrl: service.baseUrl,
    now: clock.now,
    sleep: clock.sleep,
    random: () => 0,
    ...options,
  });
  return { requests: new Requests(settings, undefined), clock };
}

const read = (requests: Requests, call = {}) =>
  requests.request({ method: "GET", path: BALANCES, query: [] }, z.unknown(), call);
const write = (requests: Requests, method: "POST" | "PUT" | "DELETE" = "POST") =>
  requests.request({ method, path: "/requisitions/", query: [], body: { a: 1 } }, z.unknown());

describe("tokens", () => {
  it("a token is fetched once for any number of callers, and sent as bearer", async () => {
    await using service = await startService((request) =>
      request.path.startsWith("/token/") ? undefined : ok,
    );
    const { requests } = requestsTo(service);
    await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        requests.request(
          { method: "GET", path: `/accounts/${`account-${at}`}/balances/`, query: [] },
          z.unknown(),
        ),
      ),
    );
    expect(service.received.filter((one) => one.path === "/token/new/")).toHaveLength(1);
    expect(service.received[0]?.body).toBe('{"secret_id":"the-secret-id","secret_key":"the-secret-key"}');
    expect(service.received.slice(1).every((one) => one.headers.authorization === "Bearer access-1")).toBe(
      true,
    );
  });

  it("tokens are refreshed 30 s before they expire, and created anew once the refresh token has expired", async () => {
    await using service = await startService((request) =>
      request.path.startsWith("/token/") ? undefined : ok,
    );
    const { requests, clock } = requestsTo(service);
    await read(requests);
    clock.advance({ seconds: 86_400 - 31 });
    await read(requests);
    expect(service.received.at(-1)?.headers.authorization).toBe("Bearer access-1");
    clock.advance({ seconds: 2 });
    await read(requests);
    expect(service.received.at(-1)?.headers.authorization).toBe("Bearer access-2");
    expect(service.received.find((one) => one.path === "/token/refresh/")?.body).toBe(
      '{"refresh":"refresh-1"}',
    );
    clock.advance({ days: 30 });
    await read(requests);
    expect(service.received.filter((one) => one.path === "/token/new/")).toHaveLength(2);
  });

  it("tokens are created anew if the refresh token is rejected", async () => {
    await using service = await startService((request) => {
      if (request.path === "/token/refresh/") return invalidToken;
      return request.path === "/token/new/" ? undefined : ok;
    });
    const { requests, clock } = requestsTo(service);
    await read(requests);
    clock.advance({ days: 1 });
    await read(requests);
    expect(service.received.map((one) => one.path).filter((one) => one.startsWith("/token/"))).toEqual([
      "/token/new/",
      "/token/refresh/",
      "/token/new/",
    ]);
  });

  it("a token is replaced at most once per request, however often the request is tried", async () => {
    const fault: Reply = { status: 503, body: {} };
    const replies = [invalidToken, fault, invalidToken, ok];
    await using service = await startService((request, nth) =>
      request.path.startsWith("/token/") ? undefined : replies[nth - 1],
    );
    const { requests } = requestsTo(service);
    await expect(read(requests)).rejects.toBeInstanceOf(AuthenticationError);
    expect(service.asked()).toHaveLength(3);
    expect(service.received.filter((one) => one.path === "/token/refresh/")).toHaveLength(1);
  });

  it("a token is replaced once after a 401 Invalid token, for reads and for writes", async () => {
    await using service = await startService((request) => {
      if (request.path.startsWith("/token/")) return undefined;
      return request.headers.authorization === "Bearer access-1" ? invalidToken : ok;
    });
    for (const act of [read, write]) {
      const { requests } = requestsTo(service);
      expect(await act(requests)).toEqual({ fine: true });
    }
  });

  it("a token is not replaced a second time, or after any other 401", async () => {
    await using rejecting = await startService((request) =>
      request.path.startsWith("/token/") ? undefined : invalidToken,
    );
    await expect(read(requestsTo(rejecting).requests)).rejects.toBeInstanceOf(AuthenticationError);
    expect(rejecting.asked()).toHaveLength(2);

    await using expired = await startService((request) =>
      request.path.startsWith("/token/")
        ? undefined
        : {
            status: 401,
            body: {
              summary: "Couldn't update account balances",
              detail: "Access has expired or it has been revoked.",
              type: "AccessExpiredError",
            },
          },
    );
    await expect(read(requestsTo(expired).requests)).rejects.toMatchObject({ name: "AccessExpiredError" });
    expect(expired.asked()).toHaveLength(1);
    expect(expired.received).toHaveLength(2);
  });

  it("tokens are stored under the base URL and a hash, and loaded from there by the next process", async () => {
    await using service = await startService((request) =>
      request.path.startsWith("/token/") ? undefined : ok,
    );
    const stored = new Map<string, unknown>();
    const tokenStore = {
      load: async (key: string) => stored.get(key),
      save: async (key: string, token: unknown) => void stored.set(key, token),
    };
    await read(requestsTo(service, { tokenStore }).requests);
    await read(requestsTo(service, { tokenStore }).requests);
    expect(service.received.filter((one) => one.path === "/token/new/")).toHaveLength(1);
    const [key] = [...stored.keys()];
    expect(key).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/v2#[0-9a-f]{32}$/);

    await read(requestsTo(service, { tokenStore, secretKey: "another-key" }).requests);
    expect(service.received.filter((one) => one.path === "/token/new/")).toHaveLength(2);
    expect(stored.size).toBe(2);
  });

  it("a token is fetched if the store fails or returns something else", async () => {
    await using service = await startService((request) =>
      request.path.startsWith("/token/") ? undefined : ok,
    );
    const broken = {
      load: async () => Promise.reject(new Error("gone")),
      save: async () => Promise.reject(new Error("gone")),
    };
    expect(await read(requestsTo(service, { tokenStore: broken }).requests)).toEqual({ fine: true });
    const rubbish = { load: async () => ({ access: 5 }), save: async () => {} };
    expect(await read(requestsTo(service, { tokenStore: rubbish }).requests)).toEqual({ fine: true });
  });
});

describe("retries", () => {
  it("a GET is repeated after a bare 500 and a 503", async () => {
    const faults: Reply[] = [
      { status: 500, body: "" },
      { status: 503, body: "<html></html>" },
    ];
    await using service = await startService((request, nth) =>
      request.path.startsWith("/token/") ? undefined : (faults[nth - 1] ?? ok),
    );
    const { requests, clock } = requestsTo(service);
    expect(await read(requests)).toEqual({ fine: true });
    expect(clock.slept).toEqual([250, 500]);
  });

  it("a GET is repeated if its connection is dropped, before the response or within it", async () => {
    const faults: Reply[] = [
      (_, response) => response.destroy(),
      (_, response) => {
        response.writeHead(200, { "content-length": "100" });
        response.write('{"half":');
        setImmediate(() => response.destroy());
      },
    ];
    await using service = await startService((request, nth) =>
      request.path.startsWith("/token/") ? undefined : (faults[nth - 1] ?? ok),
    );
    expect(await read(requestsTo(service).requests)).toEqual({ fine: true });
    expect(service.asked()).toHaveLength(3);
  });

  it("a POST that may have been carried out is not repeated", async () => {
    await using service = await startService((request) =>
      request.path.startsWith("/token/") ? undefined : { status: 503, body: "" },
    );
    for (const method of ["POST", "PUT", "DELETE"] as const) {
      await expect(write(requestsTo(service).requests, method)).rejects.toMatchObject({ status: 503 });
    }
    expect(service.asked()).toHaveLength(3);
  });

  it("a retry waits as long as a general limit asks for, even for a POST", async () => {
    await using service = await startService((request, nth) => {
      if (request.path.startsWith("/token/")) return undefined;
      if (nth > 1) return ok;
      return {
        status: 429,
        body: {
          summary: "Rate limit exceeded",
          detail: "The rate limit for this resource is 100/minute. Please try again in 7 seconds",
        },
      };
    });
    const { requests, clock } = requestsTo(service);
    expect(await write(requests)).toEqual({ fine: true });
    expect(clock.slept).toEqual([7000]);
  });

  it("a retry never waits for a daily limit, nor longer than the cap", async () => {
    for (const detail of [
      "The rate limit for this resource is 4/day. Please try again in 85092 seconds",
      "The rate limit for this resource is 100/minute. Please try again in 61 seconds",
    ]) {
      await using service = await startService((request) =>
        request.path.startsWith("/token/")
          ? undefined
          : { status: 429, body: { summary: "Rate limit exceeded", detail } },
      );
      const { requests, clock } = requestsTo(service);
      await expect(read(requests)).rejects.toBeInstanceOf(RateLimitError);
      expect(clock.slept).toEqual([]);
      expect(service.asked()).toHaveLength(1);
    }
  });

  it("a request is not repeated after UnknownRequestError", async () => {
    await using service = await startService((request) =>
      request.path.startsWith("/token/")
        ? undefined
        : {
            status: 500,
            body: {
              summary: "Couldn't update account balances",
              detail: "Request to Institution returned an error",
              type: "UnknownRequestError",
            },
          },
    );
    await expect(read(requestsTo(service).requests)).rejects.toMatchObject({ name: "InstitutionError" });
    expect(service.asked()).toHaveLength(1);
  });

  it("a POST is repeated if nothing listens, and then rejects", async () => {
    const service = await startService(() => undefined);
    await service[Symbol.asyncDispose]();
    const { requests, clock } = requestsTo(service);
    await expect(write(requests)).rejects.toSatisfy(
      (error) =>
        error instanceof ConnectionError &&
        error.code === "ECONNREFUSED" &&
        error.message.includes("127.0.0.1"),
    );
    expect(clock.slept).toEqual([250, 500]);
  });
});

describe("the same request at once", () => {
  it("concurrent calls send one request, and each caller gets a value of its own", async () => {
    await using service = await startService((request) =>
      request.path.startsWith("/token/") ? undefined : ok,
    );
    const { requests } = requestsTo(service);
    const values = await Promise.all([read(requests), read(requests), read(requests)]);
    expect(values).toEqual([{ fine: true }, { fine: true }, { fine: true }]);
    expect(new Set(values).size).toBe(3);
    expect(service.asked()).toHaveLength(1);
  });

  it("a shared request continues if one caller gives up, and is aborted when all do", async () => {
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<() => void>();
    const { promise: closed, resolve: close } = Promise.withResolvers<void>();
    await using service = await startService((request, nth) => {
      if (request.path.startsWith("/token/")) return undefined;
      return (_, response) => {
        if (nth === 2) response.on("close", close);
        arrive(() => response.end('{"fine":true}'));
      };
    });
    const { requests } = requestsTo(service, { retries: 0 });
    const impatient = new AbortController();
    const first = read(requests, { signal: impatient.signal });
    const second = read(requests);
    const respond = await arrived;
    impatient.abort(new Error("enough"));
    await expect(first).rejects.toThrow("enough");
    respond();
    expect(await second).toEqual({ fine: true });

    const alone = new AbortController();
    const third = read(requests, { signal: alone.signal });
    const rejected = expect(third).rejects.toThrow("no more");
    while (service.asked().length < 2) await new Promise((resolve) => setImmediate(resolve));
    alone.abort(new Error("no more"));
    await rejected;
    await closed;
  });
});

describe("timeouts", () => {
  const silent = async () =>
    await startService((request) => (request.path.startsWith("/token/") ? undefined : () => {}));

  it("the timeout of a try applies to each try, and the request is retried", async () => {
    await using service = await silent();
    const { requests } = requestsTo(service, { timeout: { perTry: 30 } });
    await expect(read(requests)).rejects.toBeInstanceOf(TimeoutError);
    expect(service.asked()).toHaveLength(3);
  });

  it("the timeout of a call applies to the whole call", async () => {
    await using service = await silent();
    const { requests } = requestsTo(service);
    await expect(read(requests, { timeout: 40 })).rejects.toMatchObject({
      name: "TimeoutError",
      timeout: 40,
    });
    expect(service.asked()).toHaveLength(1);
  });

  it("a delay that would outlast the call is not waited for", async () => {
    await using service = await startService((request) =>
      request.path.startsWith("/token/")
        ? undefined
        : {
            status: 429,
            body: {
              detail: "The rate limit for this resource is 100/minute. Please try again in 50 seconds",
            },
          },
    );
    const { requests, clock } = requestsTo(service);
    await expect(read(requests, { timeout: 49_000 })).rejects.toBeInstanceOf(RateLimitError);
    expect(clock.slept).toEqual([]);
  });

  it("a call that has already ended sends nothing", async () => {
    await using service = await startService(() => ok);
    const { requests } = requestsTo(service);
    await expect(read(requests, { signal: AbortSignal.abort(new Error("before")) })).rejects.toThrow(
      "before",
    );
    expect(service.received).toEqual([]);
  });
});

describe("unusable responses", () => {
  const answering = async (reply: Reply) =>
    await startService((request) => (request.path.startsWith("/token/") ? undefined : reply));

  it.each<[string, Reply, number]>([
    ["a page", { body: "<html>maintenance</html>", headers: { "content-type": "text/html" } }, 200],
    ["half a body", { body: '{"balances": [{"bal' }, 200],
    ["nothing", { body: "" }, 200],
    ["204", (_, response) => response.writeHead(204).end(), 204],
    ["an unexpected shape", { body: "[1, 2]" }, 200],
    ["300 without a place", { status: 304, body: "" }, 304],
    ["50 MB of rubbish", { body: "x".repeat(50_000_000) }, 200],
  ])("an unusable response is an InvalidResponseError: %s", async (_, reply, status) => {
    await using service = await answering(reply);
    const { requests } = requestsTo(service);
    const request = requests.request(
      { method: "GET", path: BALANCES, query: [] },
      z.object({ balances: z.array(z.unknown()) }),
    );
    const error = await request.catch((caught: unknown) => caught);
    if (!(error instanceof InvalidResponseError)) throw error;
    expect(error.status).toBe(status);
    expect(error.bodyStart.length).toBeLessThanOrEqual(200);
    expect(error.message).toContain("check the base URL");
    expect(service.asked()).toHaveLength(1);
  });

  it("the response to a deletion may be empty", async () => {
    await using service = await answering((_, response) => response.writeHead(204).end());
    expect(await write(requestsTo(service).requests, "DELETE")).toEqual({});
  });

  it("a response of 50 MB is read", async () => {
    await using service = await answering({
      body: JSON.stringify({ balances: [], filler: "y".repeat(50_000_000) }),
    });
    expect(await read(requestsTo(service).requests)).toMatchObject({ balances: [] });
  });
});

describe("redirects", () => {
  it.each<[string, string, string]>([
    ["within the origin", "/api/v2/moved/?token=the-token", "which is not followed. Check the base URL."],
    [
      "to another origin",
      "https://other.example/a?b=c",
      "https://other.example, which is not followed: the token",
    ],
    ["to no URL", "https://", "an invalid URL, which is not followed"],
  ])("a redirect %s is an error that names the origin alone", async (_, location, message) => {
    await using service = await startService((request) =>
      request.path.startsWith("/token/") ? undefined : { status: 301, headers: { location } },
    );
    const reported: number[] = [];
    const { requests } = requestsTo(service, { onResponse: ({ status }) => reported.push(status) });
    for (const send of [read, write]) {
      const error = await failureOf(send(requests));
      expect(error).toBeInstanceOf(InvalidResponseError);
      expect(error).toMatchObject({ status: 301, bodyStart: "" });
      expect(error.message).toContain(message);
      expect(error.message).not.toMatch(/the-token|moved|b=c/);
    }
    expect(service.asked()).toEqual([`GET ${BALANCES}`, "POST /requisitions/"]);
    expect(reported.filter((status) => status !== 200)).toEqual([301, 301]);
  });
});

describe("what is reported and logged", () => {
  it("each response is reported to the client's and the call's observers", async () => {
    await using service = await startService((request, nth) => {
      if (request.path.startsWith("/token/")) return undefined;
      return nth === 1 ? { status: 502, body: "" } : { body: {}, headers: { HTTP_X_RATELIMIT_LIMIT: "100" } };
    });
    const ofClient: ResponseInfo[] = [];
    const ofCall: ResponseInfo[] = [];
    const { requests, clock } = requestsTo(service, { onResponse: (info) => ofClient.push(info) });
    await read(requests, { onResponse: (info: ResponseInfo) => ofCall.push(info) });
    expect(ofClient).toEqual(ofCall);
    expect(ofCall).toEqual([
      {
        operation: "getAccountBalances",
        method: "GET",
        path: BALANCES,
        dataKind: "balances",
        status: 502,
        fromCache: false,
        stale: false,
        staleReason: null,
        createdAt: new Date(clock.now() - 250),
        expiresAt: null,
        rateLimits: { general: null, account: null },
        requestId: null,
      },
      {
        operation: "getAccountBalances",
        method: "GET",
        path: BALANCES,
        dataKind: "balances",
        status: 200,
        fromCache: false,
        stale: false,
        staleReason: null,
        createdAt: new Date(clock.now()),
        expiresAt: null,
        rateLimits: { general: { limit: 100, remaining: null, resetAt: null }, account: null },
        requestId: null,
      },
    ]);
    expect(requests.parts.rateLimits.general()).toEqual({ limit: 100, remaining: null, resetAt: null });
  });

  it("messages, logs, inspected clients and errors contain no secret, token or whole IBAN", async () => {
    const lines: string[] = [];
    const log = (line: string) => void lines.push(line);
    const logger = { debug: log, info: log, warn: log, error: log };
    const echo = "the-secret-id the-secret-key access-1 refresh-1 DE89370400440532013000";
    const faults: Reply[] = [
      { status: 400, body: { summary: echo, detail: echo, iban: [echo] } },
      { body: `<html>${echo}` },
      { status: 500, body: `<title>${echo}</title>` },
    ];
    for (const reply of faults) {
      await using service = await startService((request) =>
        request.path.startsWith("/token/") ? undefined : reply,
      );
      const { requests } = requestsTo(service, { logger, retries: 1 });
      const iban = "/accounts/DE89370400440532013000/";
      const error = await requests
        .request({ method: "GET", path: iban, query: [] }, z.object({ x: z.string() }))
        .catch((caught: unknown) => caught);
      const shown = [
        inspect(error, { depth: 9, showHidden: true }),
        JSON.stringify(error),
        String(error),
        inspect(requests, { depth: 9, showHidden: true }),
        JSON.stringify(requests),
        ...lines,
      ].join("\n");
      for (const secret of ["the-secret-id", "the-secret-key", "access-1", "0440532013"])
        expect(shown).not.toContain(secret);
    }
    expect(lines.length).toBeGreaterThan(3);
  });

  it("the error for a broken token response contains no token", async () => {
    await using service = await startService(() => ({ body: '{"access": "very-secret", "refresh": 5}' }));
    const error = await read(requestsTo(service).requests).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InvalidResponseError);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("very-secret");
  });

  it("errors contain nothing of what a custom fetch throws but its redacted message", async () => {
    const { requests } = requestsTo(
      { baseUrl: "http://127.0.0.1:9/api/v2" },
      { fetch: async () => Promise.reject(new Error("proxy refused the-secret-key")), retries: 0 },
    );
    const error = await read(requests).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(String(error)).toContain("proxy refused ***");
  });
});

describe("settings", () => {
  it.each<[Partial<ClientOptions>, string]>([
    [{ secretId: "" }, "secretId is empty"],
    [{ secretKey: "  " }, "secretKey is empty"],
    [{ baseUrl: "ftp://x" }, "baseUrl"],
    [{ baseUrl: "nonsense" }, "baseUrl"],
    [{ baseUrl: "https://user:word@x/api" }, "without user"],
    [{ baseUrl: "ftp://user:word@x/api?key=word" }, "URL: x/api"],
    [{ baseUrl: "user:word@x/api" }, "URL: x/api"],
    [{ timeout: 0 }, "timeout"],
    [{ timeout: Number.NaN }, "timeout"],
    [{ retries: -1 }, "retries"],
  ])("the setting %j is rejected", (options, message) => {
    expect(() => clientSettingsFrom({ secretId: "a", secretKey: "b", ...options })).toThrow(message);
  });

  it.each([
    "http://api.example.org/api/v2",
    "http://localhost.evil.example/",
    "http://127.0.0.1.evil.example/",
    "http://evillocalhost/",
    "http://128.0.0.1/",
    "http://0.0.0.0/",
    "http://[::2]/",
    "http://127.0.0.1@evil.example/",
    "http:\\\\evil.example",
  ])("%s is rejected as a base URL, unless plain http is allowed", (baseUrl) => {
    const credentials = { secretId: "a", secretKey: "very-secret", baseUrl };
    const user = baseUrl.includes("@") ? "without user" : "plain http";
    expect(() => clientSettingsFrom(credentials)).toThrow(ConfigurationError);
    expect(() => clientSettingsFrom(credentials)).toThrow(user);
    if (user === "plain http") {
      expect(clientSettingsFrom({ ...credentials, allowHttp: true }).baseUrl).toMatch(/^http:/);
      expect(() => clientSettingsFrom({ ...credentials, allowHttp: false })).toThrow("allowHttp");
    }
  });

  it.each([
    ["http://127.0.0.1:4010/api/v2//", "http://127.0.0.1:4010/api/v2"],
    ["http://127.9.8.7", "http://127.9.8.7"],
    ["http://0x7f.1/", "http://127.0.0.1"],
    ["http://[::1]:1/x/", "http://[::1]:1/x"],
    ["http://localhost:80/", "http://localhost"],
    ["http://a.LOCALHOST/", "http://a.localhost"],
    ["https://api.example.org/", "https://api.example.org"],
  ])("%s is allowed as a base URL", (baseUrl, expected) => {
    expect(clientSettingsFrom({ secretId: "a", secretKey: "b", baseUrl }).baseUrl).toBe(expected);
  });

  it("the tenant distinguishes credentials without revealing them", () => {
    const scope = (secretId: string, baseUrl = "https://a.example") =>
      clientSettingsFrom({ secretId, secretKey: "k", baseUrl }).tenant;
    expect(scope("one")).not.toBe(scope("two"));
    expect(scope("one")).not.toBe(scope("one", "https://b.example"));
    expect(scope("one")).toMatch(/^[0-9a-f]{32}$/);
  });
});

it("a bad request keeps the class of its error response", async () => {
  await using service = await startService((request) =>
    request.path.startsWith("/token/")
      ? undefined
      : { status: 400, body: { summary: "Invalid Account ID", detail: "X is not a valid Account UUID. " } },
  );
  const error = await read(requestsTo(service).requests).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(InvalidRequestError);
  expect(error).toBeInstanceOf(ApiError);
});
