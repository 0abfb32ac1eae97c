import { describe, expect, it } from "vitest";
import {
  type CacheOptions,
  type ClientOptions,
  ConfigurationError,
  GoCardlessClient,
} from "../../../../packages/core/src/index.ts";
import { failureOf } from "../../../support/failure.ts";
import { type Received, type Service, startService } from "../../../support/service.ts";

const ID = "7e944232-bda9-40bc-b784-660c7ab5fe78";
const SECRET = "a-secret-of-the-gateway";

function clientOf({ baseUrl }: Service, options: Partial<ClientOptions> = {}): GoCardlessClient {
  return new GoCardlessClient({ secretId: "id", secretKey: "key", baseUrl, cacheOptions: false, ...options });
}

const languageOf = ({ headers }: Received) => headers["accept-language"];

/** A service whose bank has its name in the language that was asked for. */
const multilingual = () =>
  startService((request) =>
    request.path.startsWith("/institutions/")
      ? { body: { id: "B", name: languageOf(request) ?? "none" } }
      : undefined,
  );

it("headers of the client are sent with each request, and those of a call replace them in any case", async () => {
  await using service = await startService(() => undefined);
  const client = clientOf(service, { headers: { "Accept-Language": " de ", "X-Trace": "client" } });
  await failureOf(client.getAccount(ID, { headers: { "x-trace": "call", "User-Agent": "mine/1" } }));
  await failureOf(client.deleteRequisition(ID, { headers: { "X-TRACE": "write" } }));
  await failureOf(client.getAccount(ID));
  const sent = service.received.map(({ path, headers }) => [
    path.split("/")[1],
    ...["accept-language", "x-trace", "user-agent", "accept", "authorization"].map((name) => headers[name]),
  ]);
  const own = ["application/json", "Bearer access-1"];
  expect(sent).toEqual([
    ["token", "de", "client", "bankdata", "application/json", undefined],
    ["accounts", "de", "call", "mine/1", ...own],
    ["requisitions", "de", "write", "bankdata", ...own],
    ["accounts", "de", "client", "bankdata", ...own],
  ]);
});

it("headers are sent by a fetch of one's own, and with each page of a list", async () => {
  await using service = await startService(({ path }) => {
    if (path.startsWith("/token/")) return undefined;
    const next = path.includes("offset") ? null : `${service.baseUrl}/requisitions/?limit=100&offset=100`;
    return { body: { count: 2, next, previous: null, results: [] } };
  });
  const client = clientOf(service, { fetch: (url, init) => fetch(url, init) });
  await client.getRequisitions({ headers: { "accept-language": "fr" } });
  expect(service.received.map(languageOf).slice(-2)).toEqual(["fr", "fr"]);
});

describe("headers that cannot be sent", () => {
  it.each<[unknown, string]>([
    [{ Authorization: SECRET }, "headers must not have authorization, which the client itself decides on."],
    ...[
      "aUTHORIZATION",
      "Proxy-Authorization",
      "Host",
      "Content-Length",
      "Content-Type",
      "Transfer-Encoding",
    ].map((name): [unknown, string] => [{ [name]: SECRET }, `must not have ${name.toLowerCase()}`]),
    ...["Connection", "Accept", "Accept-Encoding", "If-None-Match", "Range", "Expect", "Upgrade"].map(
      (name): [unknown, string] => [{ [name]: SECRET }, `must not have ${name.toLowerCase()}`],
    ),
    ...["\r\n", "\n", "\r", "\0", "é", "\u2028", "\x7f"].map((odd): [unknown, string] => [
      { "x-key": `${SECRET}${odd}x` },
      "headers.x-key must be a string of printable ASCII characters, without line breaks.",
    ]),
    [{ "x-key": 5 }, "headers.x-key must be a string"],
    [{ "x-key": null }, "headers.x-key must be a string"],
    [{ "x-key": [SECRET] }, "headers.x-key must be a string"],
    [{ [`${SECRET}: x`]: "y" }, "headers has a name that no HTTP header can have."],
    [{ "": "y" }, "headers has a name that no HTTP header can have."],
    [{ "x-a": "1", "X-A": "2" }, "headers has x-a twice, in different cases."],
    [SECRET, "headers must be an object of names and values, not a string."],
    [null, "headers must be an object of names and values, not null."],
    [new Map(), "headers must be an object of names and values, not a Map."],
  ])("%j is refused by the client and by a call, and its value is not shown", async (headers, message) => {
    await using service = await startService(() => undefined);
    const untyped = headers as Record<string, string>;
    const ofCall = await failureOf(clientOf(service).getAccount(ID, { headers: untyped }));
    const ofClient = await failureOf(Promise.resolve().then(() => clientOf(service, { headers: untyped })));
    for (const error of [ofCall, ofClient]) {
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error.message).toContain(message);
      expect(error.message).not.toContain(SECRET);
    }
    expect(service.received).toEqual([]);
  });
});

