import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  AccountTransactions,
  Transaction,
} from "../../../../../packages/core/src/providers/gocardless/models/transaction.ts";
import { fastViewFor } from "../../../../../packages/core/src/schema/fast-path.ts";
import { parseExactly, readExactly } from "../../../../../packages/core/src/schema/json.ts";

const amount = { transactionAmount: { amount: "-1.00", currency: "EUR" } };
const one = (fields: Record<string, unknown>) => Transaction.parse({ ...amount, ...fields });
const read = (text: string) => AccountTransactions.parse(parseExactly(text));

describe("a transaction", () => {
  it("a transaction keeps every digit of its amount: string or number, with or without decimals", () => {
    const text = (written: string) =>
      `{"transactions":{"booked":[{"transactionAmount":{"amount":${written},"currency":"EUR"}}]}}`;
    const amounts = [
      "1e2",
      "-24.0",
      "12345678901234567.89",
      '"-15.00"',
      '"1000000"',
      '"-10.5000"',
      '"1e2"',
      '"+3.50"',
    ];
    expect(
      amounts.map((written) => read(text(written)).transactions.booked[0]?.transactionAmount.amount),
    ).toEqual(["100", "-24.0", "12345678901234567.89", "-15.00", "1000000", "-10.5000", "100", "3.50"]);
  });

  it("currencyExchange is a list, even if the bank sends one object", () => {
    const exchange = {
      sourceCurrency: "USD",
      exchangeRate: "0.0",
      instructedAmount: { amount: "12.10", currency: "USD" },
    };
    expect(one({ currencyExchange: exchange }).currencyExchange).toEqual([exchange]);
    expect(one({ currencyExchange: [exchange, {}] }).currencyExchange).toEqual([exchange, {}]);
    expect(one({ currencyExchange: { exchangeRate: "1,12" } }).currencyExchange).toEqual([
      { exchangeRate: "1,12" },
    ]);
    expect(
      read(
        '{"transactions":{"booked":[{"transactionAmount":{"amount":"1","currency":"EUR"},"currencyExchange":{"exchangeRate":1.10,"instructedAmount":{"amount":5e0}}}]}}',
      ).transactions.booked[0]?.currencyExchange,
    ).toEqual([{ exchangeRate: "1.10", instructedAmount: { amount: "5" } }]);
  });

  it("a list of strings is a list, even if the bank sends one string", () => {
    expect(
      one({ remittanceInformationUnstructuredArray: "rent" }).remittanceInformationUnstructuredArray,
    ).toEqual(["rent"]);
    expect(
      one({ remittanceInformationStructuredArray: ["a", "b"] }).remittanceInformationStructuredArray,
    ).toEqual(["a", "b"]);
  });

  it("a transaction keeps blank and odd ids, dates with times, and unspecified fields", () => {
    const odd = {
      transactionId: " ",
      entryReference: "NOTPROVIDED",
      bookingDate: "2026-01-31T10:05:00+01:00",
      merchantCategoryCode: "5411",
    };
    const unknown = {
      cardTransaction: { masked: "1234" },
      additionalDataStructured: { Name: "x" },
      somethingNew: [1, { two: 2 }],
      __proto__x: 1,
    };
    const sent = { ...amount, ...odd, ...unknown };
    expect(one({ ...odd, ...unknown })).toEqual({ ...amount, ...odd, raw: sent });
    expect(one(odd)).toEqual({ ...amount, ...odd });
  });

  it("every field of a transaction may be null, except the amount", () => {
    for (const name of Object.keys(Transaction.shape)) {
      if (name === "transactionAmount") continue;
      expect(one({ [name]: null }), name).toEqual({ ...amount, [name]: null });
    }
  });

  it("a transaction may have a number in place of a string", () => {
    expect(one({ transactionId: 42 }).transactionId).toBe("42");
  });
});

