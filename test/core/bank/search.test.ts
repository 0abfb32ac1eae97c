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

  it("mentions finds words in any order and of several fields, as each is a word of the transaction", () => {
    expect(mentions(transaction, "kim mustermann 4711")).toBe(true);
    expect(mentions(transaction, "kim mustermann 4712")).toBe(false);
  });

  it("mentions does not find what is in no field, nor what is only within a word", () => {
    for (const text of ["4712", "ustermann", "null", "[object", "EUR"])
      expect(mentions(transaction, text)).toBe(false);
  });

  it("mentions skips fields that are null", () => {
    expect(mentions(transactionOf({ amount: "1" }), "null")).toBe(false);
    expect(mentions(transactionOf({ amount: "1" }), "")).toBe(true);
  });
});

describe("what people type", () => {
  const found = (known: Partial<BankTransaction>, text: string) => mentions(transactionOf(known), text);

  it.each([
    ["Müller", "mueller"],
    ["MUELLER", "müller"],
    ["Müller", "muller"],
    ["Åkesson", "aakesson"],
    ["Café  de\nFlore", "cafe de flore"],
    ["Rent\u00a0November", " rent  november "],
    ["O’Dell", "o'dell"],
    ["Ama\u00adzon", "amazon"],
    ["ＡＭＡＺＯＮ", "amazon"],
    ["Jean‑Luc", "jean-luc"],
    ["ΚΏΣΤΑΣ", "Κώστας"],
    ["Ёлка", "елка"],
  ])("%j is found by %j", (text, typed) => {
    expect(found({ text }, typed)).toBe(true);
    expect(found({ counterparty: text }, typed)).toBe(true);
  });

  it.each([
    ["-12.50", "12,50"],
    ["-12.5", "12.50"],
    ["-12", "12,00"],
    ["-1234.56", "1.234,56"],
    ["1234.56", "1,234.56"],
    ["1234.56", "1'234.56"],
    ["1234.56", "+1 234,56"],
    ["1234.00", "1.234"],
    ["-1234.00", "−1234"],
  ])("the amount %s is found by %j", (amount, typed) => {
    expect(found({ amount }, typed)).toBe(true);
  });

  it("an amount is not found by another one, nor by a text", () => {
    for (const typed of ["12,51", "-12,50", "112.50", "rent", ",", "-"])
      expect(found({ amount: "12.50" }, typed), typed).toBe(false);
  });

  it("the other side's account is found by 8 or more of its characters, however they are spaced", () => {
    const counterpartyAccount = { scheme: "iban", value: "NL91 ABNA 0417 1643 00" } as const;
    for (const typed of ["nl91abna0417164300", "NL91 ABNA", "17164300"])
      expect(found({ counterpartyAccount }, typed), typed).toBe(true);
    expect(found({ counterpartyAccount }, "0417")).toBe(false);
  });

  it("an emoji is a word, and signs mean nothing beside words", () => {
    const text = "Pizza🍕 with Ana (Friday)";
    for (const typed of ["🍕", "pizza *", '"ana"', "(ana) | -friday", "ana!"])
      expect(found({ text }, typed), typed).toBe(true);
    for (const typed of ["🎂", "*", '"', "( )", "-"]) expect(found({ text }, typed), typed).toBe(false);
  });

  it("a long text is found by its first 2,000 words, and a long search by its first 100 parts", () => {
    const text = Array.from({ length: 3000 }, (_, at) => `w${at}e`).join(" ");
    expect(found({ text }, "w1900e")).toBe(true);
    expect(found({ text }, "w2900e")).toBe(false);
    expect(found({ text }, `${text.split(" ").slice(0, 100).join(" ")} other`)).toBe(true);
    expect(found({ text }, `${text.split(" ").slice(0, 99).join(" ")} other`)).toBe(false);
  });
});
