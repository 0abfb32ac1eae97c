import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseExactly } from "../../../packages/core/src/schema/json.ts";
import { growth } from "../../support/growth.ts";

describe("parseExactly", () => {
  it("every amount and rate that is a number keeps its digits, in any object", () => {
    const text = `{"transactionAmount":{"amount":1e2},"balances":[{"balanceAmount":{"amount": -24.0}}],
      "currencyExchange":{"exchangeRate":1.10,"instructedAmount":{"amount":12345678901234567.89}},
      "cardTransaction":{"originalAmount":0.10},"interestRate": 3.50, "amount" : 5}`;
    expect(parseExactly(text)).toEqual({
      transactionAmount: { amount: "100" },
      balances: [{ balanceAmount: { amount: "-24.0" } }],
      currencyExchange: { exchangeRate: "1.10", instructedAmount: { amount: "12345678901234567.89" } },
      cardTransaction: { originalAmount: "0.10" },
      interestRate: "3.50",
      amount: "5",
    });
  });

  it("an id that is a number is exactly what was sent", () => {
    const text =
      '{"id":1.0,"transactionId":100,"entryReference":1e2,"resourceID":-0,"my_id":1.10,"paid":1.0,"valid":2.0}';
    expect(parseExactly(text)).toEqual({
      id: "1.0",
      transactionId: 100,
      entryReference: "1e2",
      resourceID: "-0",
      my_id: "1.10",
      paid: 1,
      valid: 2,
    });
  });

  it("other numbers stay numbers, unless a JavaScript number cannot hold them", () => {
    expect(
      parseExactly(
        '{"count":123,"share":0.1,"big":12345678901234567890,"whole":1.0,"id":202211010123456789}',
      ),
    ).toEqual({
      count: 123,
      share: 0.1,
      big: "12345678901234567890",
      whole: 1,
      id: "202211010123456789",
    });
  });

  it.each([
    "amount",
    "Amount",
    "AMOUNT",
    "rate",
    "exchangeRate",
    "exchange_rate",
    "EXCHANGE_RATE",
    "exchange-rate",
    "exchange rate",
    "transactionAmount",
    "FXRate",
    "fx2rate",
    "exchangeRATE",
    "überRate",
    "_amount",
  ])("the digits of a number called %s are kept", (name) => {
    expect(parseExactly(`{"${name}":1.10}`)).toEqual({ [name]: "1.10" });
  });

  it.each([
    "corporate",
    "isCorporate",
    "CORPORATE",
    "separate",
    "Separate",
    "inaccurate",
    "paramount",
    "überrate",
    "ÜBERRATE",
    "rates",
    "amountOfDays",
    "rate_limit",
    "rate2",
  ])("a number called %s stays a number, because the last word is not amount or rate", (name) => {
    expect(parseExactly(`{"${name}":1.10}`)).toEqual({ [name]: 1.1 });
  });

  it.each([
    "1e400",
    "-1e400",
    "1e-400",
    "-1E-400",
    "123e-325",
    "1.7976931348623159e308",
    "5e-325",
    "1e99999999999",
  ])("%s becomes a string, because a JavaScript number has another value", (source) => {
    expect(parseExactly(`[${source}]`)).toEqual([source]);
  });

  it.each([
    "0",
    "-0",
    "0e999",
    "0.0e-999",
    "-0.00000000000000000000",
    "1e300",
    "5e-324",
    "1e23",
    "10000000000000000000000e-22",
  ])("%s stays a number", (source) => {
    expect(parseExactly(`[${source}]`)).toEqual([JSON.parse(source)]);
  });

  it("a number stays one exactly if its shortest form has the same value as the source", () => {
    /** A JSON number as an integer times a power of ten, of which all here are at least 10 ** -2000. */
    const scaled = (text: string): bigint => {
      const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
      const [whole = "", fraction = ""] = mantissa.split(".");
      return BigInt(whole + fraction) * 10n ** BigInt(2000 + Number(exponent) - fraction.length);
    };
    const digits = fc.stringMatching(/^\d{1,24}$/);
    const zeros = fc.nat(30).map((count) => "0".repeat(count));
    const exponent = fc.oneof(
      fc.constant(""),
      fc
        .tuple(fc.constantFrom("e", "E"), fc.constantFrom("", "+", "-"), fc.oneof(fc.nat(25), fc.nat(400)))
        .map((parts) => parts.join("")),
    );
    const written = fc
      .tuple(fc.constantFrom("", "-"), digits, zeros, fc.option(fc.tuple(zeros, digits, zeros)), exponent)
      .map(([minus, first, after, fraction, power]) => {
        const whole = (first + after).replace(/^0+(?=\d)/, "");
        return `${minus}${whole}${fraction ? `.${fraction.join("")}` : ""}${power}`;
      });
    const anyDouble = fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .map((value) => JSON.stringify(value));
    let [kept, turned] = [0, 0];
    fc.assert(
      fc.property(fc.oneof(written, anyDouble), (source) => {
        const number: unknown = JSON.parse(source);
        const isHeld = Number.isFinite(number) && scaled(String(number)) === scaled(source);
        expect(parseExactly(`{"x":[${source}]}`)).toEqual({ x: [isHeld ? number : source] });
        if (isHeld) kept += 1;
        else turned += 1;
      }),
      { numRuns: 5000 },
    );
    expect(Math.min(kept, turned)).toBeGreaterThan(500);
  });

  it("parsing takes time in proportion to the length of a number", () => {
    for (const text of ["0".repeat(400_000), `.${"0".repeat(400_000)}`, `.${"01".repeat(200_000)}`]) {
      expect(growth((digits) => parseExactly(`[1${digits}]`), text)).toBeLessThan(3);
    }
  });

  it("what looks like a number inside a string stays as it is", () => {
    const value = { a: 'he said ":5" and ": -3"', b: '\\":7', 'amount":1': "x", amount: "1.10" };
    expect(parseExactly(JSON.stringify(value))).toEqual(value);
  });

  it("an amount with an absurd exponent stays as it is written, so that the schema rejects it", () => {
    expect(parseExactly('{"amount":1e999}')).toEqual({ amount: "1e999" });
  });

  it("invalid JSON is a SyntaxError", () => {
    for (const text of ["", "{", '{"amount":1', "<html>", '{"amount":01}']) {
      expect(() => parseExactly(text)).toThrow(SyntaxError);
    }
  });

  it("JSON without amounts, rates or inexact numbers is parsed as JSON.parse does", () => {
    const scalars = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        scalars,
        fc.array(tie("node"), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom("a", "b", "status", "count"), tie("node")),
      ),
    })).node;
    fc.assert(
      fc.property(value, (given) => {
        const text = JSON.stringify(given);
        expect(parseExactly(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 1000 },
    );
  });
});
