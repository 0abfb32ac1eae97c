import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  AccessDeniedError,
  ApiError,
  type ClientOptions,
  ConnectionError,
  GoCardlessClient,
  InvalidRequestError,
  InvalidResponseError,
  RateLimitError,
  TimeoutError,
} from "../../../../packages/core/src/index.ts";
import { startSandbox } from "../../../../packages/sandbox/src/index.ts";
import { TestClock } from "../../../support/clock.ts";
import { failureOf } from "../../../support/failure.ts";
import { rawResponse, startRawServer } from "../../../support/raw-server.ts";
import { type Reply, type Service, startService } from "../../../support/service.ts";

const ID = "7e944232-bda9-40bc-b784-660c7ab5fe78";
const SECRET_KEY = "the-secret-key-of-0123456789abcdef";
const TOKEN = "eyJhbGciOiJIUzI1NiJ9.QWNjZXNz-Tok_en.c2lnbmF0dXJl";
const IBAN = "DE89370400440532013000";
const BBAN = "12345678901234";

function clientOf(service: Pick<Service, "baseUrl">, options: Partial<ClientOptions> = {}): GoCardlessClient {
  const { now, sleep } = new TestClock();
  const credentials = { secretId: "the-secret-id", secretKey: SECRET_KEY };
  return new GoCardlessClient({
    ...credentials,
    baseUrl: service.baseUrl,
    cacheOptions: false,
    retries: 0,
    now,
    sleep,
    ...options,
  });
}

const tokens = {
  access: TOKEN,
  access_expires: 86_400,
  refresh: "the-refresh-token",
  refresh_expires: 2_592_000,
};

const replying = (reply: Reply) =>
  startService(({ path }) => (path === "/token/new/" ? { body: tokens } : reply));

type Ask = (client: GoCardlessClient) => Promise<unknown>;

const redirect = "http://localhost/";

const operations: readonly [method: string, ask: Ask][] = [
  ["GET", (c) => c.getInstitutions("GB")],
  ["GET", (c) => c.getInstitution("B")],
  ["GET", (c) => c.listBanks("GB")],
  ["GET", (c) => c.getIntegrations()],
  ["GET", (c) => c.getIntegration("B")],
  ["POST", (c) => c.createAgreement({ institution_id: "B" })],
  ["GET", (c) => c.getAgreement(ID)],
  ["GET", (c) => c.getAgreements()],
  ["GET", (c) => c.getAgreementsPaginated()],
  ["PUT", (c) => c.acceptAgreement(ID, "agent", "192.0.2.1")],
  ["DELETE", (c) => c.deleteAgreement(ID)],
  ["GET", (c) => c.getReconfirmation(ID)],
  ["POST", (c) => c.reconfirmAgreement(ID, { redirect })],
  ["POST", (c) => c.createRequisition({ institution_id: "B", redirect })],
  ["GET", (c) => c.getRequisition(ID)],
  ["GET", (c) => c.getRequisitions()],
  ["GET", (c) => c.getRequisitionsPaginated()],
  ["GET", (c) => c.findRequisitionByReference("r")],
  ["DELETE", (c) => c.deleteRequisition(ID)],
  ["GET", (c) => c.createBankLink("r", "B")],
  ["GET", (c) => c.getAccount(ID)],
  ["GET", (c) => c.getAccountBalances(ID)],
  ["GET", (c) => c.getAccountDetails(ID)],
  ["GET", (c) => c.getAccountTransactions(ID)],
  ["GET", (c) => c.getAllAccounts()],
  ["GET", (c) => c.get("/anything/")],
  ["POST", (c) => c.post("/anything/")],
  ["PUT", (c) => c.put("/anything/")],
  ["DELETE", (c) => c.delete("/anything/")],
];

