import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  AuthenticationError,
  type ClientOptions,
  GoCardlessClient,
  InvalidRequestError,
} from "../../../../packages/core/src/index.ts";
import { TestClock } from "../../../support/clock.ts";
import { failureOf } from "../../../support/failure.ts";
import { type Service, startService } from "../../../support/service.ts";

const FOREIGN = "eyJhbGciOiJIUzI1NiJ9.Zm9yZWlnbg.c2lnbmF0dXJl";
const PAIR = { access: "access-1", access_expires: 86_400, refresh: "refresh-1", refresh_expires: 2_592_000 };

/** A service that numbers the access tokens that it refreshes, by refresh token. */
async function tokenService(): Promise<Service> {
  return await startService(({ path, body }, nth) => {
    if (path === "/accounts/a/") return { body: { id: "a", status: "READY" } };
    if (path !== "/token/refresh/") return undefined;
    const { refresh } = JSON.parse(body);
    return { body: { access: `of-${refresh}-${nth}`, access_expires: 43_200 } };
  });
}

function clientOf(service: Service, options: Partial<ClientOptions> = {}): GoCardlessClient {
  const { now, sleep } = new TestClock();
  const credentials = { secretId: "the-id", secretKey: "the-key" };
  return new GoCardlessClient({
    ...credentials,
    baseUrl: service.baseUrl,
    cacheOptions: false,
    now,
    sleep,
    ...options,
  });
}

const tokenRequests = ({ received }: Service) =>
  received.filter(({ path }) => path.startsWith("/token/")).map(({ path, body }) => `${path} ${body}`);

const NEW = '/token/new/ {"secret_id":"the-id","secret_key":"the-key"}';

describe("getAccessToken", () => {
  it("getAccessToken returns both tokens with their lifetimes, as the service sends them", async () => {
    await using service = await tokenService();
    const client = clientOf(service);
    expect(await client.getAccessToken()).toEqual(PAIR);
    expect(await client.token()).toBe("access-1");
    expect(tokenRequests(service)).toEqual([NEW]);
  });

  it("getAccessToken returns what the service sends without lifetimes", async () => {
    await using service = await startService(({ path }) =>
      path === "/token/new/" ? { body: { access: "a-1", refresh: "r-1" } } : undefined,
    );
    expect(await clientOf(service).getAccessToken()).toEqual({ access: "a-1", refresh: "r-1" });
  });

  it.each([
    ["after", ["token", "getAccessToken", "getAccessToken", "token"]],
    ["before", ["getAccessToken", "token", "token", "getAccessToken"]],
  ] as const)("calls %s getAccessToken at the same time share its request", async (_, names) => {
    await using service = await tokenService();
    const client = clientOf(service);
    const results = await Promise.all(names.map((name) => client[name]()));
    expect(results).toEqual(names.map((name) => (name === "token" ? "access-1" : PAIR)));
    expect(tokenRequests(service)).toEqual([NEW]);
  });

  it("getAccessToken returns a new pair, even if a refresh is in progress", async () => {
    await using service = await tokenService();
    const client = clientOf(service);
    await client.token();
    const [refreshed, pair] = await Promise.all([client.refreshAccessToken(), client.getAccessToken()]);
    expect(refreshed).toEqual({ access: "of-refresh-1-1", access_expires: 43_200 });
    expect(pair).toEqual(PAIR);
  });
});

