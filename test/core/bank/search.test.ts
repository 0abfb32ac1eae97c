import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BankTransaction, folded, mentions } from "../../../packages/core/src/bank/index.ts";
import { transactionOf } from "./examples.ts";

describe("folded", () => {
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
    ["Κώστας", "κωστασ"],
  ])("folded turns %s into %s, as people type it", (text, typed) => {
    expect(folded(text)).toBe(typed);
  });

  it("folding twice changes nothing, and both forms of Unicode fold to the same text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(folded(folded(text))).toBe(folded(text));
        expect(folded(text.normalize("NFC"))).toBe(folded(text.normalize("NFD")));
      }),
    );
  });
});

describe("mentions", () => {
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
  ])("mentions finds %s in the amount, a name or a text", (text) => {
    expect(mentions(transaction, text)).toBe(true);
  });

  it("mentions does not find a text that is in no field, or that spans two of them", () => {
    for (const text of ["4712", "Mustermann Kim", "null", "[object", "EUR"])
      expect(mentions(transaction, text)).toBe(false);
  });

  it("mentions skips fields that are null", () => {
    expect(mentions(transactionOf({ amount: "1" }), "null")).toBe(false);
    expect(mentions(transactionOf({ amount: "1" }), "")).toBe(true);
  });
});