const rejectedLocally: readonly [method: string, ask: Ask][] = [
  ["GET", (c) => c.getInstitutions("nowhere")],
  ["GET", (c) => c.getInstitution("a b")],
  ["POST", (c) => c.createAgreement({ institution_id: "" })],
  ["DELETE", (c) => c.deleteAgreement("a b")],
  ["PUT", (c) => c.acceptAgreement("a b", "agent", "192.0.2.1")],
  ["PUT", (c) => c.acceptAgreement(ID, "", "192.0.2.1")],
  ["GET", (c) => c.getRequisitionsPaginated({ limit: 0 })],
  ["GET", (c) => c.findRequisitionByReference(" ")],
  ["DELETE", (c) => c.deleteRequisition("..")],
  ["POST", (c) => c.createBankLink("", "B")],
  ["POST", (c) => c.createBankLink("r", "")],
  ["GET", (c) => c.getAccountTransactions(ID, { daysBack: 0 })],
  ["GET", (c) => c.get("https://elsewhere.example/")],
  ["POST", (c) => c.post("/a/../b/")],
  ["POST", (c) => c.refreshAccessToken("")],
  ["GET", (c) => c.checkCacheStatus("get", "/a//b/")],
];

describe("the method of an error", () => {
  it.each(operations)("the service's error to a %s names that method (%s)", async (method, ask) => {
    await using service = await replying({ status: 418, body: { summary: "No", detail: "no" } });
    expect(await failureOf(ask(clientOf(service)))).toMatchObject({ method, sent: true });
  });

  it.each(rejectedLocally)("a %s that is rejected locally names that method (%s)", async (method, ask) => {
    await using service = await replying({});
    const error = await failureOf(ask(clientOf(service)));
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(error).toMatchObject({ method, sent: false });
    expect(service.received).toEqual([]);
  });
});

describe("the request id of an error", () => {
  const named = { "x-request-id": "req-17" };

  it.each<[string, Reply, new (...args: never[]) => Error]>([
    ["an error response", { status: 500, headers: named }, ApiError],
    ["a body that is not JSON", { body: "<html>", headers: named }, InvalidResponseError],
    ["a body of another shape", { body: [], headers: named }, InvalidResponseError],
    ["a redirect", { status: 302, headers: { ...named, location: "/" } }, InvalidResponseError],
    ["part of a body", { status: 206, headers: named }, InvalidResponseError],
  ])("the error of %s has it", async (_, reply, type) => {
    await using service = await replying(reply);
    const error = await failureOf(clientOf(service).getAccount(ID));
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ requestId: "req-17" });
  });

  it("errors of a connection have it if the headers had come, with Node's client and with fetch", async () => {
    await using server = await startRawServer((socket, { line }) => {
      if (line.includes("/token/new/")) {
        const body = JSON.stringify(tokens);
        socket.write(rawResponse(200, [`Content-Length: ${body.length}`], body));
        return;
      }
      socket.write(rawResponse(200, ["Content-Length: 50", "X-Request-Id: req-18"], "{"));
      if (line.includes("broken")) setImmediate(() => socket.destroy());
    });
    for (const more of [{}, { fetch: async (url: string, init: RequestInit) => await fetch(url, init) }]) {
      const client = clientOf(server, { ...more, timeout: { perTry: 200 } });
      const lost = await failureOf(client.get("/broken/"));
      expect(lost).toBeInstanceOf(ConnectionError);
      expect(lost).toMatchObject({ requestId: "req-18" });
      const late = await failureOf(client.get("/late/"));
      expect(late).toBeInstanceOf(TimeoutError);
      expect(late).toMatchObject({ requestId: "req-18" });
    }
  });

  it("it is null if none came, and printable, short and without tokens", async () => {
    await using none = await replying({ status: 500 });
    expect(await failureOf(clientOf(none).getAccount(ID))).toMatchObject({ requestId: null });
    await using service = await replying({
      status: 500,
      headers: { "x-request-id": `a\u009b[2J ${TOKEN} ${IBAN} ${"x".repeat(900)}` },
    });
    const error = await failureOf(clientOf(service).getAccount(ID));
    const requestId = error instanceof ApiError ? error.requestId : null;
    expect(requestId).toMatch(/^a\[2J\*\*\*DE89…3000x+$/);
    expect(requestId).toHaveLength(200);
  });
});

