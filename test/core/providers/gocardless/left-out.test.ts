import { describe, expect, it } from "vitest";
import { GoCardlessClient, InvalidResponseError } from "../../../../packages/core/src/index.ts";
import { type Received, type Reply, startService } from "../../../support/service.ts";

const ID = "7e944232-bda9-40bc-b784-660c7ab5fe78";

/** A client of a service that replies as a test says, with its warnings. */
async function clientOf(replyTo: (request: Received) => Reply | undefined) {
  const service = await startService(replyTo);
  const warnings: string[] = [];
  const client = new GoCardlessClient({
    secretId: "id",
    secretKey: "key",
    baseUrl: service.baseUrl,
    cacheOptions: { backend: "memory" },
    logger: { debug() {}, info() {}, warn: (line) => warnings.push(line), error() {} },
  });
  return { client, warnings, [Symbol.asyncDispose]: () => service[Symbol.asyncDispose]() };
}

describe("an account id that cannot be understood", () => {
  const agreements = { body: { count: 0, next: null, results: [] } };

  it.each<[string, unknown, number, string[]]>([
    ["an object", { a: 1 }, 1, []],
    ["a flag", false, 1, []],
    ["a list in a list", [["x"]], 1, []],
    ["odd items among good ones", ["one", null, {}, []], 3, ["one"]],
    ["nothing odd", ["one"], 0, ["one"]],
    ["null", null, 0, []],
  ])("unreadable account ids are counted: %s", async (_, accounts, missing, readable) => {
    await using served = await clientOf(({ path }) => {
      if (path.startsWith("/requisitions/")) {
        return { body: { next: null, results: [{ id: "r1", status: "LN", accounts }] } };
      }
      if (path.startsWith("/agreements/")) return agreements;
      return path.startsWith("/accounts/")
        ? { body: { id: path.split("/")[2], status: "READY" } }
        : undefined;
    });
    const all = await served.client.getAllAccounts();
    expect(all.map(({ id }) => id)).toEqual(readable);
    expect(all.unreadable.map(({ list, index, reason }) => ({ list, index, reason }))).toEqual(
      missing === 0 ? [] : [{ list: "requisitions", index: 0, reason: `accounts: ${missing} without an id` }],
    );
    expect(served.warnings.length).toBe(missing === 0 ? 0 : 1);
  });
});

it("access has no end if the agreement was accepted on a day that does not exist", async () => {
  await using served = await clientOf(({ path }) => {
    if (path.startsWith("/requisitions/")) {
      const results = [{ id: "r1", status: "LN", agreement: "e1", accounts: ["one"] }];
      return { body: { next: null, results } };
    }
    if (path.startsWith("/agreements/"))
      return {
        body: { next: null, results: [{ id: "e1", accepted: "2026-02-31", access_valid_for_days: 90 }] },
      };
    return path.startsWith("/accounts/") ? { body: { id: "one", status: "READY" } } : undefined;
  });
  expect(await served.client.getAllAccounts()).toMatchObject([{ id: "one", access_valid_until: null }]);
});

describe("a reconfirmation", () => {
  it.each<[unknown]>([
    [{ summary: "Error", detail: "It failed" }],
    [{ message: "Internal error" }],
    [{ redirect: ["This field is required."] }],
    [{}],
  ])("a reconfirmation that is %j is an InvalidResponseError, whether requested or started", async (body) => {
    await using served = await clientOf(({ path }) => (path.includes("/reconfirm/") ? { body } : undefined));
    for (const call of [
      () => served.client.getReconfirmation(ID),
      () => served.client.reconfirmAgreement(ID),
    ]) {
      await expect(call()).rejects.toThrow(InvalidResponseError);
    }
  });
});

it("a long body is not parsed just to look for a status_code", async () => {
  const long = `{"status_code":400,"x":[${"{},".repeat(200_000)}{}]}`;
  await using served = await clientOf(({ path }) =>
    path.startsWith("/accounts/") ? { body: long } : undefined,
  );
  await expect(served.client.getAccount(ID)).rejects.toThrow(InvalidResponseError);
});
