import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  Account,
  ConfigurationError,
  GoCardlessClient,
  InvalidResponseError,
  type StandardSchemaV1,
  TimeoutError,
} from "../../../../packages/core/src/index.ts";
import { TestClock } from "../../../support/clock.ts";
import { failureOf } from "../../../support/failure.ts";
import { type Service, startService } from "../../../support/service.ts";

const IBAN = "DE89370400440532013000";

/** A schema that takes its time, as one that looks something up would. */
const slow: StandardSchemaV1<unknown, { name: string }> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: async (value) => {
      await new Promise((resolve) => setImmediate(resolve));
      const name: unknown =
        typeof value === "object" && value !== null ? Reflect.get(value, "name") : undefined;
      return typeof name === "string"
        ? { value: { name: name.toUpperCase() } }
        : { issues: [{ message: `no name in ${IBAN}`, path: [{ key: "name" }] }] };
    },
  },
};

const schemas: [string, StandardSchemaV1<unknown, { name: string }>][] = [
  ["zod", z.object({ name: z.string().toUpperCase() })],
  ["zod, asynchronously", z.object({ name: z.string().transform(async (name) => name.toUpperCase()) })],
  ["valibot", v.object({ name: v.pipe(v.string(), v.toUpperCase()) })],
  ["arktype", type({ name: type("string").pipe((name) => name.toUpperCase()) })],
  ["a hand-written schema, asynchronously", slow],
];

function clientOf({ baseUrl }: Service, cached: boolean) {
  const clock = new TestClock();
  const client = new GoCardlessClient({
    secretId: "id",
    secretKey: "key",
    baseUrl,
    cacheOptions: cached ? { backend: "memory", expireAfter: 60 } : false,
    now: clock.now,
    sleep: clock.sleep,
  });
  return { client, clock };
}

