import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  accountLabels,
  type NamedAccount,
  resolveAccount,
  typeableName,
} from "../../packages/cli/src/accounts/account-names.ts";
import { withNames } from "../../packages/cli/src/accounts/connected-accounts.ts";
import type { BankAccount, Connection } from "../../packages/core/src/bank/index.ts";

const blank: NamedAccount = { handle: null, iban: null, alias: null };
const ownName = ({ alias, label }: NamedAccount) => alias ?? label ?? "";
/** Accounts with the names by which they are shown. */
function shown(accounts: readonly Partial<NamedAccount>[]): NamedAccount[] {
  const all = accounts.map((one, at) => ({ ...blank, handle: `${at}a${at}b${at}c${at}d-rest`, ...one }));
  const names = accountLabels(all, ownName);
  return all.map((one, at) => ({ ...one, shownName: names[at] }));
}
const namesOf = (accounts: readonly NamedAccount[]) => accounts.map(({ shownName }) => shownName);

describe("names by which accounts are shown", () => {
  it("a name that no other account has stays as it is", () => {
    expect(
      namesOf(
        shown([
          { label: "Giro", bankName: "DKB" },
          { label: "Savings", bankName: "DKB" },
        ]),
      ),
    ).toEqual(["Giro", "Savings"]);
  });

  it("bank, currency, end of the IBAN and start of the id are added as far as they tell accounts apart", () => {
    const label = "Current Account";
    expect(
      namesOf(
        shown([
          { label, bankName: "DKB", currency: "EUR", iban: "DE89 3704 0044 0532 0130 00" },
          { label, bankName: "Revolut", currency: "EUR", iban: "LT601010012345678901" },
          { label, bankName: "Revolut", currency: "GBP", iban: "LT601010012345678901" },
          { label, bankId: "N26_NTSBDEB1", currency: "EUR", iban: "DE11" },
          { label, bankId: "N26_NTSBDEB1", currency: "EUR", iban: "DE12" },
        ]),
      ),
    ).toEqual([
      "Current Account, DKB",
      "Current Account, Revolut, EUR",
      "Current Account, Revolut, GBP",
      "Current Account, N26_NTSBDEB1, …DE11",
      "Current Account, N26_NTSBDEB1, …DE12",
    ]);
    const twins = { label, iban: "LT601010012345678901" };
    expect(
      namesOf(
        shown([
          { ...twins, handle: "aaaaaaaa-1" },
          { ...twins, handle: "bbbbbbbb-1" },
        ]),
      ),
    ).toEqual(["Current Account, aaaaaaaa", "Current Account, bbbbbbbb"]);
    expect(
      namesOf(
        shown([
          { ...twins, handle: "aaaaaaaa-1" },
          { ...twins, handle: "aaaaaaaa-2" },
        ]),
      ),
    ).toEqual(["Current Account, aaaaaaaa-1", "Current Account, aaaaaaaa-2"]);
    expect(
      namesOf(
        shown([
          { handle: null, label },
          { handle: null, label: "current  account" },
        ]),
      ),
    ).toEqual(["Current Account, 1", "current  account, 2"]);
  });

  it("every account has a name of its own, and every name that is shown stands for its account", () => {
    const few = (...texts: string[]) => fc.option(fc.constantFrom(...texts), { nil: null });
    const one = fc.record({
      handle: fc.uuid(),
      label: fc.constantFrom("Giro", "giro", "Café", "DKB", "EUR", "Giro DKB", "💰", "N26"),
      alias: few("DKB", "mine", "giro"),
      bankName: few("DKB", "N26", "DKB Giro"),
      bankId: few("DKB_X", "N26_X"),
      currency: few("EUR", "GBP"),
      iban: few("DE89370400440532013000", "DE89370400440532013001"),
    });
    fc.assert(
      fc.property(fc.uniqueArray(one, { selector: ({ handle }) => handle, maxLength: 6 }), (accounts) => {
        const all = shown(accounts);
        expect(new Set(namesOf(all)).size).toBe(all.length);
        for (const account of all)
          expect(resolveAccount(typeableName(account, all), all)).toEqual({ found: account });
        for (const account of all) {
          const resolved = resolveAccount(account.shownName ?? "", all);
          expect("found" in resolved ? resolved.found : account).toBe(account);
        }
      }),
    );
  });

  it("an alias that is the bank's name of another account stays as it is, and only the other one gets more", () => {
    const [mine, other] = shown([
      { alias: "Giro", currency: "EUR" },
      { label: "giro", currency: null },
    ]);
    expect(mine?.shownName).toBe("Giro");
    expect(other?.shownName).toBe("giro, 1a1b1c1d");
    for (const one of [mine, other])
      expect(resolveAccount(one?.shownName ?? "", [mine ?? blank, other ?? blank])).toEqual({ found: one });
  });
});

