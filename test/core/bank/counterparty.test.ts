import { describe, expect, it } from "vitest";
import {
  type AccountNumber,
  counterpartyOf,
  invertedTransaction,
  type Party,
} from "../../../packages/core/src/bank/index.ts";
import { transactionOf } from "./examples.ts";

const OWN_IBAN = "DE89370400440532013000";
const owner = { names: ["Erika Mustermann"], numbers: ["DE89 3704 0044 0532 0130 00", "0532013000"] };
const nobody = { names: [], numbers: [] };

const iban = (value: string): AccountNumber => ({ scheme: "iban", value });
const theirs = iban("NL91ABNA0417164300");
const own = iban(OWN_IBAN);

const party = (name: string | null, account: AccountNumber | null = null): Party => ({ name, account });

function sides(amount: string, known: Partial<Parameters<typeof counterpartyOf>[0]>) {
  return { amount, creditor: null, debtor: null, ultimateCreditor: null, ultimateDebtor: null, ...known };
}

describe("the counterparty", () => {
  it("the counterparty is the creditor if money went out, and the debtor if it came in", () => {
    const both = { creditor: party("Shop", theirs), debtor: party("Erika Mustermann", own) };
    expect(counterpartyOf(sides("-1.00", both), owner)).toEqual({ name: "Shop", account: theirs });
    const turned = { creditor: both.debtor, debtor: both.creditor };
    expect(counterpartyOf(sides("1.00", turned), owner)).toEqual({ name: "Shop", account: theirs });
    expect(counterpartyOf(sides("0.00", turned), nobody)).toEqual({ name: "Shop", account: theirs });
  });

  it("the counterparty is an ultimate party only if the side itself has no name", () => {
    const ultimate = { ultimateCreditor: "Merchant", ultimateDebtor: "Payer" };
    expect(counterpartyOf(sides("-1", { creditor: party("PSP"), ...ultimate }), owner).name).toBe("PSP");
    expect(counterpartyOf(sides("-1", { creditor: party(null, theirs), ...ultimate }), owner)).toEqual({
      name: "Merchant",
      account: theirs,
    });
    expect(counterpartyOf(sides("-1", ultimate), owner)).toEqual({ name: "Merchant", account: null });
    expect(counterpartyOf(sides("1", ultimate), owner)).toEqual({ name: "Payer", account: null });
  });

  it("a side without a name keeps its account", () => {
    expect(counterpartyOf(sides("-1", { creditor: party(null, theirs) }), owner)).toEqual({
      name: null,
      account: theirs,
    });
  });

  it("the counterparty never has the owner's own account, however it is written", () => {
    for (const account of [
      own,
      iban("de89 3704 0044 0532 0130 00"),
      { scheme: "bban", value: "0532 013000" } as const,
    ]) {
      expect(counterpartyOf(sides("1", { debtor: party("Shop", account) }), owner)).toEqual({
        name: "Shop",
        account: null,
      });
      expect(counterpartyOf(sides("1", { debtor: party(null, account) }), owner)).toEqual({
        name: null,
        account: null,
      });
    }
  });

  it("there is no counterparty if a bank only reports the account that money came to", () => {
    for (const known of [owner, nobody])
      expect(counterpartyOf(sides("1", { creditor: party(null, own) }), known)).toEqual({
        name: null,
        account: null,
      });
  });

  it("there is no counterparty if nothing is known about either side", () => {
    expect(counterpartyOf(sides("-1", {}), owner)).toEqual({ name: null, account: null });
  });

  it("the counterparty may be the owner, who paid from another account", () => {
    const creditor = party("Erika Mustermann", theirs);
    expect(counterpartyOf(sides("-1", { creditor }), owner)).toEqual({
      name: "Erika Mustermann",
      account: theirs,
    });
  });
});

