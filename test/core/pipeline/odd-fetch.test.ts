import vm from "node:vm";
import { describe, expect, it } from "vitest";
import { ConfigurationError, ConnectionError, GoCardlessClient } from "../../../packages/core/src/index.ts";
import { TestClock } from "../../support/clock.ts";
import { failureOf } from "../../support/failure.ts";

/** The error of a call whose `fetch` does this. */
async function failureWith(fetch: () => Promise<unknown>) {
  const { now, sleep } = new TestClock();
  const options = { secretId: "id", secretKey: "key", cacheOptions: false, retries: 0, now, sleep, fetch };
  const client: GoCardlessClient = Reflect.construct(GoCardlessClient, [options]);
  return await failureOf(client.getIntegrations());
}

const member = (name: string, value: unknown) => Object.defineProperty(new Error("lost"), name, { value });

describe("whatever a fetch throws is a ConnectionError with a cause in words", () => {
  it.each([
    ["an error without a message", member("message", undefined), "unknown reason"],
    ["an error whose message is an object", member("message", { errors: [] }), "unknown reason"],
    ["an error whose name is an object", member("name", Object.create(null)), "lost"],
    ["an error whose name is a symbol", member("name", Symbol("name")), "lost"],
    ["a text", "reset", "reset"],
    ["an object", { message: "of no class" }, "unknown reason"],
  ])("%s", async (_, thrown, reason) => {
    const error = await failureWith(() => Promise.reject(thrown));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ cause: { message: reason } });
    expect(error.message).toContain(`(${reason})`);
  });

  it("an error of another realm, as in a test runner, is read like any other", async () => {
    const thrown: unknown = vm.runInNewContext(
      `new TypeError("fetch failed", { cause: Object.assign(new Error("refused"), { code: "ECONNREFUSED" }) })`,
    );
    const error = await failureWith(() => Promise.reject(thrown));
    expect(error).toMatchObject({ code: "ECONNREFUSED", sent: false });
    expect(error.cause).toMatchObject({ name: "TypeError", cause: { message: "refused" } });
  });
});

it.each([
  ["undefined", undefined],
  ["null", null],
  ["a string", "{}"],
  ["an object", { status: 200, headers: {}, text: async (): Promise<string> => "{}" }],
  ["an object", { status: "200", headers: new Headers(), text: async (): Promise<string> => "{}" }],
])("a fetch that returns %s is a ConfigurationError", async (kind, returned) => {
  const error = await failureWith(async () => returned);
  expect(error).toBeInstanceOf(ConfigurationError);
  expect(error.message).toBe(`fetch must return a Response, not ${kind}.`);
});
