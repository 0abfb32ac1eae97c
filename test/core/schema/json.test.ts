import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseExactly } from "../../../packages/core/src/schema/json.ts";

describe("parseExactly", () => {
  it("keeps the digits of every amount and rate that is a bare number, in any object", () => {
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

  it("keeps other numbers as numbers, unless a number cannot hold them", () => {
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

  it("is not misled by what looks like a number inside a string", () => {
    const value = { a: 'he said ":5" and ": -3"', b: '\\":7', 'amount":1': "x", amount: "1.10" };
    expect(parseExactly(JSON.stringify(value))).toEqual(value);
  });

  it("leaves a number with an absurd exponent as it is written, so that the schema rejects it", () => {
    expect(parseExactly('{"amount":1e999}')).toEqual({ amount: "1e999" });
  });

  it("throws SyntaxError if JSON.parse does", () => {
    for (const text of ["", "{", '{"amount":1', "<html>", '{"amount":01}']) {
      expect(() => parseExactly(text)).toThrow(SyntaxError);
    }
  });

  it("returns what JSON.parse does if there are no amounts, rates or inexact numbers", () => {
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