it("a header's value is in no error, log line, response info or cache key, even if the service repeats it", async () => {
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  await using service = await startService(({ path, headers }) =>
    path.startsWith("/token/")
      ? undefined
      : { status: 403, body: { summary: `Bad key ${headers["x-key"]}`, detail: String(headers["x-other"]) } },
  );
  const client = clientOf(service, {
    headers: { "x-other": `${SECRET}-other` },
    cacheOptions: { backend: "memory", matchHeaders: true },
    logger: { debug: log, info: log, warn: log, error: log },
    onResponse: (info) => log(JSON.stringify(info)),
  });
  const error = await failureOf(client.getAccount(ID, { headers: { "x-key": SECRET } }));
  const { cacheKey } = await client.checkCacheStatus("GET", `/accounts/${ID}/`);
  expect(error.message).toContain("Bad key ***");
  expect(lines.length).toBeGreaterThan(1);
  expect(JSON.stringify([error, error.message, error.stack, lines, cacheKey])).not.toContain(SECRET);
});

describe("what the service repeats of a header is in no error", () => {
  const repeated = async (headers: Record<string, string>, detail: string) => {
    await using service = await startService(({ path }) =>
      path.startsWith("/token/") ? undefined : { status: 403, body: { summary: "Refused", detail } },
    );
    return (await failureOf(clientOf(service, { headers }).getAccount(ID))).message;
  };

  it.each([
    ["the key after a scheme", { "x-gateway": "Token key-0123456789" }, "key-0123456789"],
    ["the value of a cookie", { cookie: "lang=en; id=S3cr3tS3ss10n; x=1" }, "S3cr3tS3ss10n"],
    ["an item of a list", { "x-list": "one, second-item-of-list" }, "second-item-of-list"],
    ["a password after a user", { "x-proxy": "me:correct-horse" }, "correct-horse"],
    ["a short key, by its header's name", { "x-api-key": "hunter2" }, "hunter2"],
  ])("%s", async (_, headers, secret) => {
    const message = await repeated(headers, `Not with <${secret}>`);
    expect(message).toContain("Not with <***>");
  });

  it("but what is short, or the name of the program, stays readable", async () => {
    const headers = { "accept-language": "de", "user-agent": "my-program-for-banks/1.0" };
    const message = await repeated(headers, "my-program-for-banks/1.0 is outdated");
    expect(message).toContain("my-program-for-banks/1.0 is outdated");
  });
});

it("an id that the caller gave the request is the error's, if the service repeats it", async () => {
  const id = "01234567-89ab-4cde-8f01-23456789abcd";
  await using service = await startService(({ path, headers }) =>
    path.startsWith("/token/")
      ? undefined
      : { status: 403, body: {}, headers: { "x-request-id": String(headers["x-request-id"]) } },
  );
  const error = await failureOf(clientOf(service).getAccount(ID, { headers: { "X-Request-Id": id } }));
  expect(error).toHaveProperty("requestId", id);
});

