import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { Secrets } from "../../../packages/core/src/base/secrets.ts";
import type { ResponseInfo } from "../../../packages/core/src/pipeline/response-info.ts";
import {
  type ClientOptions,
  clientSettingsFrom,
} from "../../../packages/core/src/providers/gocardless/client-options.ts";
import { TestClock } from "../../support/clock.ts";
import { type BankDataFailure, failureOf } from "../../support/failure.ts";
import { Requests } from "../../support/requests.ts";
import { type Reply, startService } from "../../support/service.ts";

const ACCESS = "eyJhbGciOiJIUzI1NiJ9.QWNjZXNz-Tok_en.c2lnbmF0dXJl";
const REFRESH = "eyJhbGciOiJIUzI1NiJ9.UmVmcmVzaA.b3RoZXJz";
const IBAN = "DE89370400440532013000";
const tokens = { access: ACCESS, access_expires: 86_400, refresh: REFRESH, refresh_expires: 2_592_000 };

/** Everything that a failed call shows to its caller, to the logger and to listeners. */
async function shownBy(
  reply: (path: string) => Reply,
  options: Partial<ClientOptions> = {},
  asked = "/accounts/a/",
): Promise<{ error: BankDataFailure; shown: string }> {
  await using service = await startService((request) => reply(request.path));
  const clock = new TestClock();
  const lines: unknown[] = [];
  const log = (line: string) => void lines.push(line);
  const settings = clientSettingsFrom({
    secretId: "the-secret-id",
    secretKey: "the-secret/key",
    baseUrl: service.baseUrl,
    now: clock.now,
    sleep: clock.sleep,
    random: () => 0,
    logger: { debug: log, info: log, warn: log, error: log },
    onResponse: (info: ResponseInfo) => void lines.push(info),
    retries: 0,
    ...options,
  });
  const requests = new Requests(settings, undefined);
  const error = await failureOf(requests.request({ method: "GET", path: asked, query: [] }, z.unknown()));
  return {
    error,
    shown: inspect([error, lines, requests], { depth: 9, showHidden: true, maxStringLength: null }),
  };
}

function expectClean(shown: string): void {
  const plain = shown.toLowerCase();
  for (const secret of [ACCESS, REFRESH, "the-secret-id", "the-secret/key", IBAN, "0440532013"]) {
    expect(plain).not.toContain(secret.toLowerCase());
  }
}

const withToken = (reply: Reply) => (where: string) => (where === "/token/new/" ? { body: tokens } : reply);