describe("a name on the wrong side", () => {
  it("a name on the wrong side counts if its IBAN is not the owner's, regardless of the name", () => {
    const debtor = party("Mustermann, E.", theirs);
    expect(counterpartyOf(sides("-1", { debtor }), owner)).toEqual({
      name: "Mustermann, E.",
      account: theirs,
    });
    expect(counterpartyOf(sides("1", { creditor: debtor }), owner)).toEqual({
      name: "Mustermann, E.",
      account: theirs,
    });
  });

  it("an ultimate party on the wrong side counts if the side has no name of its own", () => {
    expect(
      counterpartyOf(sides("-1", { debtor: party(null, theirs), ultimateDebtor: "Merchant" }), owner),
    ).toEqual({ name: "Merchant", account: theirs });
    expect(counterpartyOf(sides("-1", { debtor: null, ultimateDebtor: "Merchant" }), owner).name).toBeNull();
  });

  it("a name with the owner's own account does not count, regardless of the name", () => {
    const card = { names: ["Erika Mustermann"], numbers: ["XXXX-XXXXXX-12345"] };
    expect(counterpartyOf(sides("-1", { debtor: party("Shop", own) }), owner).name).toBeNull();
    const debtor = party("Shop", { scheme: "card", value: "xxxx-xxxxxx-12345" });
    expect(counterpartyOf(sides("-1", { debtor }), card).name).toBeNull();
  });

  it("a name on the wrong side counts if it shares no word with any of the owner's names", () => {
    expect(counterpartyOf(sides("-1", { debtor: party("Shop") }), owner).name).toBe("Shop");
    for (const name of [
      "MUSTERMANN ERIKA",
      "Erika M.",
      "Dr. Mustermann",
      "Mustermänn",
      "Kim & Mustermann GbR",
    ])
      expect(counterpartyOf(sides("-1", { debtor: party(name) }), owner).name).toBeNull();
    const two = { names: ["Erika Mustermann", "Kim Taylor"], numbers: [] };
    expect(counterpartyOf(sides("-1", { debtor: party("Taylor K") }), two).name).toBeNull();
    const initials = { names: ["E Mustermann"], numbers: [] };
    expect(counterpartyOf(sides("-1", { debtor: party("E Shop") }), initials).name).toBe("E Shop");
  });

  it("the owner's own name does not count, even if it only has initials", () => {
    const initials = { names: ["E. M."], numbers: [] };
    for (const name of ["E. M.", "e m", " E.M. "])
      expect(counterpartyOf(sides("-1", { debtor: party(name) }), initials).name, name).toBeNull();
    for (const name of ["E. K.", "E", "M. E. S."])
      expect(counterpartyOf(sides("-1", { debtor: party(name) }), initials).name, name).toBe(name);
  });

  it("a masked IBAN on the wrong side does not count, as it may be the owner's own", () => {
    const masked = iban("DE89XXXXXXXXXXXXXX3000");
    expect(counterpartyOf(sides("-1", { debtor: party("Erika Mustermann", masked) }), owner)).toEqual({
      name: null,
      account: null,
    });
    // Its name may still show that it is not the owner's.
    expect(counterpartyOf(sides("-1", { debtor: party("Shop", masked) }), owner).name).toBe("Shop");
    const onlyMasked = { names: ["Erika Mustermann"], numbers: [masked.value] };
    expect(counterpartyOf(sides("-1", { debtor: party("E. Mustermann", own) }), onlyMasked).name).toBeNull();
    const maskedWithStars = iban("DE89**************3000");
    expect(
      counterpartyOf(sides("-1", { debtor: party("Erika Mustermann", maskedWithStars) }), owner).name,
    ).toBeNull();
  });

  it("a name on the wrong side does not count if nothing is known about the owner", () => {
    expect(counterpartyOf(sides("-1", { debtor: party("Shop", theirs) }), nobody)).toEqual({
      name: null,
      account: null,
    });
    expect(
      counterpartyOf(sides("-1", { debtor: party("Shop") }), { names: [], numbers: [OWN_IBAN] }).name,
    ).toBeNull();
  });

  it("an IBAN on the wrong side does not count if none of the owner's is known", () => {
    const domestic = { names: ["Erika Mustermann"], numbers: ["0532013000", "XXXX-XXXXXX-12345"] };
    expect(counterpartyOf(sides("-1", { debtor: party("Erika Mustermann", own) }), domestic)).toEqual({
      name: null,
      account: null,
    });
    expect(counterpartyOf(sides("-1", { debtor: party("Shop", theirs) }), domestic).name).toBe("Shop");
  });

  it("the wrong side does not count if the right side has a name, an ultimate party or another's account", () => {
    const debtor = party("Foreign", theirs);
    const account = iban("FI2112345600000785");
    expect(counterpartyOf(sides("-1", { creditor: party(null, account), debtor }), owner)).toEqual({
      name: null,
      account,
    });
    expect(counterpartyOf(sides("-1", { creditor: party(null, own), debtor }), owner)).toEqual({
      name: "Foreign",
      account: theirs,
    });
    expect(counterpartyOf(sides("-1", { creditor: party("Shop"), debtor }), owner).name).toBe("Shop");
    expect(counterpartyOf(sides("-1", { ultimateCreditor: "Shop", debtor }), owner)).toEqual({
      name: "Shop",
      account: null,
    });
  });
});

