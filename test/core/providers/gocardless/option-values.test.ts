import { describe, expect, it } from "vitest";
import {
  ConfigurationError,
  GoCardlessClient,
  InvalidRequestError,
} from "../../../../packages/core/src/index.ts";
import { startSandbox } from "../../../../packages/sandbox/src/index.ts";
import { failureOf } from "../../../support/failure.ts";
import { startService } from "../../../support/service.ts";
import { untyped } from "../../../support/untyped.ts";

const ID = "7e944232-bda9-40bc-b784-660c7ab5fe78";
const credentials = { secretId: "id", secretKey: "key" };

function errorOfClient(...options: readonly unknown[]): Error {
  try {
    Reflect.construct(GoCardlessClient, options);
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error("the client was expected to refuse its options");
}

describe("an option of the client with a value that it cannot take", () => {
  const functions = ["fetch", "now", "sleep", "random", "onResponse"];
  const flags = ["allowHttp", "quota"];
  it.each<[object, string]>([
    [
      { timeout: "5s" },
      'timeout must be a number of milliseconds above 0, or an object with perTry and perCall, not "5s".',
    ],
    [
      { timeout: 0 },
      "timeout must be a number of milliseconds above 0, or an object with perTry and perCall, not 0.",
    ],
    [{ timeout: Number.NaN }, "timeout must be a number of milliseconds above 0, "],
    [{ timeout: { perTry: "1s" } }, 'timeout.perTry must be a number of milliseconds above 0, not "1s".'],
    [{ timeout: { perCall: -1 } }, "timeout.perCall must be a number of milliseconds above 0, not -1."],
    [{ retries: "2" }, "retries must be a number of at least 0, or an object with limit, "],
    [{ retries: -1 }, "retries must be a number of at least 0, "],
    [{ retries: { firstDelay: "1" } }, 'retries.firstDelay must be a number of at least 0, not "1".'],
    [{ maxResponseBytes: "1MB" }, 'maxResponseBytes must be a number of bytes of at least 1, not "1MB".'],
    [{ maxResponseBytes: 0 }, "maxResponseBytes must be a number of bytes of at least 1, not 0."],
    ...functions.map((name): [object, string] => [{ [name]: 5 }, `${name} must be a function, not 5.`]),
    ...functions.map((name): [object, string] => [
      { [name]: {} },
      `${name} must be a function, not an object.`,
    ]),
    ...flags.map((name): [object, string] => [
      { [name]: "yes" },
      `${name} must be true or false, not "yes".`,
    ]),
    ...flags.map((name): [object, string] => [{ [name]: 1 }, `${name} must be true or false, not 1.`]),
    [
      { logger: {} },
      "logger must be an object with the methods debug, info, warn, error, such as console, not an object.",
    ],
    [{ logger: { info() {}, warn() {} } }, "logger must be an object with the methods"],
    [
      { logger: true },
      "logger must be an object with the methods debug, info, warn, error, such as console, not true.",
    ],
    [{ tokenStore: {} }, "tokenStore must be an object with the methods load and save, not an object."],
    [{ tokenStore: "file" }, 'tokenStore must be an object with the methods load and save, not "file".'],
    [{ signal: {} }, "signal must be an AbortSignal, such as controller.signal, not an object."],
    [
      { signal: new AbortController() },
      "signal must be an AbortSignal, such as controller.signal, not an AbortController.",
    ],
    [{ baseUrl: 5 }, "baseUrl must be a string, an http or https URL, not 5."],
    [{ cacheOptions: 5 }, "cacheOptions must be an object, or false for no cache, not 5."],
    [{ cacheOptions: true }, "cacheOptions must be an object, or false for no cache, not true."],
    [{ secretKey: 5 }, "secretKey must be a string, not 5."],
    ...[
      "timeout",
      "retries",
      "fetch",
      "now",
      "logger",
      "quota",
      "cacheOptions",
      "tokenStore",
      "signal",
      "baseUrl",
      "secretId",
    ].map((name): [object, string] => [{ [name]: null }, `${name} must be`]),
  ])("%o is a ConfigurationError that says what was meant", (options, message) => {
    expect(errorOfClient({ ...credentials, ...options }).message).toContain(message);
  });

  it("undefined is the same as no option", () => {
    const options = {
      timeout: undefined,
      fetch: undefined,
      logger: undefined,
      headers: undefined,
      cacheOptions: false,
    };
    expect(() => new GoCardlessClient(untyped({ ...credentials, ...options }))).not.toThrow();
    expect(
      () => new GoCardlessClient({ ...credentials, logger: console, cacheOptions: false }),
    ).not.toThrow();
  });

  it.each([[["my-secret-id", "my-secret-key"]], [[]], [[null]], [[["my-secret-id", "my-secret-key"]]]])(
    "anything but one object is told how a client is made: %j",
    (given) => {
      const { message } = errorOfClient(...given);
      expect(message).toMatch(
        /^GoCardlessClient takes one object, not .*: new GoCardlessClient\(\{ secretId, secretKey \}\)\.$/,
      );
      expect(message).not.toContain("my-secret");
    },
  );

  it("credentials in snake case are told their names, and no long text is shown", () => {
    expect(errorOfClient({ secret_id: "my-secret-id", secret_key: "my-secret-key" }).message).toBe(
      'Unknown option "secret_id" in the options of GoCardlessClient: did you mean secretId?',
    );
    const misplaced = ["timeout", "tokenStore", "logger", "fetch", "quota", "signal", "cacheOptions"];
    for (const name of misplaced) {
      const { message } = errorOfClient({ ...credentials, [name]: "my-secret-key" });
      expect(message).toMatch(/, not a string\.$/);
    }
    const { message } = errorOfClient({
      ...credentials,
      cacheOptions: { backend: "redis://:my-secret-key@host" },
    });
    expect(message).toBe(
      'cacheOptions.backend must be "sqlite", "memory" or a Keyv storage adapter, not a string.',
    );
  });
});

it.each<[object, string]>([
  [{ backend: {} }, 'backend must be "sqlite", "memory" or a Keyv storage adapter, not an object.'],
  [{ cacheName: 5 }, "cacheName must be a name or a path, not 5."],
  [{ expireAfter: "1h" }, 'expireAfter must be a number of seconds of at least 0, or "forever", not "1h".'],
  [
    { expireAfter: Number.NaN },
    'expireAfter must be a number of seconds of at least 0, or "forever", not NaN.',
  ],
  [{ expireAfter: -1 }, 'expireAfter must be a number of seconds of at least 0, or "forever", not -1.'],
  [
    { matchHeaders: "accept-language" },
    "matchHeaders must be true, false, or a list of names of headers, not a string.",
  ],
  [
    { matchHeaders: ["accept language"] },
    "matchHeaders must be true, false, or a list of names of headers, not an Array.",
  ],
  [{ oldDataOnError: "1h" }, "oldDataOnError must be true, false, or a number of seconds of at least 0"],
  [{ staleWhileRevalidate: null }, "staleWhileRevalidate must be true, false, or a number"],
  [{ cacheControl: 1 }, "cacheControl must be true or false, not 1."],
  [{ urlsExpireAfter: { "*": 5 } }, "urlsExpireAfter must be a list of [pattern, time]"],
  [{ urlsExpireAfter: [["*", "1h"]] }, "urlsExpireAfter must be a list of [pattern, time]"],
  [{ urlsExpireAfter: [[5, 5]] }, "urlsExpireAfter must be a list of [pattern, time]"],
  [{ ignoredParameters: "trace" }, 'ignoredParameters must be a list of names of parameters, not "trace".'],
  [{ filter: "all" }, 'filter must be a function, not "all".'],
  [{ maxBytes: "1GB" }, 'maxBytes must be a number of bytes above 0, not "1GB".'],
])(
  "an option of the cache with a value that it cannot take is a ConfigurationError: %o",
  (options, message) => {
    expect(errorOfClient({ ...credentials, cacheOptions: options }).message).toContain(
      `cacheOptions.${message}`,
    );
  },
);

it.each<[object, string]>([
  [{ timeout: "5s" }, 'timeout must be a number of milliseconds above 0, not "5s".'],
  [{ timeout: { perTry: 5 } }, "timeout must be a number of milliseconds above 0, not an object."],
  [{ timeout: null }, "timeout must be a number of milliseconds above 0, not null."],
  [{ signal: {} }, "signal must be an AbortSignal"],
  [{ onResponse: 5 }, "onResponse must be a function, not 5."],
  [{ force: "yes" }, 'force must be true or false, not "yes".'],
  [{ refresh: 1 }, "refresh must be true or false, not 1."],
  [{ forceRefresh: null }, "forceRefresh must be true or false, not null."],
  [{ onlyIfCached: "true" }, 'onlyIfCached must be true or false, not "true".'],
])("a call option with a value that it cannot take sends nothing: %o", async (options, message) => {
  await using service = await startService(() => undefined);
  const client = new GoCardlessClient({ ...credentials, baseUrl: service.baseUrl, cacheOptions: false });
  for (const call of [
    client.getAccountBalances(ID, untyped(options)),
    client.getAllAccounts(untyped(options)),
    client.get("/x/", {}, untyped(options)),
    client.iterateRequisitions(untyped(options)).next(),
  ]) {
    const error = await failureOf(call);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain(message);
  }
  expect(service.received).toEqual([]);
});

describe("an argument of the wrong kind", () => {
  it.each<[string, (client: GoCardlessClient) => Promise<unknown>, string]>([
    [
      "a range",
      (client) => client.getAccountTransactions(ID, untyped(30)),
      "the range, such as { daysBack: 90 }, must be an object, not a number.",
    ],
    [
      "a range",
      (client) => client.getAccountTransactions(ID, untyped("2026-01-01")),
      "must be an object, not a string.",
    ],
    ["a range", (client) => client.getAccountTransactions(ID, untyped(null)), "must be an object, not null."],
    [
      "an id",
      (client) => client.getAccountBalances(untyped({ id: ID })),
      "an object is not a valid account id",
    ],
    ["an id", (client) => client.getAccount(untyped(5)), "a number is not a valid account id"],
    [
      "an id",
      (client) => client.deleteRequisition(untyped(undefined)),
      "undefined is not a valid requisition id",
    ],
    [
      "options",
      (client) => client.getRequisitions(untyped(5)),
      "the call options must be an object, not a number.",
    ],
    [
      "options",
      (client) => client.getAccount(ID, untyped("refresh")),
      "the call options must be an object, not a string.",
    ],
    [
      "options",
      (client) => client.getAccount(ID, untyped(null)),
      "the call options must be an object, not null.",
    ],
    [
      "a filter",
      (client) => client.getInstitutions(untyped(5)),
      "the filter, unless it is a country, must be an object, not a number.",
    ],
    ["a filter", (client) => client.getInstitutions(untyped(null)), "must be an object, not null."],
    ["a country", (client) => client.listBanks(untyped(5)), "country"],
    ["a page", (client) => client.getRequisitionsPaginated(untyped(5)), "request"],
    ["a path", (client) => client.get(untyped({ path: "/x/" })), "path must be a string"],
    ["a query", (client) => client.get("/x/", untyped("a=1")), "the query must be an object, not a string."],
    ["a body", (client) => client.post("/x/", untyped("text")), "the body must be an object, not a string."],
    ["a body", (client) => client.put("/x/", untyped(null)), "the body must be an object, not null."],
    ["a request", (client) => client.createRequisition(untyped("N26_NTSBDEB1")), "request"],
  ])("%s is refused before anything is sent (%#)", async (_, make, message) => {
    await using service = await startService(() => undefined);
    const error = await failureOf(
      make(new GoCardlessClient({ ...credentials, baseUrl: service.baseUrl, cacheOptions: false })),
    );
    expect([ConfigurationError, InvalidRequestError]).toContain(error.constructor);
    expect(error.message).toContain(message);
    expect(service.received).toEqual([]);
  });

  it.each<[object, string]>([
    [
      { match: "/accounts/*", expird: true },
      'Unknown option "expird" in the selection: did you mean expired?',
    ],
    [{ olderThan: Number.NaN }, "olderThan must be a number of seconds of at least 0, not NaN."],
    [{ olderThan: "1h" }, 'olderThan must be a number of seconds of at least 0, not "1h".'],
    [{ expired: 1 }, "expired must be true or false, not 1."],
    [{ match: 5 }, "match must be a path or a regular expression, not 5."],
  ])("cache.delete deletes nothing for a selection that cannot work: %o", async (selection, message) => {
    await using sandbox = await startSandbox();
    const client = new GoCardlessClient({ ...sandbox.clientOptions(), cacheOptions: { backend: "memory" } });
    await client.getInstitutions("GB");
    const error = await failureOf(client.cache?.delete(selection) ?? Promise.resolve());
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toBe(message);
    expect(await client.cache?.count()).toBe(1);
  });
});

describe("the clock", () => {
  const time = "2026-11-23T09:00:00.000Z";

  it.each([
    ["a Date", () => new Date(time)],
    ["a time in ISO 8601", () => time],
    ["milliseconds", () => Date.parse(time)],
  ])("returns %s", async (_, now) => {
    await using sandbox = await startSandbox({ now: time });
    const { baseUrl } = sandbox;
    const client = new GoCardlessClient({
      ...sandbox.credentials,
      baseUrl,
      now,
      cacheOptions: { backend: "memory" },
    });
    const { meta } = await client.withMeta.getInstitutions("GB");
    expect(meta.createdAt).toEqual(new Date(time));
  });

  it("the clock of a sandbox is the client's with clientOptions, so that what expires there expires here", async () => {
    await using sandbox = await startSandbox({ now: time });
    const client = new GoCardlessClient({ ...sandbox.clientOptions(), cacheOptions: { backend: "memory" } });
    const readAt = async () =>
      (await client.withMeta.getInstitution("N26_NTSBDEB1")).meta.createdAt.toISOString();
    sandbox.advanceTime({ hours: 23 });
    expect(await readAt()).toBe("2026-11-24T08:00:00.000Z");
    sandbox.advanceTime({ days: 2 });
    expect(await readAt()).toBe("2026-11-26T08:00:00.000Z");
    expect(sandbox.clientOptions()).toMatchObject({ ...sandbox.credentials, baseUrl: sandbox.baseUrl });
  });

  it.each<[unknown, string]>([
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "Infinity"],
    [9e15, "9000000000000000"],
    [new Date(Number.NaN), "an invalid Date"],
    ["soon", "this text"],
    ["1764000000000", "this text"],
    [undefined, "undefined"],
    [null, "null"],
    [{}, "an object"],
    [Promise.resolve(5), "a Promise"],
  ])(
    "that returns %o is a ConfigurationError once it is used, before anything is sent",
    async (value, shown) => {
      await using service = await startService(() => undefined);
      const client = new GoCardlessClient({
        ...credentials,
        baseUrl: service.baseUrl,
        cacheOptions: { backend: "memory" },
        now: untyped(() => value),
      });
      for (const call of [client.getAccount(ID), client.getAccountTransactions(ID), client.quota(ID)]) {
        const error = await failureOf(call);
        expect(error).toBeInstanceOf(ConfigurationError);
        expect(error.message).toBe(
          `now must return a valid time (a Date, a text in ISO 8601, or milliseconds since 1970), not ${shown}.`,
        );
      }
      expect(service.received).toEqual([]);
    },
  );
});
