import { execFile } from "node:child_process";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  ApiError,
  ConfigurationError,
  InvalidResponseError,
  NotFoundError,
  RateLimitError,
} from "../../../packages/core/src/base/errors.ts";
import { type ClientOptions, GoCardlessClient } from "../../../packages/core/src/index.ts";
import { clientSettingsFrom } from "../../../packages/core/src/providers/gocardless/client-options.ts";
import { TestClock } from "../../support/clock.ts";
import { type Reply, type Service, startService } from "../../support/service.ts";

const ACCOUNT = "7e944232-bda9-40bc-b784-660c7ab5fe78";
const MEGABYTE = 1024 * 1024;

const answering = (reply: Reply) =>
  startService((request) => (request.path.startsWith("/token/") ? undefined : reply));

function clientOf(service: Pick<Service, "baseUrl">, options: Partial<ClientOptions> = {}) {
  const clock = new TestClock();
  const client = new GoCardlessClient({
    secretId: "the-secret-id",
    secretKey: "the-secret-key",
    baseUrl: service.baseUrl,
    cacheOptions: false,
    now: clock.now,
    sleep: clock.sleep,
    random: () => 0,
    ...options,
  });
  return { client, clock };
}

const errorOf = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

/** Sends a body without its length. */
const inChunks =
  (status: number, chunks: Iterable<string | Buffer>, headers: Record<string, string> = {}) =>
  (_: unknown, response: ServerResponse) => {
    response.on("error", () => {});
    response.writeHead(status, headers);
    for (const chunk of chunks) response.write(chunk);
    response.end();
  };

/** Sends for as long as the client reads, and reports when it has disconnected. */
function withoutEnd(status: number) {
  const gone = Promise.withResolvers<void>();
  const reply = (_: unknown, response: ServerResponse) => {
    response.on("error", () => {});
    response.on("close", () => gone.resolve());
    response.writeHead(status);
    const more = () => {
      while (!response.destroyed && response.write("x".repeat(65_536)));
    };
    response.on("drain", more);
    more();
  };
  return { reply, gone: gone.promise };
}

describe("a response longer than maxResponseBytes", () => {
  const balances = { balances: [], filler: "y".repeat(100_000) };
  const length = JSON.stringify(balances).length;

  it("a longer response is neither used nor requested again, but one of exactly the maximum is used", async () => {
    await using service = await answering({ body: balances });
    const exact = clientOf(service, { maxResponseBytes: length });
    expect((await exact.client.getAccountBalances(ACCOUNT)).balances).toHaveLength(0);
    const { client } = clientOf(service, { maxResponseBytes: length - 1 });
    const error = await errorOf(client.getAccountBalances(ACCOUNT));
    expect(error).toBeInstanceOf(InvalidResponseError);
    expect(error).toMatchObject({ status: 200 });
    expect(String(error)).toContain(`is longer than ${length - 1} bytes (maxResponseBytes)`);
    expect(service.asked()).toHaveLength(2);
  });

  it.each<[string, (text: Buffer) => Buffer]>([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
  ])(
    "the size is measured after decompression of %s, regardless of the length in the headers",
    async (encoding, pack) => {
      const packed = pack(Buffer.alloc(20 * MEGABYTE, " "));
      const headers = { "content-encoding": encoding, "content-length": String(packed.length) };
      await using service = await answering(inChunks(200, [packed], headers));
      const { client } = clientOf(service, { maxResponseBytes: MEGABYTE });
      expect(packed.length).toBeLessThan(MEGABYTE / 10);
      expect(await errorOf(client.getAccountBalances(ACCOUNT))).toBeInstanceOf(InvalidResponseError);
      expect(service.asked()).toHaveLength(1);
    },
  );

  it("reading stops at the limit if the response never ends", async () => {
    const { reply, gone } = withoutEnd(200);
    await using service = await answering(reply);
    const { client } = clientOf(service, { maxResponseBytes: MEGABYTE });
    expect(await errorOf(client.getAccountBalances(ACCOUNT))).toBeInstanceOf(InvalidResponseError);
    await gone;
    expect(service.asked()).toHaveLength(1);
  });

  it("a longer response is not replaced by a stale one, and counts as a call", async () => {
    let long = false;
    await using service = await startService((request) => {
      if (request.path.startsWith("/token/")) return undefined;
      const headers = {
        http_x_ratelimit_account_success_limit: "4",
        http_x_ratelimit_account_success_remaining: long ? "2" : "3",
        http_x_ratelimit_account_success_reset: "80000",
      };
      return { body: long ? balances : { balances: [] }, headers };
    });
    const { client, clock } = clientOf(service, {
      maxResponseBytes: length - 1,
      cacheOptions: { backend: "memory", expireAfter: 60 },
    });
    await client.getAccountBalances(ACCOUNT);
    clock.advance({ hours: 1 });
    long = true;
    expect(await errorOf(client.getAccountBalances(ACCOUNT))).toBeInstanceOf(InvalidResponseError);
    expect((await client.quota(ACCOUNT)).balances).toMatchObject({ limit: 4, remaining: 2 });
  });

  it("nothing of a token endpoint's body is shown, as it may be a token", async () => {
    const access = "eyJ-a-token-that-nobody-may-see";
    await using service = await startService((request) =>
      request.path === "/token/new/"
        ? { body: { access, refresh: "refresh-1", filler: balances.filler } }
        : undefined,
    );
    const { client } = clientOf(service, { maxResponseBytes: 1000 });
    const error = await errorOf(client.getAccountBalances(ACCOUNT));
    expect(error).toBeInstanceOf(InvalidResponseError);
    expect(error).toMatchObject({ bodyStart: "" });
    expect(String(error)).not.toContain(access);
  });

  it("maxResponseBytes must be a number of bytes, and is capped at the longest string", () => {
    const credentials = { secretId: "id-1", secretKey: "key-1" };
    for (const maxResponseBytes of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => clientSettingsFrom({ ...credentials, maxResponseBytes })).toThrow(ConfigurationError);
    }
    expect(clientSettingsFrom(credentials).maxResponseBytes).toBe(64 * MEGABYTE);
    expect(clientSettingsFrom({ ...credentials, maxResponseBytes: 1e15 }).maxResponseBytes).toBeLessThan(
      2 ** 30,
    );
  });
});