describe("errors, logs and reports of a call contain no secret, token or IBAN", () => {
  const echo = `${ACCESS} ${REFRESH} the-secret/key ${encodeURIComponent("the-secret/key")} ${IBAN}`;

  it.each<[string, Reply]>([
    ["a header that names the request", { status: 500, headers: { "x-request-id": `${ACCESS}-${IBAN}` } }],
    [
      "the host of a redirect",
      { status: 302, headers: { location: `https://${ACCESS.replaceAll("_", "-")}.example/` } },
    ],
    ["the type of an error response", { status: 400, body: { summary: "x", type: echo } }],
    ["the name of a field", { status: 400, body: { [echo]: ["wrong"] } }],
    ["the status of an account", { status: 409, body: { id: "a", status: ACCESS } }],
    [
      "escapes of JSON",
      { status: 400, body: `{"summary":"\\u0065${ACCESS.slice(1)}","detail":"the-secret\\/key"}` },
    ],
    ["small letters", { status: 400, body: { summary: ACCESS.toLowerCase(), detail: "THE-SECRET/KEY" } }],
    ["a page", { status: 502, body: `<title>${echo}</title>` }],
    [
      "a title that is truncated",
      { status: 502, body: `<title>${"x".repeat(150)} ${echo} ${"x".repeat(900)}</title>` },
    ],
    [
      "a title that is truncated within the token",
      { status: 502, body: `<title>${"x".repeat(960)} ${echo}</title>` },
    ],
    ["a body that is none", { body: `nonsense ${echo}` }],
  ])("a token that the service echoes in %s is hidden", async (_, reply) => {
    const host = ACCESS.replaceAll("_", "-").toLowerCase();
    const { error, shown } = await shownBy(withToken(reply));
    expect(error.name).toMatch(/Error$/);
    expectClean(shown);
    // A host may contain no underscore, so this is not the token itself.
    expect(shown.replaceAll(host, "")).not.toContain(ACCESS);
  });

  it("a token in the host of a redirect is hidden, in any case", async () => {
    const simple = { ...tokens, access: "Abc123.Def456.Ghi789" };
    const { shown } = await shownBy((where) =>
      where === "/token/new/"
        ? { body: simple }
        : { status: 302, headers: { location: `https://${simple.access}/` } },
    );
    expect(shown.toLowerCase()).not.toContain("abc123.def456.ghi789");
    expect(shown).toContain("https://***");
  });

  it.each(["\0", "\r\nX-Injected: 1", "\u2028", "ü", " ", "\u007f"])(
    "a token from the service that contains %j is hidden, and not stored",
    async (odd) => {
      const bad = `${ACCESS}${odd}x`;
      const saved: unknown[] = [];
      const tokenStore = { load: async () => undefined, save: async () => void saved.push(1) };
      for (const body of [
        { ...tokens, access: bad },
        { ...tokens, refresh: bad },
      ]) {
        const { error, shown } = await shownBy(() => ({ body }), { tokenStore });
        expect(error.name).toBe("InvalidResponseError");
        expect(shown).not.toContain(ACCESS);
        expect(saved).toEqual([]);
      }
    },
  );

  it("another token is fetched if a store returns one that no header can carry", async () => {
    const saved = { access: `${ACCESS}\0`, accessExpiresAt: 1e15, refresh: REFRESH, refreshExpiresAt: 1e15 };
    const tokenStore = { load: async () => saved, save: async () => {} };
    const { error, shown } = await shownBy(withToken({ status: 404 }), { tokenStore });
    expect(error.name).toBe("NotFoundError");
    expect(shown).not.toContain(ACCESS);
  });

  it("a stored refresh token is hidden if the endpoint echoes it in a rejection", async () => {
    const saved = { access: "old-access", accessExpiresAt: 0, refresh: REFRESH, refreshExpiresAt: 1e15 };
    const tokenStore = { load: async () => saved, save: async () => {} };
    const { error, shown } = await shownBy(
      () => ({ status: 500, body: { summary: REFRESH, detail: REFRESH } }),
      {
        tokenStore,
      },
    );
    expect(error.name).toBe("ApiError");
    expectClean(shown);
  });

  it("headers that a custom fetch puts in message, code and cause are hidden", async () => {
    const failing = async (url: string, init: RequestInit): Promise<Response> => {
      if (url.endsWith("/token/new/")) return Response.json(tokens);
      const headers = JSON.stringify(init.headers);
      throw Object.assign(new Error(headers, { cause: new Error(headers) }), { code: headers });
    };
    const { error, shown } = await shownBy(() => ({}), { fetch: failing });
    expect(error.name).toBe("ConnectionError");
    expectClean(shown);
  });

  it("an IBAN in the path is masked, whether the request is in flight, times out, is redirected or is rejected", async () => {
    const asked = `/accounts/${IBAN}/`;
    const away: Partial<ClientOptions> = {
      fetch: async (url, init) =>
        url.endsWith("/token/new/") ? await fetch(url, init) : Promise.reject(new Error("reset")),
    };
    const cases: [Reply, Partial<ClientOptions>][] = [
      [{}, away],
      [{ status: 302, headers: { location: "https://elsewhere.example/" } }, {}],
      [{ status: 302, headers: { location: `/api/v2/accounts/${IBAN}/` } }, {}],
      [{ status: 500 }, {}],
      [() => {}, { timeout: { perTry: 50 } }],
      [() => {}, { timeout: 50 }],
    ];
    for (const [reply, options] of cases) {
      const { error, shown } = await shownBy(withToken(reply), options, asked);
      expect(error.message).toContain("DE89…3000");
      expectClean(shown);
    }
  });
});

it("a secret is redacted in any text, in any case, percent-encoded or escaped", () => {
  const secret = fc.string({ minLength: 8, unit: fc.constantFrom(...'abcXYZ019._~+/=-$^(){}[]|\\"* ') });
  fc.assert(
    fc.property(secret, fc.string(), fc.string(), fc.constantFrom(0, 1, 2, 3), (key, before, after, form) => {
      const secrets = new Secrets(["another-credential"]);
      secrets.add(key);
      const written =
        [key, encodeURIComponent(key), JSON.stringify(key).slice(1, -1), key.toUpperCase()][form] ?? "";
      const cleaned = secrets.redact(`${before} ${written} ${after}`);
      expect(cleaned).toContain("***");
      if (!`${before} ${after}`.includes(written)) expect(cleaned).not.toContain(written);
    }),
  );
});