describe("refreshAccessToken", () => {
  it("refreshAccessToken without a token uses the client's own, and the client uses the new access token", async () => {
    await using service = await tokenService();
    const client = clientOf(service);
    await client.token();
    expect(await client.refreshAccessToken()).toEqual({ access: "of-refresh-1-1", access_expires: 43_200 });
    expect(await client.token()).toBe("of-refresh-1-1");
    expect(tokenRequests(service)).toEqual([NEW, '/token/refresh/ {"refresh":"refresh-1"}']);
  });

  it("refreshAccessToken uses the client's own refresh token from the token store", async () => {
    await using service = await tokenService();
    const saved = { access: "old", accessExpiresAt: 0, refresh: "kept", refreshExpiresAt: 1e15 };
    const client = clientOf(service, { tokenStore: { load: async () => saved, save: async () => {} } });
    expect(await client.refreshAccessToken()).toEqual({ access: "of-kept-1", access_expires: 43_200 });
    expect(tokenRequests(service)).toEqual(['/token/refresh/ {"refresh":"kept"}']);
  });

  it("refreshAccessToken returns an access token alone, even if it takes the credentials to get one", async () => {
    await using service = await tokenService();
    expect(await clientOf(service).refreshAccessToken()).toEqual({
      access: "access-1",
      access_expires: 86_400,
    });
    expect(tokenRequests(service)).toEqual([NEW]);
  });

  it("refreshAccessToken with another refresh token leaves the client's own tokens as they are", async () => {
    await using service = await tokenService();
    const saved: unknown[] = [];
    const tokenStore = { load: async () => undefined, save: async () => void saved.push(1) };
    const client = clientOf(service, { tokenStore });
    await client.token();
    expect(await client.refreshAccessToken(FOREIGN)).toEqual({
      access: `of-${FOREIGN}-1`,
      access_expires: 43_200,
    });
    expect(await client.token()).toBe("access-1");
    expect(saved).toHaveLength(1);
    expect(tokenRequests(service)).toEqual([NEW, `/token/refresh/ {"refresh":"${FOREIGN}"}`]);
  });

  it("refreshAccessToken with the client's own refresh token renews the client's access token", async () => {
    await using service = await tokenService();
    const client = clientOf(service);
    const { refresh } = await client.getAccessToken();
    expect(await client.refreshAccessToken(refresh)).toMatchObject({ access: "of-refresh-1-1" });
    expect(await client.token()).toBe("of-refresh-1-1");
  });

  it.each(["refresh-1", FOREIGN])(
    "calls at the same time with the refresh token %s share a request",
    async (refresh) => {
      await using service = await tokenService();
      const client = clientOf(service);
      await client.token();
      const three = await Promise.all([1, 2, 3].map(() => client.refreshAccessToken(refresh)));
      expect(new Set(three.map(({ access }) => access))).toEqual(new Set([`of-${refresh}-1`]));
      expect(tokenRequests(service)).toHaveLength(2);
    },
  );

  it.each(["refresh-1", FOREIGN])(
    "a rejected refresh token %s is an error, and no reason for new tokens",
    async (refresh) => {
      const body = { summary: "Invalid token", detail: `Token is invalid or expired: ${refresh}` };
      await using service = await startService(({ path }) =>
        path === "/token/refresh/" ? { status: 401, body } : undefined,
      );
      const client = clientOf(service);
      await client.token();
      const error = await failureOf(client.refreshAccessToken(refresh));
      expect(error).toBeInstanceOf(AuthenticationError);
      expect(error.message).toBe(
        "Authentication failed (401 Invalid token: Token is invalid or expired: ***): get a new pair of tokens with getAccessToken().",
      );
      expect(tokenRequests(service)).toHaveLength(2);
      expect(await client.token()).toBe("access-1");
    },
  );

  it.each(["", " ", "a b", "a\r\nb", `${FOREIGN}\0`])(
    "%j is no refresh token, and is neither sent nor shown",
    async (odd) => {
      await using service = await tokenService();
      const error = await failureOf(clientOf(service).refreshAccessToken(odd));
      expect(error).toBeInstanceOf(InvalidRequestError);
      expect(error).toMatchObject({ method: "POST", path: "/token/refresh/", sent: false });
      expect(Object.keys(error instanceof InvalidRequestError ? error.fields : {})).toEqual(["refresh"]);
      expect(inspect(error)).not.toContain(FOREIGN);
      expect(service.received).toEqual([]);
    },
  );

  it("refresh tokens that were passed in, and their access tokens, are secrets from then on", async () => {
    let echo = "";
    await using service = await startService(({ path, body }) => {
      if (path === "/accounts/a/") return { status: 500, body: { summary: echo, detail: echo } };
      if (path !== "/token/refresh/") return undefined;
      return { body: { access: `access-of-${JSON.parse(body).refresh}` } };
    });
    const client = clientOf(service, { retries: 0 });
    await client.token();
    const given = Array.from({ length: 15 }, (_, at) => `foreign-${at}-token`);
    for (const refresh of given) await client.refreshAccessToken(refresh);
    echo = ["access-1", "refresh-1", ...given].join(" ");
    const shown = inspect(await failureOf(client.getAccount("a")), { depth: null, showHidden: true });
    for (const secret of echo.split(" ")) expect(shown).not.toContain(secret);
  });
});