describe("matchHeaders", () => {
  const german = { headers: { "Accept-Language": "de" } };
  const french = { headers: { "accept-language": "fr" } };
  const names = async (cacheOptions: CacheOptions | false, calls: { headers?: Record<string, string> }[]) => {
    await using service = await multilingual();
    const client = clientOf(service, { cacheOptions });
    const read: string[] = [];
    for (const options of calls) read.push((await client.getInstitution("B", options)).name);
    return [...read, `${service.asked().length} sent`];
  };
  const backend = "memory" as const;

  it("responses to requests with different headers are kept apart with true, or if the list has the header", async () => {
    const calls = [german, french, german, {}, french, { headers: { "ACCEPT-LANGUAGE": "de" } }];
    const apart = ["de", "fr", "de", "none", "fr", "de", "3 sent"];
    expect(await names({ backend, matchHeaders: true }, calls)).toEqual(apart);
    expect(await names({ backend, matchHeaders: ["X-Other", "Accept-Language"] }, calls)).toEqual(apart);
  });

  it("a response serves any headers with false, the default, or if the list does not have them", async () => {
    const calls = [german, french, {}];
    const same = ["de", "de", "de", "1 sent"];
    expect(await names({ backend, matchHeaders: false }, calls)).toEqual(same);
    expect(await names({ backend }, calls)).toEqual(same);
    expect(await names({ backend, matchHeaders: ["x-other"] }, calls)).toEqual(same);
    expect(await names({ backend, matchHeaders: [] }, calls)).toEqual(same);
  });

  it("requests at the same time are one request under the same rules, and without a cache if their headers are equal", async () => {
    const together = async (cacheOptions: CacheOptions | false) => {
      await using service = await multilingual();
      const client = clientOf(service, { cacheOptions });
      const calls = [german, french, german].map((options) => client.getInstitution("B", options));
      return [...(await Promise.all(calls)).map(({ name }) => name), `${service.asked().length} sent`];
    };
    expect(await together({ backend, matchHeaders: true })).toEqual(["de", "fr", "de", "2 sent"]);
    expect(await together({ backend })).toEqual(["de", "de", "de", "1 sent"]);
    expect(await together(false)).toEqual(["de", "fr", "de", "2 sent"]);
  });

  it("the key counts the client's headers, and is the same as ever without headers that count", async () => {
    await using service = await multilingual();
    const keyOf = async (options: Partial<ClientOptions>) =>
      (await clientOf(service, options).checkCacheStatus("GET", "/institutions/B/")).cacheKey;
    const plain = await keyOf({ cacheOptions: { backend } });
    expect(await keyOf({ cacheOptions: { backend, matchHeaders: true } })).toBe(plain);
    expect(await keyOf({ ...german, cacheOptions: { backend } })).toBe(plain);
    expect(await keyOf({ ...german, cacheOptions: { backend, matchHeaders: ["x-other"] } })).toBe(plain);
    expect(await keyOf({ ...german, cacheOptions: { backend, matchHeaders: true } })).not.toBe(plain);
    const client = clientOf(service, { ...german, cacheOptions: { backend, matchHeaders: true } });
    await client.getInstitution("B");
    expect(await client.checkCacheStatus("GET", "/institutions/B/")).toMatchObject({ keyExists: true });
    expect(await client.cache?.has("/institutions/B/")).toBe(true);
  });

  it("a renewal in the background is sent with the headers of the call that started it", async () => {
    await using service = await multilingual();
    let now = Date.parse("2026-11-23T09:00:00Z");
    const client = clientOf(service, {
      now: () => now,
      cacheOptions: { backend, matchHeaders: true, expireAfter: 60, staleWhileRevalidate: true },
    });
    await client.getInstitution("B", french);
    now += 61_000;
    await client.getInstitution("B", french);
    await client.close();
    expect(service.received.map(languageOf).slice(-2)).toEqual(["fr", "fr"]);
  });
});