describe("the transactions of an account", () => {
  it("pending is a list, whether it is absent, null, inside transactions, next to it, or both", () => {
    const pending = [amount];
    const lists = [
      { transactions: { booked: [] } },
      { transactions: { booked: [], pending: null } },
      { transactions: { booked: [], pending } },
      { transactions: { booked: [] }, pending },
      { transactions: { booked: [], pending }, pending },
    ].map((body) => AccountTransactions.parse(body).transactions.pending.length);
    expect(lists).toEqual([0, 0, 1, 1, 2]);
  });

  it("an unreadable transaction is kept with its index and the reason, and the others are read", () => {
    const bad = {
      transactionAmount: { amount: "twelve", currency: "EUR" },
      secret: "DE89370400440532013000",
    };
    const response = AccountTransactions.parse({
      transactions: { booked: [amount, bad, null, amount], pending: [{}] },
      last_updated: "2026-11-01T00:00:00Z",
    });
    expect(response.transactions.booked).toEqual([amount, amount]);
    expect(response.transactions.pending).toEqual([]);
    expect(response.transactions.unreadable.map(({ list, index, raw }) => ({ list, index, raw }))).toEqual([
      { list: "booked", index: 1, raw: bad },
      { list: "booked", index: 2, raw: null },
      { list: "pending", index: 0, raw: {} },
    ]);
    expect(response.transactions.unreadable[0]?.reason).toBe(
      "transactionAmount.amount: is not a decimal number",
    );
    expect(response.transactions.unreadable.map(({ reason }) => reason).join()).not.toContain("twelve");
    expect(response.last_updated).toBe("2026-11-01T00:00:00Z");
  });

  it("a response with transactions is invalid without a list, or with another shape", () => {
    for (const body of [{}, { transactions: [] }, [], "x", { transactions: { booked: {} } }]) {
      expect(AccountTransactions.safeParse(body).success).toBe(false);
    }
  });
});

describe("the fast path past the schema", () => {
  const { accepts } = fastViewFor(Transaction);
  const odd = fc.oneof(
    fc.string(),
    fc.constantFrom(
      null,
      undefined,
      5,
      true,
      [],
      {},
      ["a"],
      [5],
      { amount: "1.0", currency: "EUR" },
      { amount: 1, currency: "EUR" },
      { amount: "1e2", currency: "X" },
      { iban: "x" },
      [{ exchangeRate: "1.1" }],
      { exchangeRate: 2 },
    ),
  );
  const field = fc.constantFrom(...Object.keys(Transaction.shape), "unknown", "instructedAmount");
  const transactions = fc
    .dictionary(field, odd, { maxKeys: 6 })
    .map((fields) => ("transactionAmount" in fields ? fields : { ...amount, ...fields }));

  it("the fast path accepts usual transactions, and only what the schema returns unchanged", () => {
    let accepted = 0;
    fc.assert(
      fc.property(transactions, (given) => {
        if (!accepts(given)) return;
        accepted += 1;
        expect(Transaction.parse(given)).toEqual(given);
      }),
      { numRuns: 5000 },
    );
    expect(accepted).toBeGreaterThan(500);
    expect(
      accepts({
        ...amount,
        currencyExchange: [{ exchangeRate: "1.1" }],
        creditorAccount: { iban: "x" },
      }),
    ).toBe(true);
    expect(accepts({ ...amount, anything: {} })).toBe(false);
    expect(accepts({})).toBe(false);
    expect(accepts({ transactionAmount: { amount: 1, currency: "EUR" } })).toBe(false);
  });
});

describe("reading a body whose numbers must survive", () => {
  /** JSON texts with bare numbers that a JavaScript number alters, in known members and in the bank's own. */
  const number = fc.constantFrom("1.10", "-24.0", "1e2", "12345678901234567890", "7", "0.10");
  const scalar = fc.oneof(
    { weight: 1, arbitrary: number },
    { weight: 4, arbitrary: fc.constantFrom('"x"', '"1.10"', "null", "true") },
  );
  const member = fc.tuple(
    fc.constantFrom("valueDate", "own", "exchangeRate", "currencyExchange"),
    fc.array(scalar, { maxLength: 3 }),
  );
  const transaction = fc
    .tuple(fc.oneof({ weight: 9, arbitrary: fc.constant('"-5.00"') }, number), fc.option(member))
    .map(
      ([amount, more]) =>
        `{"transactionAmount":{"amount":${amount},"currency":"EUR"}${more ? `,"${more[0]}":[${more[1].join()}]` : ""}}`,
    );
  const body = fc
    .tuple(
      fc.array(transaction, { maxLength: 3 }),
      fc.array(transaction, { maxLength: 3 }),
      fc.option(scalar),
    )
    .map(
      ([booked, pending, beside]) =>
        `{"transactions":{"booked":[${booked.join()}],"pending":[${pending.join()}]}${beside ? `,"own":${beside}` : ""}}`,
    );

  it("a body is read as if it had been parsed exactly first", () => {
    let [exact, usual] = [0, 0];
    fc.assert(
      fc.property(body, (text) => {
        expect(readExactly(text, (value) => AccountTransactions.parse(value))).toStrictEqual(read(text));
        if (/[:[,]-?\d/.test(text)) exact += 1;
        else usual += 1;
      }),
      { numRuns: 2000 },
    );
    expect(Math.min(exact, usual)).toBeGreaterThan(50);
  });
});
