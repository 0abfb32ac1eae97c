import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BankTransaction, folded, mentions } from "../../../packages/core/src/bank/index.ts";
import { transactionOf } from "./examples.ts";

describe("a folded text", () => {
  it.each([
    ["Straße", "strasse"],
    ["STRAẞE", "strasse"],
    ["Łódź", "lodz"],
    ["Tromsø", "tromso"],
    ["Đặng", "dang"],
    ["Ísafjörður", "isafjordur"],
    ["Þór", "thor"],
    ["Æble", "aeble"],
    ["Œuvre", "oeuvre"],
    ["ışık", "isik"],
    ["İstanbul", "istanbul"],
    ["Café", "cafe"],
    ["Cafe\u0301", "cafe"],
    ["ﬁnance Ⅳ", "finance iv"],
    ["Κώστας", "κωστας"],
  ])("of %s is %s, as people type it", (text, typed) => {
    expect(folded(text)).toBe(typed);
  });

  it("is folded again into itself, and is the same in either form of Unicode", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(folded(folded(text))).toBe(folded(text));
        expect(folded(text.normalize("NFC"))).toBe(folded(text.normalize("NFD")));
      }),
    );
  });
});

describe("a transaction mentions", () => {
  const transaction: BankTransaction = transactionOf({
    amount: "-12.30",
    counterparty: "Müller & Söhne",
    creditor: { name: "Zahlungsdienst Łódź", account: null },
    debtor: { name: "Erika Mustermann", account: null },
    ultimateCreditor: "Tromsø Energi",
    ultimateDebtor: "Kim Taylor",
    texts: {
      unstructured: "Rechnung 4711",
      structured: "RF18 5390",
      additional: "Kartenzahlung",
      note: "Geschenk für Ana",
    },
  });

  it.each([
    "12.3",
    "muller",
    "SÖHNE",
    "lodz",
    "mustermann",
    "tromso",
    "taylor",
    "4711",
    "rf18",
    "karten",
    "fur ana",
  ])("%s, in whichever of its amount, names and texts it is", (text) => {
    expect(mentions(transaction, text)).toBe(true);
  });

  it("nothing that is in none of them, and nothing that is in two of them together", () => {
    for (const text of ["4712", "Mustermann Kim", "null", "[object", "EUR"])
      expect(mentions(transaction, text)).toBe(false);
  });

  it("does not match fields that are null", () => {
    expect(mentions(transactionOf({ amount: "1" }), "null")).toBe(false);
    expect(mentions(transactionOf({ amount: "1" }), "")).toBe(true);
  });
});
