import Big from "big.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPlainDecimal, writeOutDecimal } from "../../../packages/core/src/base/decimal.ts";

describe("writeOutDecimal", () => {
  it.each([
    ["1e2", "100"],
    ["-24.0", "-24.0"],
    ["12345678901234567.89", "12345678901234567.89"],
    [".5", "0.5"],
    ["5.", "5"],
    ["+5.00", "5.00"],
    [" 12.30 ", "12.30"],
    ["1.50e1", "15.0"],
    ["1e0002", "100"],
    ["1.0e+0001", "10"],
    ["1.50E+3", "1500"],
    ["1e-3", "0.001"],
    ["-1.5e-7", "-0.00000015"],
    ["0.0e2", "0"],
    ["0.00", "0.00"],
    ["-0", "-0"],
    ["007.00", "007.00"],
  ])("writeOutDecimal writes %s as %s", (written, plain) => expect(writeOutDecimal(written)).toBe(plain));

  it.each([
    "",
    "-",
    ".",
    "e5",
    "1e",
    "abc",
    "1,5",
    "1.234,56",
    "0x10",
    "1e101",
    "1e999999999",
    "NaN",
    "Infinity",
    "1 2",
    "--1",
  ])("writeOutDecimal returns undefined for %j, which is not a decimal", (text) =>
    expect(writeOutDecimal(text)).toBeUndefined(),
  );

  it("writeOutDecimal changes no value and loses no digit, for any sign, point and exponent", () => {
    const digits = fc.stringMatching(/^\d{1,25}$/);
    fc.assert(
      fc.property(
        fc.constantFrom("", "-"),
        digits,
        fc.option(digits, { nil: undefined }),
        fc.option(fc.integer({ min: -60, max: 60 }), { nil: undefined }),
        (sign, whole, fraction, exponent) => {
          const text = `${sign}${whole}${fraction === undefined ? "" : `.${fraction}`}${exponent === undefined ? "" : `e${exponent}`}`;
          const plain = writeOutDecimal(text);
          if (plain === undefined) throw new Error(`${text} was rejected`);
          expect(isPlainDecimal(plain)).toBe(true);
          expect(new Big(plain).eq(new Big(text))).toBe(true);
          if (exponent === undefined) expect(plain).toBe(text);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
