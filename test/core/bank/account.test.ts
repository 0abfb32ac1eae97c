import { describe, expect, it } from "vitest";
import { type AccountIdentity, handleOf, isSameAccount } from "../../../packages/core/src/bank/index.ts";
import { ConfigurationError } from "../../../packages/core/src/base/errors.ts";
import { accountOf } from "./examples.ts";

const iban = (value: string, currency: string | null = null): AccountIdentity => ({
  scheme: "iban",
  value,
  currency,
});
const same = (mine: readonly AccountIdentity[], theirs: readonly AccountIdentity[]) =>
  isSameAccount({ identities: mine }, { identities: theirs });

describe("two accounts are the same", () => {
  it("if they share one identity, whatever the others are", () => {
    const hash: AccountIdentity = { scheme: "hash", value: "W10=.abc", currency: null };
    expect(same([hash, iban("A")], [iban("B"), hash])).toBe(true);
    expect(same([iban("A")], [iban("B"), iban("A")])).toBe(true);
  });

  it("only if scheme and value are", () => {
    expect(same([iban("A")], [iban("B")])).toBe(false);
    expect(same([iban("A")], [{ scheme: "bban", value: "A", currency: null }])).toBe(false);
  });

  it("only in the same currency, as one IBAN may have several; one that is not known may be any", () => {
    expect(same([iban("A", "EUR")], [iban("A", "EUR")])).toBe(true);
    expect(same([iban("A", "EUR")], [iban("A", "USD")])).toBe(false);
    expect(same([iban("A", "EUR")], [iban("A")])).toBe(true);
    expect(same([iban("A")], [iban("A", "USD")])).toBe(true);
  });

  it("never if nothing is known of either that lasts", () => {
    expect(same([], [])).toBe(false);
    expect(same([iban("A")], [])).toBe(false);
  });
});

describe("the handle of an account", () => {
  it("is the text itself, or that of an account, or of any object that has one", () => {
    expect(handleOf("7e944232")).toBe("7e944232");
    expect(handleOf({ handle: "7e944232" })).toBe("7e944232");
    expect(handleOf(accountOf({ handle: "7e944232" }))).toBe("7e944232");
  });

  it("is missing if it is null or blank, which says why no data can be had", () => {
    for (const account of ["", " ", { handle: null }, { handle: "" }, accountOf({ handle: null })])
      expect(() => handleOf(account)).toThrow(
        new ConfigurationError("The bank gives no access to the data of this account: it has no handle."),
      );
  });
});
