import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AccountIdentity } from "../../../packages/core/src/bank/index.ts";
import { type ComparedAccount, successionOf } from "../../../packages/core/src/connect/index.ts";

const iban = (value: string, currency: string | null = "EUR"): AccountIdentity => ({
  scheme: "iban",
  scope: null,
  value,
  currency,
});
const card = (value: string): AccountIdentity => ({ scheme: "card", scope: "B", value, currency: "EUR" });
const hash = (value: string): AccountIdentity => ({ scheme: "hash", scope: "p", value, currency: null });
const account = (handle: string | null, ...identities: AccountIdentity[]): ComparedAccount => ({
  handle,
  identities,
});

const nothing = { same: [], renamed: [], gone: [], added: [] };

describe("accounts of a renewed connection", () => {
  it("accounts that kept their handle are the same, regardless of what else is known about them", () => {
    expect(successionOf([account("a", iban("1"))], [account("a", iban("2"))])).toEqual({
      ...nothing,
      same: ["a"],
    });
    expect(successionOf([account("a")], [account("a")])).toEqual({ ...nothing, same: ["a"] });
  });

  it("accounts are renamed if an identity matches, and gone or added otherwise", () => {
    expect(
      successionOf(
        [account("a", iban("1")), account("b", iban("2"))],
        [account("c", iban("3")), account("d", iban("1"))],
      ),
    ).toEqual({ same: [], renamed: [{ from: "a", to: "d" }], gone: ["b"], added: ["c"] });
    expect(successionOf([account("a")], [account("b")])).toEqual({ ...nothing, gone: ["a"], added: ["b"] });
  });

  it("accounts with one IBAN differ by currency, unless the currency is unknown", () => {
    const old = [account("a", iban("1", "EUR")), account("b", iban("1", "USD"))];
    expect(
      successionOf(old, [account("c", iban("1", "USD")), account("d", iban("1", "EUR"))]).renamed,
    ).toEqual([
      { from: "a", to: "d" },
      { from: "b", to: "c" },
    ]);
    expect(successionOf(old, [account("c", iban("1", null))])).toEqual({
      ...nothing,
      gone: ["a", "b"],
      added: ["c"],
    });
    const [euro] = old;
    if (euro === undefined) throw new Error("no account");
    expect(successionOf([euro], [account("c", iban("1", null))]).renamed).toEqual([{ from: "a", to: "c" }]);
  });

  it("accounts are not guessed if an identity matches several on either side", () => {
    const two = [account("a", iban("1")), account("b", iban("1"))];
    expect(successionOf(two, [account("c", iban("1"))])).toEqual({
      ...nothing,
      gone: ["a", "b"],
      added: ["c"],
    });
    expect(successionOf([account("c", iban("1"))], two)).toEqual({
      ...nothing,
      gone: ["c"],
      added: ["a", "b"],
    });
  });

  it("accounts are not matched by a weaker identity if a more reliable one differs", () => {
    expect(
      successionOf([account("a", iban("1"), card("1234"))], [account("b", iban("2"), card("1234"))]),
    ).toEqual({ ...nothing, gone: ["a"], added: ["b"] });
    expect(
      successionOf([account("a", iban("1"), card("1234"))], [account("b", card("1234"))]).renamed,
    ).toEqual([{ from: "a", to: "b" }]);
  });

  it("accounts are matched by the most reliable unique identity, even if a weaker one matches several", () => {
    const pockets = (one: string, other: string) => [
      account(one, hash("eur"), hash("iban-alone")),
      account(other, hash("usd"), hash("iban-alone")),
    ];
    expect(successionOf(pockets("a", "b"), pockets("c", "d").reverse())).toEqual({
      ...nothing,
      renamed: [
        { from: "a", to: "c" },
        { from: "b", to: "d" },
      ],
    });
    const withCard = (one: string, other: string) => [
      account(one, iban("1")),
      account(other, iban("1"), card("5XXX1")),
    ];
    expect(successionOf(withCard("a", "b"), withCard("c", "d"))).toEqual({
      ...nothing,
      renamed: [{ from: "b", to: "d" }],
      gone: ["a"],
      added: ["c"],
    });
  });

  it("accounts are matched by a weaker identity if the first one matches none", () => {
    expect(
      successionOf([account("a", hash("before"), hash("weak"))], [account("b", hash("after"), hash("weak"))])
        .renamed,
    ).toEqual([{ from: "a", to: "b" }]);
  });

  it("an account is matched once if a more reliable identity names another one than a weaker identity", () => {
    const old = [account("a", iban("1")), account("b", hash("h"))];
    expect(successionOf(old, [account("c", hash("h"), iban("1"))])).toEqual({
      ...nothing,
      renamed: [{ from: "b", to: "c" }],
      gone: ["a"],
    });
  });

  it("no account is matched to one that existed before under its own handle", () => {
    const old = [account("a", iban("1")), account("b", iban("2"))];
    expect(successionOf(old, [account("b", iban("1"))])).toEqual({ ...nothing, same: ["b"], gone: ["a"] });
  });

  it("accounts without a handle are left out, and accounts that a connection lists twice appear once", () => {
    expect(successionOf([account(null, iban("1"))], [account(null, iban("1"))])).toEqual(nothing);
    const twice = (handle: string) => [account(handle, iban("1")), account(handle, iban("1"))];
    expect(successionOf(twice("a"), twice("a"))).toEqual({ ...nothing, same: ["a"] });
    const first = [account("a", iban("1")), account("a")];
    expect(successionOf(first, twice("b")).renamed).toEqual([{ from: "a", to: "b" }]);
    expect(successionOf(twice("a"), twice("b"))).toEqual({ ...nothing, renamed: [{ from: "a", to: "b" }] });
  });

  it("every account appears exactly once on either side, regardless of what is known about it", () => {
    const identity = fc.record<AccountIdentity>({
      scheme: fc.constantFrom("hash", "iban", "card"),
      scope: fc.constantFrom(null, "B"),
      value: fc.constantFrom("1", "2", "3"),
      currency: fc.constantFrom("EUR", "USD", null),
    });
    const accounts = fc.uniqueArray(
      fc.record({
        handle: fc.constantFrom("a", "b", "c", "d", "e", "f"),
        identities: fc.array(identity, { maxLength: 3 }),
      }),
      { selector: ({ handle }) => handle, maxLength: 5 },
    );
    fc.assert(
      fc.property(accounts, accounts, (old, fresh) => {
        const { same, renamed, gone, added } = successionOf(old, fresh);
        const handles = (list: readonly ComparedAccount[]) => list.map(({ handle }) => handle).sort();
        expect([...same, ...renamed.map(({ from }) => from), ...gone].sort()).toEqual(handles(old));
        expect([...same, ...renamed.map(({ to }) => to), ...added].sort()).toEqual(handles(fresh));
        const back = successionOf(fresh, old);
        expect(new Set(back.gone)).toEqual(new Set(added));
        expect(new Set(back.added)).toEqual(new Set(gone));
      }),
      { numRuns: 500 },
    );
  });
});