describe.each(schemas)("a schema of %s", (_, schema) => {
  it("the schema types and converts the response of get, post, put and delete, also with metadata", async () => {
    await using service = await startService(({ path }) =>
      path.startsWith("/token/") ? undefined : { body: { name: "ada", more: 1 } },
    );
    const { client } = clientOf(service, false);
    const read: { name: string } = await client.get("/x/", {}, { schema });
    const { value } = await client.withMeta.get("/x/", {}, { schema });
    const written = [
      await client.post("/x/", {}, { schema }),
      await client.put("/x/", {}, { schema }),
      await client.delete("/x/", { schema }),
      (await client.withMeta.delete("/x/", { schema })).value,
    ];
    expect([read, value, ...written].map(({ name }) => name)).toEqual(Array(6).fill("ADA"));
  });

  it("a response that does not match is rejected with the place of the problem, and no IBAN is shown", async () => {
    await using service = await startService(({ path }) =>
      path.startsWith("/token/") ? undefined : { body: { name: 5, iban: IBAN } },
    );
    const { client } = clientOf(service, true);
    const error = await failureOf(client.get("/x/", {}, { schema }));
    expect(error).toBeInstanceOf(InvalidResponseError);
    expect(error.message).toMatch(
      /^The response to GET \/x\/ \(status 200\) does not match the schema of this call \(name: /,
    );
    expect(JSON.stringify(error) + error.message).not.toContain(IBAN);
    const written = await failureOf(client.post("/x/", {}, { schema }));
    expect(written.message).toContain("The response to POST /x/ (status 200) does not match the schema");
  });

  it("a response that does not match the schema stays cached, and no further call is made", async () => {
    const balance = { balanceAmount: { amount: "1.00", currency: "EUR" } };
    const path = "/accounts/7e944232-bda9-40bc-b784-660c7ab5fe78/balances/";
    await using service = await startService((request) =>
      request.path === path ? { body: { balances: [balance] } } : undefined,
    );
    const { client } = clientOf(service, true);
    for (const options of [{}, {}, { onlyIfCached: true }]) {
      const error = await failureOf(client.get(path, {}, { schema, ...options }));
      expect(error).toBeInstanceOf(InvalidResponseError);
    }
    expect((await client.getAccountBalances("7e944232-bda9-40bc-b784-660c7ab5fe78")).balances).toEqual([
      balance,
    ]);
    expect(service.asked()).toEqual([`GET ${path}`]);
  });

  it("a schema that does not match does not affect other callers of the same request", async () => {
    await using service = await startService(({ path }) =>
      path.startsWith("/token/") ? undefined : { body: { id: "a" } },
    );
    const { client } = clientOf(service, true);
    const [failed, account, raw] = await Promise.allSettled([
      client.get("/accounts/a/", {}, { schema }),
      client.getAccount("a"),
      client.get("/accounts/a/"),
    ]);
    expect(failed.status).toBe("rejected");
    expect([account, raw]).toEqual([
      { status: "fulfilled", value: { id: "a" } },
      { status: "fulfilled", value: { id: "a" } },
    ]);
    expect(service.asked()).toEqual(["GET /accounts/a/"]);
  });

  it("the schema is applied for each of several callers that share one request", async () => {
    await using service = await startService(({ path }) =>
      path.startsWith("/token/") ? undefined : { body: { name: "ada" } },
    );
    const { client } = clientOf(service, true);
    const names = await Promise.all(
      [1, 2, 3].map(async () => (await client.get("/x/", {}, { schema })).name),
    );
    expect(names).toEqual(["ADA", "ADA", "ADA"]);
    expect(service.asked()).toEqual(["GET /x/"]);
  });
});

describe("a schema", () => {
  it("a model of the library itself can be the schema of a call", async () => {
    await using service = await startService(({ path }) =>
      path.startsWith("/token/") ? undefined : { body: { id: "a", status: "READY", more: 1 } },
    );
    const account = await clientOf(service, false).client.get("/accounts/a/", {}, { schema: Account });
    expect(account).toEqual({ id: "a", status: "READY", raw: { id: "a", status: "READY", more: 1 } });
  });

  it("a schema that never finishes is abandoned when the call times out", async () => {
    await using service = await startService(({ path }) =>
      path.startsWith("/token/") ? undefined : { body: {} },
    );
    const schema: StandardSchemaV1 = {
      "~standard": { version: 1, vendor: "test", validate: () => new Promise(() => {}) },
    };
    for (const cached of [true, false]) {
      const { client } = clientOf(service, cached);
      await expect(client.get("/x/", {}, { schema, timeout: 50 })).rejects.toBeInstanceOf(TimeoutError);
      await expect(client.post("/x/", {}, { schema, timeout: 50 })).rejects.toBeInstanceOf(TimeoutError);
    }
  });

  it("a schema that throws fails its own call only, and the response stays cached", async () => {
    await using service = await startService(({ path }) =>
      path.startsWith("/token/") ? undefined : { body: { id: "a" } },
    );
    const { client } = clientOf(service, true);
    for (const validate of [
      () => {
        throw new RangeError("mine");
      },
      () => Promise.reject(new RangeError("mine")),
    ]) {
      const schema: StandardSchemaV1 = { "~standard": { version: 1, vendor: "test", validate } };
      await expect(client.get("/accounts/a/", {}, { schema })).rejects.toThrow(new RangeError("mine"));
    }
    expect(await client.getAccount("a")).toEqual({ id: "a" });
    expect(service.asked()).toEqual(["GET /accounts/a/"]);
  });

  it("the error of a schema that does not match shows no token", async () => {
    await using service = await startService(() => undefined);
    const schema = v.object({ access: v.number() });
    const error = await failureOf(
      clientOf(service, false).client.post("/token/refresh/", { refresh: "r" }, { schema }),
    );
    expect(error).toBeInstanceOf(InvalidResponseError);
    expect(JSON.stringify(error) + error.message).not.toContain("access-2");
  });

  it.each([
    ["a JSON Schema", { type: "object", properties: {} }],
    ["a function", (value: unknown) => value],
    ["null", null],
    ["a string", "string"],
    ["an object that only looks like one", { "~standard": { version: 1 } }],
  ])("%s as a schema is a ConfigurationError, and nothing is sent", async (_, odd) => {
    await using service = await startService(() => undefined);
    const schema = odd as unknown as StandardSchemaV1;
    const error = await failureOf(clientOf(service, false).client.get("/x/", {}, { schema }));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toBe(
      "schema must be a Standard Schema (zod 4, valibot, arktype …); a JSON Schema or a plain function is not supported.",
    );
    expect(service.received).toEqual([]);
  });
});