describe("names of one person", () => {
  it.each([
    [["Erika und Max Mustermann"], "Max Mustermann"],
    [["Mustermann Erika u. Kim"], "KIM"],
    [["Jörg Müller"], "J. MUELLER"],
    [["J. Mueller"], "Müller, Jo"],
    [["Erika Mustermann"], "E. Musterm"],
    [["Erika Mustermann"], "ERIKAMUSTERMANN"],
    [["Søren Åkesson"], "S Aakesson"],
  ])("the owners %j are recognised as %s", (names, name) => {
    expect(counterpartyOf(sides("-1", { debtor: party(name) }), { names, numbers: [] }).name).toBeNull();
  });

  it.each([
    [["Erika und Max Mustermann"], "Obst und Gemüse"],
    [["Herr Max Mustermann"], "Herr Beispiel"],
    [["Muster GmbH"], "Beispiel GmbH"],
    [["Ana de la Cruz"], "Casa de la Pizza"],
    [["Max Mustermann"], "Maxi Markt"],
  ])("the owners %j are not taken for %s, with whom they share a common word", (names, name) => {
    expect(counterpartyOf(sides("-1", { debtor: party(name) }), { names, numbers: [] }).name).toBe(name);
  });
});

describe("an inverted transaction", () => {
  it.each([
    ["12.30", "-12.30"],
    ["-12.30", "12.30"],
    ["0.00", "0.00"],
    ["-0.00", "0.00"],
    ["+5", "-5"],
    ["900719925474099312345.6789", "-900719925474099312345.6789"],
  ])("the amount %s becomes %s, digit by digit", (amount, opposite) => {
    expect(invertedTransaction(transactionOf({ amount }), nobody).amount).toBe(opposite);
  });

  it("an inverted transaction has the counterparty of its new direction, and is otherwise unchanged", () => {
    const wrong = transactionOf({
      amount: "25.00",
      creditor: party("Shop", theirs),
      debtor: party("Erika Mustermann", own),
      counterparty: "Erika Mustermann",
      exchange: {
        instructedAmount: { amount: "30.00", currency: "USD" },
        ...{
          rate: null,
          unitCurrency: null,
          sourceCurrency: null,
          targetCurrency: null,
          quotationDate: null,
        },
      },
      balanceAfter: { amount: "100.00", currency: "EUR", kind: null },
      raw: { transactionAmount: { amount: "25.00" } },
    });
    expect(invertedTransaction(wrong, owner)).toEqual({
      ...wrong,
      amount: "-25.00",
      counterparty: "Shop",
      counterpartyAccount: theirs,
    });
    expect(wrong.amount).toBe("25.00");
  });
});
