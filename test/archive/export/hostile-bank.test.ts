import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beancountLedger, type LedgerAccount } from "../../../packages/archive/src/export/beancount.ts";
import { neutralBalance } from "../../../packages/core/src/providers/gocardless/neutral/balance.ts";
import { account, balance, neutral, readRows, transaction } from "./given.ts";
import { checked, of } from "./read-ledger.ts";

const TODAY = "2026-11-20";

/** What breaks a line for one program or another. */
const BREAKS = ["\r", "\n", "\r\n", "\u0085", "\u2028", "\u2029", "\v", "\f", "\u001c", "\u001e", "\0"];

const nastyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc
    .array(
      fc.constantFrom(...BREAKS, '"', "\\", "a", " ", ":", ";", "#", "^", "*", "\ud83c", "\udf89", "\u202e"),
      {
        maxLength: 12,
      },
    )
    .map((parts) => parts.join("")),
  fc.constantFrom(
    "",
    "  ",
    'x"\nplugin "evil"\n',
    'EUR\noption "plugin_processing_mode" "raw"',
    'include "/etc/passwd"',
    "2026-01-01 open Assets:Evil",
    "#tag ^link",
    "Assets:Bank",
    "Bank",
    "Bank:Sub",
    "bank:sub:more",
    "日本",
    "ß",
    "TRUE",
    "FALSE",
    "NULL",
  ),
);
const mostly = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: rare });
const anyCurrency = mostly(fc.constant("EUR"), fc.oneof(fc.constantFrom("USD", "eur", "EUR "), nastyText));
const anyDate = mostly(
  fc.integer({ min: 1, max: 28 }).map((day) => `2026-11-${String(day).padStart(2, "0")}`),
  fc.oneof(
    fc.constantFrom("0001-01-01", "0000-01-01", "9999-12-31", "2026-13-45", "31.12.2026", "1900-01-01", ""),
    nastyText,
  ),
);
const anyAmount = fc.record({
  amount: mostly(
    fc.integer({ min: -99_999, max: 99_999 }).map((cents) => (cents / 100).toFixed(2)),
    fc.oneof(
      fc.constantFrom("1e5", "00.10", "-0", "9".repeat(28), "9".repeat(29), "NaN", "1e999"),
      nastyText,
    ),
  ),
  currency: anyCurrency,
});
const maybeText = fc.option(nastyText, { freq: 2 });
const maybeTexts = fc.option(fc.array(nastyText, { maxLength: 3 }), { freq: 2 });
const anyTransaction = fc.record({
  transactionAmount: anyAmount,
  bookingDate: fc.option(anyDate, { freq: 8 }),
  valueDate: fc.option(anyDate),
  valueDateTime: fc.option(anyDate),
  creditorName: maybeText,
  debtorName: maybeText,
  ultimateCreditor: maybeText,
  ultimateDebtor: maybeText,
  remittanceInformationUnstructured: maybeText,
  remittanceInformationUnstructuredArray: maybeTexts,
  remittanceInformationStructured: maybeText,
  remittanceInformationStructuredArray: maybeTexts,
  additionalInformation: maybeText,
  transactionId: maybeText,
  internalTransactionId: maybeText,
  entryReference: maybeText,
});
const anyBalance = fc.record({
  balanceAmount: anyAmount,
  balanceType: fc.constantFrom("closingBooked", "interimBooked", "expected", null),
  referenceDate: fc.option(anyDate, { freq: 4 }),
});
const anyAccount: fc.Arbitrary<LedgerAccount> = fc.record({
  name: nastyText,
  currency: anyCurrency,
  transactions: fc.array(anyTransaction.map(neutral), { maxLength: 6 }),
  balances: fc.array(anyBalance.map(neutralBalance), { maxLength: 3 }),
});

