import { describe, expect, it } from "vitest";
import { type AccountIdentity, compareAccounts, handleOf } from "../../../packages/core/src/bank/index.ts";
import { ConfigurationError } from "../../../packages/core/src/base/errors.ts";
import { accountOf } from "./examples.ts";

const iban = (value: string, currency: string | null = "EUR"): AccountIdentity => ({
  ...{ scheme: "iban", scope: null, value, currency },
});
const hash = (value: string, currency: string | null = null): AccountIdentity => ({
  ...{ scheme: "hash", scope: "provider", value, currency },
});
const bban = (value: string, scope: string): AccountIdentity => ({
  ...{ scheme: "bban", scope, value, currency: "EUR" },
});
const compare = (mine: readonly AccountIdentity[], theirs: readonly AccountIdentity[]) => {
  const verdict = compareAccounts({ identities: mine }, { identities: theirs });
  expect(compareAccounts({ identities: theirs }, { identities: mine })).toBe(verdict);
  return verdict;
};

describe("two accounts", () => {
  it("two accounts are compared by the most reliable scheme that both have, regardless of the others", () => {
    expect(compare([hash("1"), iban("A")], [iban("B"), hash("1")])).toBe("same");
    expect(compare([hash("1"), iban("A")], [hash("2"), iban("A")])).toBe("different");
    expect(compare([hash("1"), iban("A")], [iban("A"), bban("7", "bank")])).toBe("same");
  });

  it("two accounts are different if their scheme, scope or value differs", () => {
    expect(compare([iban("A")], [iban("B")])).toBe("different");
    expect(compare([bban("7", "one bank")], [bban("7", "another")])).toBe("different");
    expect(compare([bban("7", "one bank")], [bban("7", "one bank")])).toBe("same");
  });

  it("two accounts with one IBAN differ by currency, and are undecided if a currency is unknown", () => {
    expect(compare([iban("A", "EUR")], [iban("A", "EUR")])).toBe("same");
    expect(compare([iban("A", "EUR")], [iban("A", "USD")])).toBe("different");
    expect(compare([iban("A", "EUR")], [iban("A", null)])).toBe("undecided");
    expect(compare([iban("A", null)], [iban("A", null)])).toBe("undecided");
  });

  it("two accounts are undecided if only a weaker identity of the same scheme agrees, unless its currency differs", () => {
    expect(compare([hash("eur"), hash("iban alone")], [hash("usd"), hash("iban alone")])).toBe("undecided");
    expect(
      compare([hash("eur", "EUR"), hash("iban", "EUR")], [hash("usd", "USD"), hash("iban", "USD")]),
    ).toBe("different");
  });

  it("two accounts are undecided if nothing can be compared", () => {
    expect(compare([], [])).toBe("undecided");
    expect(compare([iban("A")], [])).toBe("undecided");
    expect(compare([iban("A")], [bban("A", "bank")])).toBe("undecided");
  });
});

describe("handleOf", () => {
  it("handleOf returns the text itself, or the handle of an account or of any object that has one", () => {
    expect(handleOf("7e944232")).toBe("7e944232");
    expect(handleOf({ handle: "7e944232" })).toBe("7e944232");
    expect(handleOf(accountOf({ handle: "7e944232" }))).toBe("7e944232");
  });

  it("handleOf rejects a null or blank handle, and the error says why no data can be read", () => {
    for (const account of ["", " ", { handle: null }, { handle: "" }, accountOf({ handle: null })])
      expect(() => handleOf(account)).toThrow(
        new ConfigurationError("The bank gives no access to the data of this account: it has no handle."),
      );
  });
});