describe("what an account can be called", () => {
  const [giro, eur, gbp, savings, n26, cash] = shown([
    {
      label: "Current Account",
      bankName: "DKB",
      bankId: "DKB_BYLADEM1",
      currency: "EUR",
      iban: "DE89370400440532013000",
      assetAccount: "Assets:Banks:DKB:Checking",
    },
    {
      label: "Current Account",
      bankName: "Revolut",
      bankId: "REVOLUT_REVOGB21",
      currency: "EUR",
      iban: "LT601010012345678901",
    },
    {
      label: "Current Account",
      bankName: "Revolut",
      bankId: "REVOLUT_REVOGB21",
      currency: "GBP",
      iban: "LT601010012345678901",
    },
    {
      label: "Épargne",
      bankName: "DKB",
      bankId: "DKB_BYLADEM1",
      currency: "EUR",
      iban: "DE12370400440532013999",
    },
    { label: "Main", bankName: "N26 Bank", bankId: "N26_NTSBDEB1", currency: "EUR", iban: null },
    { label: "Cash", alias: "💰", bankName: null, iban: null },
  ]);
  const all = [giro, eur, gbp, savings, n26, cash].flatMap((one) => one ?? []);

  it.each([
    ["Assets:Banks:DKB:Checking", giro],
    ["assets:banks:dkb:checking", giro],
    ["DKB Current Account", giro],
    ["current account dkb", giro],
    ["DKB_BYLADEM1 Current Account", giro],
    ["DE89-3704-0044-0532-0130-00", giro],
    ["LT601010012345678901 EUR", eur],
    ["lt60 1010 0123 4567 8901 gbp", gbp],
    ["LT601010012345678901:EUR", eur],
    ["8901 GBP", gbp],
    ["Current Account, Revolut, GBP", gbp],
    ["Revolut GBP", gbp],
    ["epargne", savings],
    ["ÉPARGNE", savings],
    ["N26 Bank", n26],
    ["💰", cash],
    ["0a0b0c", giro],
  ])("%s stands for one account", (name, account) => {
    expect(resolveAccount(name, all)).toEqual({ found: account });
  });

  it.each([
    ["LT601010012345678901", [eur, gbp]],
    ["8901", [eur, gbp]],
    ["Current Account", [giro, eur, gbp]],
    ["Revolut", [eur, gbp]],
    ["DKB", [giro, savings]],
  ])("%s is ambiguous", (name, accounts) => {
    expect(resolveAccount(name, all)).toEqual({ ambiguous: accounts });
  });

  it.each(["EUR", "Account", "current", "DKB GBP Main", "901", "…"])("%s stands for none", (name) => {
    expect(resolveAccount(name, all)).toHaveProperty("unknown", name);
  });
});

describe("accounts that the configuration names", () => {
  const account = (handle: string, iban: string, currency: string | null): BankAccount => ({
    ...{ handle, iban, currency, identities: [], connectionId: null, bankId: "REVOLUT", number: null },
    ...{ consent: { grantedAt: null, validUntil: null, historyDays: null }, label: "Main", holder: null },
    ...{
      product: null,
      kind: null,
      state: "ready",
      stateAsSent: null,
      detailed: true,
      error: null,
      raw: null,
    },
  });
  const connection: Connection = {
    ...{ id: "c", reference: "r", bankId: "REVOLUT", state: "active", stage: null, stateAsSent: null },
    ...{ createdAt: null, accountHandles: [], raw: null },
    consent: { grantedAt: null, validUntil: null, historyDays: null },
  };
  const aliasesOf = (accounts: BankAccount[], configured: Parameters<typeof withNames>[1]["accounts"]) =>
    withNames(
      accounts.map((one) => ({ account: one, connection })),
      { accounts: configured },
    ).map(({ alias, shownName }) => [alias, shownName]);
  const eur = account("e", "LT 1", "EUR");
  const gbp = account("g", "LT1", "GBP");

  it("an alias by IBAN and currency is that of one account", () => {
    expect(aliasesOf([eur, gbp], [{ iban: "lt1", currency: "GBP", alias: "pounds" }])).toEqual([
      [null, "Main"],
      ["pounds", "pounds"],
    ]);
    expect(
      aliasesOf(
        [eur, gbp],
        [
          { iban: "LT1", alias: "other" },
          { iban: "LT1", currency: "GBP", alias: "pounds" },
        ],
      ),
    ).toEqual([
      ["other", "other"],
      ["pounds", "pounds"],
    ]);
  });

  it("an id in the configuration is found in capitals too, as it is when it is typed", () => {
    expect(aliasesOf([account("ab-c1", "LT1", null)], [{ id: "AB-C1", alias: "giro" }])).toEqual([
      ["giro", "giro"],
    ]);
    expect(aliasesOf([account("ab-c1", "LT1", null)], [{ id: "other", alias: "giro" }])[0]?.[0]).toBeNull();
  });

  it("an alias by IBAN alone is that of all its accounts, which are still told apart", () => {
    expect(aliasesOf([eur, gbp], [{ iban: "LT1", alias: "giro" }])).toEqual([
      ["giro", "giro, EUR"],
      ["giro", "giro, GBP"],
    ]);
  });

  it("while the currency is unknown, an alias with a currency is used only if there is no choice", () => {
    const configured = [{ iban: "LT1", currency: "EUR", alias: "euros" }];
    expect(aliasesOf([account("x", "LT1", null)], configured)).toEqual([["euros", "euros"]]);
    expect(aliasesOf([account("x", "LT1", null), gbp], configured)[0]?.[0]).toBeNull();
  });
});