describe("the cause of an error", () => {
  it("the cause has the code and the message of what failed, and none of its objects", async () => {
    const error = await failureOf(clientOf({ baseUrl: "http://127.0.0.1:1/api/v2" }).getAccount(ID));
    expect(error.cause).toBeInstanceOf(Error);
    expect(error.cause).toMatchObject({ code: "ECONNREFUSED", message: "connect ECONNREFUSED 127.0.0.1:1" });
    expect(Object.keys(error.cause ?? {})).toEqual(["code"]);
  });

  it("the cause of a body that does not match says what is wrong; the cause of one that is no JSON quotes nothing", async () => {
    await using service = await startService(({ path }) => {
      if (path === "/token/new/") return { body: tokens };
      return path.endsWith("/balances/") ? { body: { balances: 1 } } : { body: `nonsense ${TOKEN}` };
    });
    const client = clientOf(service);
    const shape = await failureOf(client.getAccountBalances(ID));
    expect(shape.cause).toMatchObject({
      name: "SchemaError",
      message: expect.stringContaining("balances: "),
    });
    const text = await failureOf(client.getAccount(ID));
    expect(text.cause).toMatchObject({ name: "SyntaxError" });
    expect(inspect(text.cause, { showHidden: true })).not.toContain("nonsense");
  });

  it("no error shows a secret, whatever a custom fetch throws", async () => {
    const texts = [SECRET_KEY, TOKEN, IBAN, BBAN, `https://u:${BBAN}@proxy/`, `Basic dXNlcjpwYXNzd29yZA==`];
    const secret = fc.constantFrom(...texts);
    const text = fc.array(fc.oneof(secret, fc.string()), { maxLength: 6 }).map((parts) => parts.join(" "));
    const thrown = fc.record({ message: text, name: text, code: text, inner: text, depth: fc.nat(8) });
    await fc.assert(
      fc.asyncProperty(thrown, async ({ message, name, code, inner, depth }) => {
        let cause: Error = Object.assign(new Error(inner), { headers: { authorization: `Bearer ${TOKEN}` } });
        for (let at = 0; at < depth; at += 1) cause = new Error(inner, { cause });
        const fetch = async (url: string): Promise<Response> => {
          if (url.endsWith("/token/new/")) return Response.json(tokens);
          throw Object.assign(new Error(message, { cause }), { name, code, socket: { TOKEN, IBAN } });
        };
        const error = await failureOf(clientOf({ baseUrl: "http://127.0.0.1:1" }, { fetch }).getAccount(ID));
        const shown = inspect(error, { depth: null, showHidden: true, maxStringLength: null });
        for (const shownText of [shown, JSON.stringify(error)]) {
          for (const hidden of [SECRET_KEY, TOKEN, IBAN, "dXNlcjpwYXNzd29yZA", "authorization"])
            expect(shownText).not.toContain(hidden);
        }
        expect(inspect(error.cause, { depth: null, showHidden: true })).not.toContain(BBAN);
      }),
      { numRuns: 200 },
    );
  });

  it("log lines hide what a storage backend or the filter throws, and a filter that fails costs no response", async () => {
    await using service = await startService(({ path }) =>
      path === "/token/new/" ? { body: tokens } : { body: { id: ID, status: "READY" } },
    );
    const lines: string[] = [];
    const log = (line: string) => void lines.push(line);
    const logger = { debug: log, info: log, warn: log, error: log };
    const fail = () => {
      throw new Error(`failed with ${SECRET_KEY} and ${IBAN}`);
    };
    const client = clientOf(service, { logger, cacheOptions: { backend: "memory", filter: fail } });
    expect((await client.getAccount(ID)).id).toBe(ID);
    expect(lines).toContain(
      "A response was not cached, because the filter failed (failed with *** and DE89…3000).",
    );
    expect(await client.cache?.count()).toBe(0);
  });
});

