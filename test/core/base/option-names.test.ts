import { describe, expect, it } from "vitest";
import { closest } from "../../../packages/core/src/base/closest.ts";
import { ConfigurationError } from "../../../packages/core/src/base/errors.ts";
import { checkOptionNames } from "../../../packages/core/src/base/option-names.ts";

describe("closest", () => {
  it.each([
    ["expire_after", "expireAfter"],
    ["ExpireAfter", "expireAfter"],
    ["expire-after", "expireAfter"],
    ["exprieAfter", "expireAfter"],
    ["expireAfte", "expireAfter"],
    ["cache-name", "cacheName"],
    ["max_historic_days", "max_historical_days"],
    ["nows", "now"],
  ])("%s was meant to be %s", (word, meant) => {
    const words = ["expireAfter", "cacheName", "maxBytes", "max_historical_days", "now"];
    expect(closest(word, words)).toBe(meant);
  });

  it("no word is close to one that differs from it in too many letters, however short or long", () => {
    expect(closest("foo", ["now"])).toBeUndefined();
    expect(closest("ab", ["id"])).toBeUndefined();
    expect(closest("", ["id"])).toBeUndefined();
    expect(closest("x".repeat(1_000_000), ["expireAfter"])).toBeUndefined();
    expect(closest("timeouts", [])).toBeUndefined();
  });

  it("the nearest of several words is the closest one, or the first if several are equally near", () => {
    expect(closest("retry", ["retries", "retry_"])).toBe("retry_");
    expect(closest("bat", ["cat", "rat"])).toBe("cat");
  });
});

describe("checkOptionNames", () => {
  const names = { expireAfter: true, backend: true } as const;
  const problem = (options: object, hint?: (name: string) => string | undefined) => {
    try {
      checkOptionNames<{ expireAfter?: number; backend?: string }>(options, names, "cacheOptions", hint);
      return undefined;
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      return error.message;
    }
  };

  it("options with known names are accepted, regardless of their values", () => {
    expect(problem({})).toBeUndefined();
    expect(problem({ expireAfter: undefined, backend: null })).toBeUndefined();
    expect(problem(Object.create({ inherited: 1 }))).toBeUndefined();
  });

  it("the error for an unknown option says what was meant, or which options there are", () => {
    expect(problem({ backend: "memory", expire_after: 1 })).toBe(
      'Unknown option "expire_after" in cacheOptions: did you mean expireAfter?',
    );
    expect(problem({ colour: undefined })).toBe(
      'Unknown option "colour" in cacheOptions: the options are expireAfter, backend.',
    );
    expect(problem({ constructor: 1 })).toContain('Unknown option "constructor"');
    expect(problem({ timeout: 1 }, (name) => `${name} belongs elsewhere`)).toBe(
      'Unknown option "timeout" in cacheOptions: timeout belongs elsewhere.',
    );
  });

  it("the error for an unknown option masks an IBAN in place of a name, and shows only the start of a long name", () => {
    expect(problem({ DE89370400440532013000: 1 })).not.toContain("DE89370400440532013000");
    expect(problem({ ["x".repeat(5000)]: 1 })?.length).toBeLessThan(200);
  });

  it("options that are not an object are rejected without showing them", () => {
    expect(problem([1])).toBe("cacheOptions must be an object, not an Array.");
    expect(problem(new Date(0))).toBe("cacheOptions must be an object, not a Date.");
    expect(problem(new Map())).toBe("cacheOptions must be an object, not a Map.");
    expect(problem(AbortSignal.abort())).toBe("cacheOptions must be an object, not an AbortSignal.");
    class Options {
      backend = "memory";
    }
    expect(problem(new Options())).toBeUndefined();
    expect(problem(Object.create(null))).toBeUndefined();
    // @ts-expect-error a secret in place of the options
    expect(problem("my-secret")).toBe("cacheOptions must be an object, not a string.");
    // @ts-expect-error null
    expect(problem(null)).toBe("cacheOptions must be an object, not null.");
  });
});
