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
  it("types and converts the response of get, post, put and delete, also with metadata", async () => {
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

  it("rejects another response with the place of the problem, which is not cached and shows no IBAN", async () => {
    let name: unknown = 5;
    await using service = await startService(({ path }) =>
      path.startsWith("/token/") ? undefined : { body: { name, iban: IBAN } },
    );
    const { client } = clientOf(service, true);
    const error = await failureOf(client.get("/x/", {}, { schema }));
    expect(error).toBeInstanceOf(InvalidResponseError);
    expect(error.message).toMatch(
      /^The response to GET \/x\/ \(status 200\) does not match the expected shape \(name: /,
    );
    expect(JSON.stringify(error) + error.message).not.toContain(IBAN);
    expect(await client.cache?.count()).toBe(0);
    name = "ada";
    expect((await client.get("/x/", {}, { schema })).name).toBe("ADA");
    expect(await client.cache?.count()).toBe(1);
    expect((await client.get("/x/", {}, { schema, onlyIfCached: true })).name).toBe("ADA");
    expect(service.asked()).toEqual(["GET /x/", "GET /x/"]);
  });

  it("reads the response for each of several callers that share one request", async () => {
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
  it("may be a model of the library itself", async () => {
    await using service = await startService(({ path }) =>
      path.startsWith("/token/") ? undefined : { body: { id: "a", status: "READY", more: 1 } },
    );
    const account = await clientOf(service, false).client.get("/accounts/a/", {}, { schema: Account });
    expect(account).toEqual({ id: "a", status: "READY", raw: { id: "a", status: "READY", more: 1 } });
  });

  it("that never finishes is left when the call's time is up", async () => {
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

  it.each([
    ["a JSON Schema", { type: "object", properties: {} }],
    ["a function", (value: unknown) => value],
    ["null", null],
    ["a text", "string"],
    ["an object that only looks like one", { "~standard": { version: 1 } }],
  ])("that is %s is a ConfigurationError, and nothing is sent", async (_, odd) => {
    await using service = await startService(() => undefined);
    const schema = odd as unknown as StandardSchemaV1;
    const error = await failureOf(clientOf(service, false).client.get("/x/", {}, { schema }));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain("schema must be a Standard Schema");
    expect(service.received).toEqual([]);
  });
});