describe("the body of an error response", () => {
  it.each<[number, number]>([
    [502, 3],
    [404, 1],
    [429, 3],
  ])(
    "an endless error body is cut, and status %i decides how often the request is tried",
    async (status, tries) => {
      const { reply, gone } = withoutEnd(status);
      await using service = await answering(reply);
      const { client } = clientOf(service, { quota: false });
      const error = await errorOf(client.getAccountBalances(ACCOUNT));
      expect(error).toMatchObject({ status });
      expect(error).toBeInstanceOf(ApiError);
      await gone;
      expect(service.asked()).toHaveLength(tries);
    },
  );

  it("a truncated error body yields what precedes the truncation", async () => {
    const body = `{"summary":"Rate limit exceeded","detail":"The rate limit for this resource is 4/day. Please try again in 500 seconds","filler":["${"z".repeat(90_000)}`;
    await using service = await answering(inChunks(429, [body]));
    const { client, clock } = clientOf(service);
    const error = await errorOf(client.getAccountBalances(ACCOUNT));
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error).toMatchObject({
      summary: "Rate limit exceeded",
      scope: "balances",
      resetAt: new Date(clock.now() + 500_000),
    });
  });

  it("the status decides if an error body breaks off or cannot be decompressed", async () => {
    for (const broken of [
      (_: unknown, response: ServerResponse) => {
        response.writeHead(404, { "content-length": "1000" });
        response.write('{"summary":"Not found.","detail":"Not fo');
        setImmediate(() => response.destroy());
      },
      inChunks(404, ["no gzip at all"], { "content-encoding": "gzip" }),
    ]) {
      await using service = await answering(broken);
      const error = await errorOf(clientOf(service).client.getAccountBalances(ACCOUNT));
      expect(error).toBeInstanceOf(NotFoundError);
      expect(service.asked()).toHaveLength(1);
    }
  });

  it("a stale response is used after 5xx, however long the error body is", async () => {
    let down = false;
    const { reply } = withoutEnd(503);
    await using service = await startService((request) => {
      if (request.path.startsWith("/token/")) return undefined;
      return down ? reply : { body: { balances: [] } };
    });
    const { client, clock } = clientOf(service, { cacheOptions: { backend: "memory", expireAfter: 60 } });
    await client.getAccountBalances(ACCOUNT);
    clock.advance({ hours: 1 });
    down = true;
    const { meta } = await client.withMeta.getAccountBalances(ACCOUNT);
    expect(meta.stale).toBe(true);
  });

  it("the limit of error bodies also applies to a token endpoint", async () => {
    const { reply, gone } = withoutEnd(401);
    await using service = await startService((request) =>
      request.path === "/token/new/" ? reply : undefined,
    );
    const error = await errorOf(clientOf(service).client.getAccountBalances(ACCOUNT));
    expect(error).toMatchObject({ name: "AuthenticationError", status: 401 });
    await gone;
  });
});

describe("a process that is sent a bomb", () => {
  const run = promisify(execFile);
  const of = (character: string, megabytes: number) =>
    Buffer.concat(
      new Array<Buffer>(megabytes).fill(gzipSync(Buffer.alloc(MEGABYTE, character), { level: 9 })),
    );

  it.each<[string, number, Buffer, string]>([
    ["2 GB of blanks", 200, of(" ", 2048), "InvalidResponseError"],
    ["2 GB of blanks behind a 502", 502, of(" ", 2048), "ApiError"],
    ["60 MB of open brackets", 200, of("[", 60), "InvalidResponseError"],
    ["60 MB of empty lists", 200, of("[],", 60), "InvalidResponseError"],
  ])("a process that is sent a bomb takes less than 450 MB: %s", async (_, status, packed, outcome) => {
    await using service = await answering(inChunks(status, [packed], { "content-encoding": "gzip" }));
    const env = { ...process.env, BASE_URL: service.baseUrl, ACCOUNT, HOW: "memory" };
    const script = join(import.meta.dirname, "one-process.ts");
    const [name, kilobytes] = (await run(process.execPath, [script], { env })).stdout.split("\n");
    expect(name).toBe(outcome);
    expect(Number(kilobytes)).toBeGreaterThan(10_000);
    expect(Number(kilobytes)).toBeLessThan(450_000);
  });
});
