import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  ApiError,
  InvalidRequestError,
  InvalidResponseError,
} from "../../../packages/core/src/base/errors.ts";
import { maskIbans } from "../../../packages/core/src/base/masking.ts";
import { GoCardlessClient } from "../../../packages/core/src/index.ts";
import { checkedRequest } from "../../../packages/core/src/pipeline/local-errors.ts";
import { readErrorBody } from "../../../packages/core/src/providers/gocardless/error-body.ts";
import { errorFromResponse } from "../../../packages/core/src/providers/gocardless/errors.ts";
import { parseExactly } from "../../../packages/core/src/schema/json.ts";
import { ExcessiveJsonError } from "../../../packages/core/src/schema/json-bounds.ts";
import { targetAt } from "../../support/requests.ts";
import { startService } from "../../support/service.ts";

const ACCOUNT = "7e944232-bda9-40bc-b784-660c7ab5fe78";
const PATH = `/accounts/${ACCOUNT}/balances/`;
const amount = { amount: "1.00", currency: "EUR" };

const deep = (levels: number, inner: string, open = "[", close = "]") =>
  open.repeat(levels) + inner + close.repeat(levels);

const errorFrom = (text: string) =>
  errorFromResponse({
    status: 400,
    request: targetAt("GET", PATH),
    text,
    rateLimits: { general: null, account: null },
    now: 0,
    redact: maskIbans,
  });

async function serverWith(text: string, status = 200) {
  const service = await startService((request) =>
    request.path.startsWith("/token/") ? undefined : { status, body: text },
  );
  const client = new GoCardlessClient({
    secretId: "the-secret-id",
    secretKey: "the-secret-key",
    baseUrl: service.baseUrl,
    cacheOptions: false,
    retries: 0,
  });
  return { client, [Symbol.asyncDispose]: () => service[Symbol.asyncDispose]() };
}

describe("an excessive error body", () => {
  it.each([3000, 100_000])("an error body %i levels deep is read", async (levels) => {
    for (const body of [
      `{"reference":${deep(levels, '"Too deep"')}}`,
      `{"reference":${deep(levels, '"Too deep"', '{"a":', "}")}}`,
    ]) {
      expect(errorFrom(body).fields).toEqual({ reference: [{ summary: "Too deep", detail: "" }] });
      await using server = await serverWith(body, 400);
      const error = await server.client.getAccountBalances(ACCOUNT).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(ApiError);
      expect(error).toMatchObject({ status: 400 });
    }
  });

  it("the first hundred of 300,000 problems are returned, in order, and no text is longer than 1,000 characters", () => {
    const problems = Array.from({ length: 300_000 }, (_, at) => `problem ${at}`);
    const inOneField = errorFrom(JSON.stringify({ reference: problems }));
    expect(inOneField.fields["reference"]).toHaveLength(100);
    expect(inOneField.fields["reference"]?.[99]).toEqual({ summary: "problem 99", detail: "" });
    const inMany = errorFrom(JSON.stringify(Object.fromEntries(problems.map((text) => [text, [text]]))));
    expect(Object.keys(inMany.fields)).toHaveLength(100);
    expect(Object.keys(inMany.fields)[99]).toBe("problem 99");
    for (const error of [inOneField, inMany]) {
      expect(error.detail.length).toBe(1000);
      expect(error.detail).toMatch(/^(?:reference|problem 0): problem 0; .*…$/);
    }
  });

  it("no text, name or type of an error is of unlimited length", () => {
    const long = "word ".repeat(5000);
    const error = errorFrom(
      JSON.stringify({ summary: long, detail: [long], type: long, [long]: { summary: long, detail: long } }),
    );
    expect(error.summary).toHaveLength(1000);
    expect(error.detail).toHaveLength(1000);
    expect(error.type).toHaveLength(100);
    const [name, problems] = Object.entries(error.fields)[0] ?? [];
    expect(name).toHaveLength(100);
    expect(problems?.[0]?.summary).toHaveLength(1000);
    expect(problems?.[0]?.detail).toHaveLength(1000);
  });

  it("an IBAN that truncation would halve is masked", () => {
    const iban = "DE89370400440532013000";
    const error = errorFrom(
      JSON.stringify({ detail: `${"x".repeat(990)} ${iban}`, [`${"n".repeat(85)} ${iban}`]: ["?"] }),
    );
    expect(JSON.stringify([error, error.message])).not.toContain("DE893");
  });

  it("the fields of an error may have the names of those of Object.prototype", () => {
    const body =
      '{"__proto__":["one"],"constructor":{"detail":"two"},"toString":"three","hasOwnProperty":[{"__proto__":"four"}]}';
    const { fields, detail } = errorFrom(body);
    expect(Object.entries(fields)).toEqual([
      ["__proto__", [{ summary: "one", detail: "" }]],
      ["constructor", [{ summary: "", detail: "two" }]],
      ["toString", [{ summary: "three", detail: "" }]],
      ["hasOwnProperty", [{ summary: "four", detail: "" }]],
    ]);
    expect(detail).toBe("__proto__: one; constructor: two; toString: three; hasOwnProperty: four");
    expect(readErrorBody('{"__proto__":{"summary":"inherited","type":"X"}}')).toMatchObject({ type: null });
  });
});