/** A row with some of its members replaced by what no bank should send. */
const anyRow = <T extends object>(usual: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  mostly<unknown>(
    fc
      .tuple(usual, fc.dictionary(fc.constantFrom(...MEMBERS), fc.jsonValue(), { maxKeys: 2 }))
      .map(([row, odd]) => ({ ...row, ...odd })),
    fc.jsonValue(),
  );
const MEMBERS = [
  "bookingDate",
  "creditorName",
  "debtorName",
  "transactionId",
  "referenceDate",
  "raw",
  "other",
];
const anyRows = fc.record({
  booked: fc.array(anyRow(anyTransaction), { maxLength: 6 }),
  pending: fc.array(anyRow(anyTransaction), { maxLength: 3 }),
  balances: fc.array(anyRow(anyBalance), { maxLength: 3 }),
});

describe("beancountLedger with hostile input", () => {
  it("each booked row is written, reported or counted as unreadable", () => {
    let [written, unread] = [0, 0];
    fc.assert(
      fc.property(anyRows, (sent) => {
        const given = account(readRows(sent));
        const { text, skipped, omitted } = beancountLedger([given], TODAY);
        const lines = checked(text);
        const openings = of(lines, "entry").filter((parts) => parts[1] === "Opening balance").length;
        const entries = of(lines, "entry").length - openings;
        const unreadable = given.unreadable ?? 0;
        expect(entries + skipped.length + unreadable).toBe(sent.booked.length);
        for (const { index } of skipped) expect(given.transactions[index]?.status).toBe("booked");
        expect(omitted.map(({ reason }) => reason).filter((reason) => reason.includes("be read"))).toEqual(
          unreadable === 0 ? [] : [`transactions that could not be read: ${unreadable}`],
        );
        written += entries;
        unread += unreadable;
      }),
      { numRuns: 300 },
    );
    expect(written).toBeGreaterThan(200);
    expect(unread).toBeGreaterThan(20);
  });

  it("the ledger has only lines of known forms that balance, and every entry left out is reported", () => {
    let asserted = 0;
    fc.assert(
      fc.property(fc.array(anyAccount, { maxLength: 4 }), (accounts) => {
        const { text, skipped } = beancountLedger(accounts, TODAY);
        const lines = checked(text);
        const openings = of(lines, "entry").filter((parts) => parts[1] === "Opening balance").length;
        const given = accounts.reduce((sum, { transactions }) => sum + transactions.length, 0);
        expect(of(lines, "entry").length - openings + skipped.length).toBe(given);
        asserted += of(lines, "balance").length;
      }),
      { numRuns: 400 },
    );
    expect(asserted).toBeGreaterThan(50);
  });

  it.each(BREAKS)("text after the line break %j never becomes a line of the ledger", (lineBreak) => {
    const evil = `EUR${lineBreak}plugin "evil"${lineBreak}2026-11-01 open Assets:Evil`;
    const sum = { amount: "-1", currency: evil };
    const everywhere = {
      creditorName: evil,
      remittanceInformationUnstructured: evil,
      additionalInformation: `${evil}2`,
      transactionId: evil,
    };
    const { text, skipped, omitted } = beancountLedger(
      [
        account({
          name: evil,
          currency: evil,
          balances: [balance("closingBooked", "1", undefined, { balanceAmount: sum })],
        }),
        account({
          currency: evil,
          transactions: [
            transaction("2026-11-01", "-1", everywhere),
            transaction("2026-11-02", "-2", { transactionAmount: sum }),
            transaction(`2026-11-03${lineBreak}plugin "evil"`, `-3${lineBreak}4`),
            transaction(evil, "-4"),
          ],
          balances: [balance("closingBooked", "1", "2026-11-02", { balanceAmount: sum })],
        }),
      ],
      TODAY,
    );
    const lines = checked(text);
    expect(text.split(/[\p{Cc}\p{Zl}\p{Zp}]/u)).toHaveLength(lines.length);
    expect(text).toContain(
      '2026-11-01 * "EUR plugin \\"evil\\" 2026-11-01 open Assets:Evil" "EUR plugin \\"evil\\" 2026-11-01 open Assets:Evil2"',
    );
    expect(of(lines, "open").map(([, name]) => name)).toEqual([
      "Equity:Opening-Balances",
      "Income:Unsorted",
      "Expenses:Unsorted",
      "Assets:N26:Main-Account",
    ]);
    expect(skipped.map(({ index }) => index)).toEqual([1, 2, 3]);
    expect(omitted).toHaveLength(4);
    for (const { reason } of [...skipped, ...omitted]) expect(reason).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
  });

  it.each(["", "eur", "EUR ", "EUR\n", 'EUR"', "€", "E", "TRUE", "FALSE", "NULL", "EUR;x", "A".repeat(25)])(
    "the good entries of an account whose currency is %j are written, and the rest is reported",
    (currency) => {
      const { text, skipped, omitted } = beancountLedger(
        [
          account({
            currency,
            transactions: [
              transaction("2026-11-01", "-1"),
              transaction("2026-11-02", "-2", {
                transactionAmount: { amount: "-2", currency },
              }),
            ],
          }),
        ],
        TODAY,
      );
      expect(of(checked(text), "posting")).toEqual([
        ["Assets:N26:Main-Account", "-1 EUR"],
        ["Expenses:Unsorted", "1 EUR"],
      ]);
      expect(text).not.toContain("operating_currency");
      expect(skipped.map(({ index }) => index)).toEqual([1]);
      expect(omitted).toHaveLength(1);
      expect(omitted[0]?.reason).toMatch(/^its currency: ".*" is not a valid commodity$/u);
    },
  );

  it("no account is named beneath another, whose asserted balance would include both", () => {
    const names = ["Bank", "Bank:Sub", "Bank:Sub", "Bank:Sub:Card", "Bank-2:Sub", "Bank"];
    const { text } = beancountLedger(
      names.map((name, at) =>
        account({
          name,
          transactions: [transaction("2026-11-01", "-1")],
          balances: [balance("closingBooked", `${at + 1}`, "2026-11-01")],
        }),
      ),
      TODAY,
    );
    const asserted = of(checked(text), "balance").map(([, name]) => name);
    expect(asserted).toEqual([
      "Assets:Bank-3",
      "Assets:Bank:Sub-2",
      "Assets:Bank:Sub-3",
      "Assets:Bank:Sub:Card",
      "Assets:Bank-2:Sub",
      "Assets:Bank-4",
    ]);
  });

  it("account names have only letters that every release of beancount accepts", () => {
    const nameOf = (name: string) =>
      of(
        checked(
          beancountLedger([account({ name, transactions: [transaction("2026-11-01", "-1")] })], TODAY).text,
        ),
        "open",
      ).at(-1)?.[1];
    expect(
      [
        "",
        ":",
        "Straße",
        "u\u0308ber",
        "счёт",
        "日本 銀行 5",
        "𝒜cct",
        "\ud800",
        "\ua7cbx",
        "a".repeat(5_000),
      ].map(nameOf),
    ).toEqual([
      "Assets:X",
      "Assets:X:X",
      "Assets:Straße",
      "Assets:Über",
      "Assets:Счёт",
      "Assets:5",
      "Assets:Cct",
      "Assets:X",
      "Assets:X",
      `Assets:A${"a".repeat(199)}`,
    ]);
  });

  it("writing a ledger takes time in proportion to the length of its input", () => {
    const long = 'a"\\ \n-0'.repeat(300_000);
    const amounts = ["0".repeat(2_000_000), "1".repeat(2_000_000), `${"1".repeat(2_000_000)}x`, long];
    const started = performance.now();
    const { skipped } = beancountLedger(
      [
        account({
          name: long,
          currency: long,
          transactions: [
            transaction("2026-11-01", "-1", { creditorName: long, transactionId: long }),
            transaction(" ".repeat(2_000_000), "1"),
            ...amounts.map((amount) => transaction("2026-11-01", amount)),
          ],
          balances: [balance("closingBooked", long, long)],
        }),
      ],
      TODAY,
    );
    expect(skipped.map(({ index }) => index)).toEqual([1, 3, 4, 5]);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
