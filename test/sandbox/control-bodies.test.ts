import { describe, expect, it } from "vitest";
import { startSandbox } from "../../packages/sandbox/src/index.ts";
import { plainClient } from "./plain-client.ts";

/** A sandbox, and a function that sends text to one of its controls. */
async function controlled() {
  const sandbox = await startSandbox({ now: "2026-11-23T09:00:00Z" });
  const control = async (method: string, path: string, body: string) => {
    const response = await fetch(new URL(`/_sandbox/${path}`, sandbox.baseUrl), { method, body });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  return { sandbox, control, [Symbol.asyncDispose]: () => sandbox.close() };
}

const deep = `${"[".repeat(101)}${"]".repeat(101)}`;

describe("the body of a control", () => {
  it.each([
    ["POST", "faults", '{"times":0}', "times must be at least 1."],
    ["POST", "faults", '{"times":1e300}', "times must be at most "],
    ["POST", "faults", '{"bytesPerSecond":0}', "bytesPerSecond must be at least 1."],
    ["POST", "faults", '{"status":1000}', "status must be at most 599."],
    ["POST", "faults", '{"status":200.5}', "status must be a whole number."],
    ["POST", "faults", '{"pathPattern":"("}', "pathPattern is not a valid regular expression."],
    ["POST", "faults", '{"headers":{"a":"1\\nb: 2"}}', "headers.a is not a valid value of a header."],
    ["POST", "faults", '{"headers":{"a\\nb":"1"}}', "headers.a\\nb is not a valid name of a header."],
    [
      "POST",
      "faults",
      '{"headers":{"Trailer":"a"}}',
      "headers.Trailer is not a header that a fault can set.",
    ],
    ["POST", "faults", '{"headers":{"x-hono-already-sent":"1"}}', "is not a header that a fault can set."],
    ["POST", "faults", '{"redirect":"http://x/\\n"}', "redirect is not a valid value of a header."],
    ["POST", "faults", '{"delayMs":1e12}', "delayMs must be at most 86400000."],
    ["POST", "faults", '{"lasting":{"days":1e300}}', "after and lasting must end before the year 2200."],
    ["POST", "faults", '{"drop":"it"}', 'drop must be "connection" or "body".'],
    ["POST", "faults", '{"method":"A B"}', "method is not the name of an HTTP method."],
    ["POST", "faults", '{"colour":"red"}', "Unknown member of the body: colour."],
    ["POST", "faults", "null", "The body must be an object."],
    ["POST", "faults", `{"body":${deep}}`, "The body is nested more than 100 levels deep."],
    ["PUT", "faults", '[{"times":1},{"times":-1}]', "1.times must be at least 1."],
    ["POST", "time", '{"days":-1}', "A span of time must be"],
    ["POST", "time", '{"days":1e999}', "days must be a number."],
    ["POST", "time", '{"days":1e300}', "The clock cannot be advanced beyond the year 2199."],
    ["POST", "time", '{"weeks":1}', "Unknown member of the body: weeks."],
    ["POST", "authorise", '{"requisition":5}', "requisition must be a text."],
    [
      "POST",
      "authorise",
      '{"requisition":"x","outcome":"fine"}',
      'outcome must be "linked", "cancelled", "rejected" or "failed".',
    ],
    [
      "POST",
      "authorise",
      '{"requisition":"x","takesSeconds":1e300}',
      "takesSeconds must be at most 31536000.",
    ],
    [
      "POST",
      "authorise",
      '{"requisition":"x","error":"constructor"}',
      "error is not an error that a redirect can carry.",
    ],
    ["POST", "reconfirm", '{"agreement":"x","accounts":"x"}', "accounts must be a list."],
    ["PUT", "limits", "5", "The body must be true, false or an object with limits."],
    ["PUT", "limits", '{"account":{"calls":1}}', "limits.account.window must be a number above 0"],
    ["PUT", "requisitions/x/status", '{"status":"XX"}', 'status must be "CR", "ID", '],
    ["PUT", "accounts/x/status", '{"status":"FINE"}', 'status must be "DISCOVERED", '],
    ["PUT", "accounts/x/transactions", '{"booked":5}', "booked must be a list."],
  ])("%s %s %s is rejected with 400 and names the member", async (method, path, body, detail) => {
    await using client = await controlled();
    const before = client.sandbox.state();
    const response = await client.control(method, path, body);
    expect(response).toEqual({
      status: 400,
      body: { summary: "Invalid control", detail: expect.stringContaining(detail), status_code: 400 },
    });
    expect(client.sandbox.state()).toEqual(before);
  });

  it("must be JSON in UTF-8, without a byte order mark", async () => {
    await using client = await controlled();
    const address = new URL("/_sandbox/faults", client.sandbox.baseUrl);
    for (const body of [Buffer.from('{"body":"\xe9"}', "latin1"), Buffer.from("\ufeff{}"), Buffer.alloc(0)]) {
      const response = await fetch(address, { method: "POST", body });
      expect([response.status, await response.json()]).toEqual([
        400,
        expect.objectContaining({ detail: "The body of a control request must be JSON in UTF-8." }),
      ]);
    }
    expect(client.sandbox.state().faults).toEqual([]);
  });

  it("may have 16 MB, and more is 413", async () => {
    await using client = await plainClient();
    const { accounts } = await client.connect("DEUTSCHE_BANK_DEUTDEFF");
    const put = async (length: number) => {
      const address = new URL(`/_sandbox/accounts/${accounts[0]}/transactions`, client.sandbox.baseUrl);
      const body = JSON.stringify({ booked: ["x".repeat(length)] });
      return (await fetch(address, { method: "PUT", body })).status;
    };
    expect([await put(15_900_000), await put(16_000_001)]).toEqual([200, 413]);
    // Without an announced length, so that it must be counted.
    const body = new Blob(["x".repeat(16_000_001)]).stream();
    const address = new URL("/_sandbox/faults", client.sandbox.baseUrl);
    expect((await fetch(address, { method: "POST", body, duplex: "half" })).status).toBe(413);
  });
});

describe("a control in TypeScript", () => {
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);

  it("rejects what cannot be sent or saved, and names the member", async () => {
    await using sandbox = await startSandbox();
    const untyped: Record<string, unknown> = { ...sandbox };
    const call = (name: string, ...given: unknown[]) => {
      const control = untyped[name];
      if (typeof control !== "function") throw new Error(`There is no ${name}.`);
      return () => control(...given);
    };
    expect(call("inject", { colour: 1 })).toThrow("Unknown member of the fault: colour.");
    expect(call("inject", { times: Number.NaN })).toThrow("times must be a number.");
    expect(call("inject", { body: 10n })).toThrow("body holds a bigint");
    expect(call("inject", { body: cyclic })).toThrow("body is nested more than 100 levels deep.");
    expect(call("inject", undefined)).toThrow("The fault must be an object.");
    expect(call("setFaults", 5)).toThrow("faults must be a list.");
    expect(call("advanceTime", { hours: Number.NaN })).toThrow("hours must be a number.");
    expect(call("advanceTime", undefined)).toThrow("The span of time must be an object.");
    expect(call("setLimits", null)).toThrow("limits must be true, false or an object with limits, not null.");
    expect(call("setTransactions", "x", { booked: cyclic })).toThrow("booked is nested more than 100");
    await expect(call("authorise", "x")()).rejects.toThrow("The decision must be an object.");
    await expect(call("authorise", "x", { outcome: "linked", accounts: -1 })()).rejects.toThrow(
      "accounts must be",
    );
  });

  it("replaces no fault if one of the new ones is invalid", async () => {
    await using sandbox = await startSandbox();
    sandbox.inject({ operation: "balances", status: 503 });
    expect(() => sandbox.setFaults([{ status: 500 }, { times: 0 }])).toThrow("times must be at least 1.");
    expect(sandbox.state().faults).toMatchObject([{ operation: "balances", status: 503 }]);
  });
});

it("a fault with a pattern that takes too long is removed, and the request says so", async () => {
  await using client = await plainClient();
  client.sandbox.inject({ path: /(a+)+$/, status: 503 });
  const path = `/accounts/${"a".repeat(60)}!/`;
  const { status, body } = await client.send("GET", path);
  expect([status, body.detail]).toEqual([
    400,
    `The pattern /(a+)+$/ of a fault takes too long to match ${path}. The fault was removed.`,
  ]);
  expect((await client.send("GET", path)).status).toBe(404);
});