describe("what an error shows", () => {
  it("a secret that is passed as an id, a path, a date or a reference by mistake is hidden", async () => {
    await using service = await replying({});
    const client = clientOf(service);
    const odd = `${SECRET_KEY} `;
    for (const call of [
      client.getAccount(odd),
      client.deleteRequisition(odd),
      client.getAccountTransactions(odd),
      client.getAccountTransactions(ID, { dateFrom: SECRET_KEY }),
      client.get(`/accounts/${odd}/`),
      client.get(`/${"a".repeat(900)}/${"b".repeat(70)}/${odd}/`),
      client.createBankLink("r", odd, SECRET_KEY, { agreement: odd }),
      client.checkCacheStatus("GET", `/accounts/${odd}/`),
    ]) {
      const error = await failureOf(call);
      expect(error).toBeInstanceOf(InvalidRequestError);
      expect(inspect(error, { depth: null, showHidden: true })).not.toContain(SECRET_KEY.slice(0, 12));
    }
    expect(service.received).toEqual([]);
  });

  it("the start of a body hides account numbers, but no UUID", async () => {
    await using service = await replying({
      body: `{"id":"${ID}","iban":"${IBAN}","bban":"${BBAN}","n":"1234 5678 90"`,
    });
    const error = await failureOf(clientOf(service).getAccount(ID));
    expect(error instanceof InvalidResponseError ? error.bodyStart : "").toBe(
      `{"id":"${ID}","iban":"DE89…3000","bban":"…1234","n":"…8 90"`,
    );
  });
});

describe("a request that is not sent again", () => {
  it("the error of a limit says whether an earlier try was sent", async () => {
    const failure = { summary: "Away", detail: "away" };
    const headers = {
      HTTP_X_RATELIMIT_LIMIT: "100",
      HTTP_X_RATELIMIT_REMAINING: "0",
      HTTP_X_RATELIMIT_RESET: "9000",
    };
    await using service = await replying({ status: 503, body: failure, headers });
    const client = clientOf(service, { retries: 2 });
    const error = await failureOf(client.getAccount(ID));
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error).toMatchObject({ sent: true, scope: "general", method: "GET" });
    expect(error.message).toContain(
      `GET /accounts/${ID}/ was not sent again: the general rate limit is used up`,
    );
    const alone = await failureOf(client.getAccount(ID, { timeout: 1 }));
    expect(alone).toMatchObject({ sent: false });
    expect(alone.message).toContain("was not sent: the general rate limit is used up");
    expect(service.asked()).toHaveLength(2);
  });
});

describe("a consent that does not cover a kind of data", () => {
  it.each([["details"], ["transactions"]] as const)(
    "its error names %s, and how to obtain them",
    async (kind) => {
      await using sandbox = await startSandbox({ port: 0 });
      const client = clientOf(sandbox, { ...sandbox.credentials, now: Date.now });
      const link = await client.createBankLink("mine", "SANDBOXFINANCE_SFIN0000", redirect, {
        access_scope: ["balances"],
      });
      const page = await (await fetch(link ?? "")).text();
      const [, account = ""] = /name="account" value="([^"]+)"/.exec(page) ?? [];
      const form = new URLSearchParams({ decision: "agree", account });
      await fetch(link ?? "", { method: "POST", body: form, redirect: "manual" });
      const id = (await client.findRequisitionByReference("mine"))?.accounts?.[0] ?? "";
      expect((await client.getAccountBalances(id)).balances).not.toEqual([]);
      const error = await failureOf(
        kind === "details" ? client.getAccountDetails(id) : client.getAccountTransactions(id),
      );
      expect(error).toBeInstanceOf(AccessDeniedError);
      expect(error).toMatchObject({ missingScope: kind, status: 403 });
      expect(error.message).toContain(`The consent does not cover the ${kind} of account ${id} (403 `);
      expect(error.message).toContain(
        `create a new agreement whose access_scope includes "${kind}" and a new requisition with it, for example with createBankLink.`,
      );
    },
  );

  it.each<[string, object, string | null]>([
    [
      "no agreement at all",
      { summary: "No valid End User Agreement", detail: "Account exists but" },
      "transactions",
    ],
    ["a blocked address", { summary: "IP address access denied", detail: "Your IP isn't whitelisted" }, null],
    [
      "the bank's refusal",
      { summary: "Couldn't update account transactions", detail: "x", type: "AccountAccessForbidden" },
      null,
    ],
  ])("missingScope after %s", async (_, body, missingScope) => {
    await using service = await replying({ status: 403, body });
    expect(await failureOf(clientOf(service).getAccountTransactions(ID))).toMatchObject({ missingScope });
  });
});