describe("an excessive body of data", () => {
  it.each<[string, number, boolean]>([
    ["lists", 900, true],
    ["lists", 3000, false],
    ["lists", 100_000, false],
    ["objects", 900, true],
    ["objects", 100_000, false],
  ])("whether %s %i levels deep are read is %s", async (kind, levels, read) => {
    const [open, close] = kind === "lists" ? ["[", "]"] : ['{"a":', "}"];
    for (const inner of ['"text"', "1.5"]) {
      const text = `{"balances":[{"balanceAmount":{"amount":"1.00","currency":"EUR"},"balanceType":"x","odd":${deep(levels, inner, open, close)}}]}`;
      await using server = await serverWith(text);
      const outcome = await server.client.getAccountBalances(ACCOUNT).catch((caught: unknown) => caught);
      if (read) expect(outcome).toMatchObject({ balances: [{ balanceAmount: amount }] });
      else {
        expect(outcome).toBeInstanceOf(InvalidResponseError);
        expect(String(outcome)).toContain("is nested more than 1000 levels deep");
      }
    }
  });

  it("one page with 150,000 unreadable entries returns them all, and the readable one", async () => {
    const bad = Array.from({ length: 150_000 }, () => 0);
    const good = { transactionAmount: amount };
    await using server = await serverWith(
      JSON.stringify({ transactions: { booked: [...bad, good], pending: bad } }),
    );
    const { transactions } = await server.client.getAccountTransactions(ACCOUNT);
    expect(transactions.booked).toEqual([good]);
    expect(transactions.unreadable).toHaveLength(300_000);
  });

  it("the fields of data may have the names of those of Object.prototype", async () => {
    const text =
      '{"__proto__":{"balances":[]},"balances":[{"balanceAmount":{"amount":1.10,"currency":"EUR"},"__proto__":{"a":1},"constructor":5,"toString":null}]}';
    await using server = await serverWith(text);
    const { balances } = await server.client.getAccountBalances(ACCOUNT);
    expect(balances).toHaveLength(1);
    expect(balances[0]?.balanceAmount).toEqual({ amount: "1.10", currency: "EUR" });
    expect(Object.hasOwn({}, "a")).toBe(false);
    expect(JSON.stringify(parseExactly('{"__proto__":{"rate":1.10}}'))).toBe('{"__proto__":{"rate":"1.10"}}');
  });

  it("many megabytes are parsed if they are an account's data, and not if they are brackets", () => {
    const megabytes = 5 * 1024 * 1024;
    for (const open of ["[", '{"a":']) {
      expect(() => parseExactly(open.repeat(megabytes / open.length))).toThrow(ExcessiveJsonError);
    }
    expect(() => parseExactly(`[${"{},".repeat(megabytes / 3)}{}]`)).toThrow(ExcessiveJsonError);
    const inTexts = `["${'[[\\"{\\\\'.repeat(megabytes / 7)}"]`;
    expect(parseExactly(inTexts)).toEqual(JSON.parse(inTexts));
    const entry = JSON.stringify({ transactionAmount: amount, bookingDate: "2026-01-01", valueDate: null });
    const account = `{"transactions":{"booked":[${`${entry},`.repeat(megabytes / entry.length)}${entry}]}}`;
    expect(parseExactly(account)).toEqual(JSON.parse(account));
  });
});

it("deleting a requisition drops the cached data of all its 150,000 accounts", async () => {
  const accounts = Array.from({ length: 150_000 }, (_, at) => `account-${at}`);
  const last = accounts.at(-1) ?? "";
  await using service = await startService(({ method, path }) => {
    if (path.startsWith("/token/")) return undefined;
    if (method === "DELETE") return { body: { summary: "Requisition deleted", detail: "" } };
    return {
      body: path.startsWith("/requisitions/") ? { id: "one", status: "LN", accounts } : { balances: [] },
    };
  });
  const client = new GoCardlessClient({
    secretId: "the-secret-id",
    secretKey: "the-secret-key",
    baseUrl: service.baseUrl,
    cacheOptions: { backend: "memory", expireAfter: 3600 },
  });
  await client.getRequisition("one");
  await client.getAccountBalances(last);
  await client.getAccountBalances(last);
  await client.deleteRequisition("one");
  await client.getAccountBalances(last);
  expect(service.asked().filter((one) => one.includes("/accounts/"))).toHaveLength(2);
});

it("the fields of a locally rejected request may have the names of those of Object.prototype", () => {
  const values: unknown = JSON.parse('{"constructor":1,"toString":2,"__proto__":3}');
  const check = () => checkedRequest(z.record(z.string(), z.string()), values, "POST", "/requisitions/");
  expect(check).toThrow(InvalidRequestError);
  expect(check).toThrow(/constructor: .*toString: /);
});
