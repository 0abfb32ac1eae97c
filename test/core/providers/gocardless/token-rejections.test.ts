import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  type ClientOptions,
  clientSettingsFrom,
} from "../../../../packages/core/src/providers/gocardless/client-options.ts";
import { type KeyValueStore, MemoryKeyValueStore } from "../../../../packages/core/src/store/kv.ts";
import { TestClock } from "../../../support/clock.ts";
import { failureOf } from "../../../support/failure.ts";
import { Requests } from "../../../support/requests.ts";
import { type Reply, type Service, startService } from "../../../support/service.ts";

const rejection: Reply = {
  status: 401,
  body: { summary: "Authentication failed", detail: "No active account found with the given credentials" },
};
const invalidToken: Reply = {
  status: 401,
  body: { summary: "Invalid token", detail: "Token is invalid or expired" },
};

const tokenRequests = (service: Service) => service.received.filter(({ path }) => path.startsWith("/token/"));

/** Clients that share their records and a clock, as separate processes would. */
function clientsOf(
  service: Service,
  records: KeyValueStore | undefined,
  options: Partial<ClientOptions> = {},
) {
  const clock = new TestClock();
  const client = (more: Partial<ClientOptions> = {}) =>
    new Requests(
      clientSettingsFrom({
        secretId: "the-secret-id",
        secretKey: "the-secret-key",
        baseUrl: service.baseUrl,
        now: clock.now,
        sleep: clock.sleep,
        quota: false,
        ...options,
        ...more,
      }),
      undefined,
      records,
    );
  return { client, clock };
}

const read = (requests: Requests) =>
  requests.request({ method: "GET", path: "/accounts/a/", query: [] }, z.unknown());

describe.each([
  ["one client", false],
  ["processes that share records", true],
])("rejected credentials, with %s", (_, many) => {
  it("rejected credentials are sent once in five minutes, however many calls need a token", async () => {
    await using service = await startService(({ path }) =>
      path.startsWith("/token/") ? rejection : undefined,
    );
    const { client, clock } = clientsOf(service, many ? new MemoryKeyValueStore() : undefined);
    const first = client();
    const sixty = async () => {
      for (let call = 0; call < 60; call += 1) {
        const error = await failureOf(read(many ? client() : first));
        expect([error.name, error.status, error.sent]).toEqual(["AuthenticationError", 401, call === 0]);
        if (call > 0) expect(error.message).toContain("tried again from");
      }
    };
    await sixty();
    expect(tokenRequests(service)).toHaveLength(1);
    clock.advance({ seconds: 301 });
    await sixty();
    expect(tokenRequests(service)).toHaveLength(2);
  });

  it("rejected credentials do not hold back others, nor the same ones once they are accepted", async () => {
    let accepted = false;
    await using service = await startService((request) => {
      if (!request.path.startsWith("/token/")) return { body: {} };
      return accepted || request.body.includes("right") ? undefined : rejection;
    });
    const { client, clock } = clientsOf(service, many ? new MemoryKeyValueStore() : undefined);
    const one = client();
    await failureOf(read(one));
    expect(await read(client({ secretKey: "the-right-key" }))).toEqual({});
    accepted = true;
    clock.advance({ seconds: 301 });
    expect(await read(one)).toEqual({});
    accepted = false;
    expect(await read(many ? client() : one)).toEqual({});
  });

  it("rejected credentials do not keep a valid token from being used", async () => {
    let isRejecting = false;
    await using service = await startService(({ path }) => {
      if (path.startsWith("/token/")) return isRejecting ? rejection : undefined;
      return { body: {} };
    });
    const { client } = clientsOf(service, many ? new MemoryKeyValueStore() : undefined);
    const one = client();
    await read(one);
    isRejecting = true;
    await failureOf(one.parts.authentication.create());
    expect(await read(many ? client() : one)).toEqual({});
  });

  it("rejected credentials are sent again if new tokens are requested explicitly", async () => {
    await using service = await startService(({ path }) =>
      path.startsWith("/token/") ? rejection : undefined,
    );
    const { client } = clientsOf(service, many ? new MemoryKeyValueStore() : undefined);
    const one = client();
    for (let call = 0; call < 3; call += 1) {
      expect(await failureOf(one.parts.authentication.create())).toMatchObject({ sent: true });
    }
    expect(tokenRequests(service)).toHaveLength(3);
  });
});

describe.each([
  ["one client", false],
  ["processes that share records", true],
])("tokens that are rejected although just renewed, with %s", (_, many) => {
  it("a rejected new token is renewed once a minute, and the calls in between send nothing", async () => {
    await using service = await startService(({ path }) =>
      path.startsWith("/token/") ? undefined : invalidToken,
    );
    const { client, clock } = clientsOf(service, many ? new MemoryKeyValueStore() : undefined);
    const first = client();
    const sixty = async () => {
      for (let call = 0; call < 60; call += 1) {
        const error = await failureOf(read(many ? client() : first));
        expect([error.name, error.sent]).toEqual(["AuthenticationError", call === 0]);
      }
    };
    await sixty();
    expect(tokenRequests(service).map(({ path }) => path)).toEqual(["/token/new/", "/token/refresh/"]);
    expect(service.asked()).toHaveLength(2);
    clock.advance({ seconds: 61 });
    await sixty();
    expect(tokenRequests(service)).toHaveLength(3);
  });
});

it("a server error or a rate limit is not a rejection of the credentials", async () => {
  for (const status of [429, 500, 503]) {
    await using service = await startService(({ path }, nth) =>
      path === "/token/new/" && nth === 1 ? { status } : undefined,
    );
    const { client } = clientsOf(service, new MemoryKeyValueStore(), { retries: 0 });
    await failureOf(read(client()));
    expect(await failureOf(read(client()))).toMatchObject({ name: "NotFoundError", sent: true });
  }
});

it("a request is sent if records are malformed, from the future or unavailable", async () => {
  await using service = await startService(({ path }) =>
    path.startsWith("/token/") ? rejection : undefined,
  );
  const future = JSON.stringify({ refused: "credentials", at: 1e15, status: 401, summary: "", detail: "" });
  const kinds: KeyValueStore[] = ["", "null", "[1]", future].map((text) => ({
    get: async (name) => (name.startsWith("refused:") ? text : undefined),
    compareAndSet: async () => true,
  }));
  const away = async () => Promise.reject(new Error("gone"));
  for (const records of [...kinds, { get: away, compareAndSet: away }]) {
    expect(await failureOf(read(clientsOf(service, records).client()))).toMatchObject({ sent: true });
  }
});
