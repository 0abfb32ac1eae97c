import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BankTransaction, Owner } from "../../../../../packages/core/src/bank/index.ts";
import { AccountTransactions } from "../../../../../packages/core/src/providers/gocardless/models/transaction.ts";
import { neutralTransactions } from "../../../../../packages/core/src/providers/gocardless/neutral/transaction.ts";

const NOBODY: Owner = { names: [], numbers: [] };
const amount = (text: string, currency = "EUR") => ({ transactionAmount: { amount: text, currency } });

/** The transaction that a row of a bank is. */
function read(row: Record<string, unknown>, owner = NOBODY): BankTransaction {
  const response = AccountTransactions.parse({ transactions: { booked: [row] } });
  const [transaction] = neutralTransactions(response, owner).items;
  if (transaction === undefined) throw new Error("the row could not be read");
  return transaction;
}

describe("a row of a bank", () => {
  it("a row with times, a merchant's category and an amount of four decimals keeps all of it", () => {
    const sent = {
      transactionId: "tx_0000Anonymized1",
      bookingDate: "2025-03-28",
      bookingDateTime: "2025-03-28T11:13:14.034Z",
      transactionAmount: { amount: "-10.5000", currency: "GBP" },
      creditorName: "Anonymous Creditor 1",
      remittanceInformationUnstructured: "Anonymous Info 1",
      proprietaryBankTransactionCode: "code1",
      merchantCategoryCode: "0001",
      internalTransactionId: "anonymized_id_1",
    };
    expect(read(sent)).toEqual({
      status: "booked",
      position: 0,
      amount: "-10.5000",
      currency: "GBP",
      bookingDate: "2025-03-28",
      valueDate: null,
      transactionDate: null,
      bookingDateTime: "2025-03-28T11:13:14.034Z",
      valueDateTime: null,
      counterparty: "Anonymous Creditor 1",
      counterpartyAccount: null,
      text: "Anonymous Info 1",
      texts: { unstructured: "Anonymous Info 1", structured: null, additional: null, note: null },
      creditor: { name: "Anonymous Creditor 1", account: null },
      debtor: null,
      ultimateCreditor: null,
      ultimateDebtor: null,
      ids: {
        internalTransactionId: "anonymized_id_1",
        transactionId: "tx_0000Anonymized1",
        entryReference: null,
      },
      endToEndId: null,
      mandateId: null,
      creditorId: null,
      checkId: null,
      bankTransactionCode: null,
      proprietaryCode: "code1",
      purposeCode: null,
      merchantCategoryCode: "0001",
      exchange: null,
      balanceAfter: null,
      raw: sent,
    } satisfies BankTransaction);
  });

  it("a row with an exchange as an object keeps what the bank sent", () => {
    const currencyExchange = { sourceCurrency: "GBP", exchangeRate: "2.0356", targetCurrency: "AUD" };
    const row = { ...amount("-217.76", "GBP"), valueDate: "2025-03-19", currencyExchange };
    expect(read(row)).toMatchObject({
      valueDate: "2025-03-19",
      exchange: {
        instructedAmount: null,
        rate: "2.0356",
        unitCurrency: null,
        sourceCurrency: "GBP",
        targetCurrency: "AUD",
        quotationDate: null,
      },
    });
    expect(
      read({ ...amount("-10.00"), currencyExchange: { sourceCurrency: "GBP", exchangeRate: "0.0" } })
        .exchange,
    ).toMatchObject({ rate: "0.0" });
  });

  it("a row with ids and texts in a list, without a value date and decimals, is complete", () => {
    const sent = {
      entryReference: "777",
      bookingDate: "2025-05-13",
      transactionAmount: { amount: "-1", currency: "EUR" },
      remittanceInformationUnstructuredArray: ["PRLV assurance"],
      bankTransactionCode: "PMNN-RRRR-EEEE",
      internalTransactionId: "6666666",
    };
    expect(read(sent)).toMatchObject({
      amount: "-1",
      bookingDate: "2025-05-13",
      text: "PRLV assurance",
      bankTransactionCode: "PMNN-RRRR-EEEE",
      ids: { entryReference: "777", transactionId: null, internalTransactionId: "6666666" },
      counterparty: null,
      raw: sent,
    });
  });
});

describe("the fields of a transaction", () => {
  it("fields are null if the bank sent none, a blank, or something odd, which is in the raw row", () => {
    const names = [
      ...[
        "transactionId",
        "entryReference",
        "endToEndId",
        "mandateId",
        "creditorId",
        "checkId",
        "bookingDate",
      ],
      ...["valueDate", "bookingDateTime", "valueDateTime", "creditorName", "debtorName", "ultimateCreditor"],
      ...["ultimateDebtor", "remittanceInformationUnstructured", "remittanceInformationStructured"],
      ...["additionalInformation", "purposeCode", "bankTransactionCode", "proprietaryBankTransactionCode"],
      ...[
        "internalTransactionId",
        "merchantCategoryCode",
        "creditorAccount",
        "debtorAccount",
        "currencyExchange",
      ],
      ...["balanceAfterTransaction", "instructedAmount"],
    ];
    const { raw: _, ...empty } = read(amount("1"));
    for (const odd of [null, "", " ", "\u00a0", [], {}, [[]], { amount: "x" }, false]) {
      const sent = { ...amount("1"), ...Object.fromEntries(names.map((name) => [name, odd])) };
      const { raw, ...transaction } = read(sent);
      expect(transaction, JSON.stringify(odd)).toEqual(empty);
      expect(raw).toEqual(sent);
    }
  });

  it("each field is read from the field of its name", () => {
    const codes = {
      ...{
        transactionId: "t",
        entryReference: "e",
        internalTransactionId: "i",
        endToEndId: "end",
        mandateId: "m",
      },
      ...{ creditorId: "c", checkId: "ch", purposeCode: "SALA", bankTransactionCode: "b" },
      ...{
        proprietaryBankTransactionCode: "p",
        merchantCategoryCode: "5411",
        bookingDateTime: "bt",
        valueDateTime: "vt",
      },
    };
    const parties = { creditorName: "C", debtorName: "D", ultimateCreditor: "UC", ultimateDebtor: "UD" };
    expect(read({ ...amount("-1"), ...codes, ...parties })).toMatchObject({
      ids: { transactionId: "t", entryReference: "e", internalTransactionId: "i" },
      ...{ endToEndId: "end", mandateId: "m", creditorId: "c", checkId: "ch", purposeCode: "SALA" },
      ...{ bankTransactionCode: "b", proprietaryCode: "p", merchantCategoryCode: "5411" },
      ...{ bookingDateTime: "bt", valueDateTime: "vt", bookingDate: null, valueDate: null },
      ...{ creditor: { name: "C" }, debtor: { name: "D" }, ultimateCreditor: "UC", ultimateDebtor: "UD" },
    });
  });

  it("ids are kept as they were sent, as spaces and case may distinguish them", () => {
    expect(read({ ...amount("1"), transactionId: " NOTPROVIDED ", entryReference: 777 }).ids).toEqual({
      transactionId: " NOTPROVIDED ",
      entryReference: "777",
      internalTransactionId: null,
    });
  });

  it("dates are read without their times", () => {
    const row = { ...amount("1"), bookingDate: "2026-11-01T00:00:00.000Z", valueDate: "0001-01-01" };
    expect(read(row)).toMatchObject({ bookingDate: "2026-11-01", valueDate: "0001-01-01" });
  });

  it("the text is the free form or, if missing, the structured one, or what the bank added if both are missing", () => {
    const free = { remittanceInformationUnstructured: "free" };
    const structured = { remittanceInformationStructuredArray: ["RF18", "5390"] };
    const additional = { additionalInformation: "Card &amp; PIN" };
    expect(read({ ...amount("1"), ...free, ...structured, ...additional })).toMatchObject({
      text: "free",
      texts: { unstructured: "free", structured: "RF18 5390", additional: "Card & PIN", note: null },
    });
    expect(read({ ...amount("1"), ...structured, ...additional }).text).toBe("RF18 5390");
    expect(read({ ...amount("1"), ...additional }).text).toBe("Card & PIN");
    expect(read({ ...amount("1"), remittanceInformationUnstructured: " " }).text).toBe("");
  });

  it("a text is read even if its member has another form", () => {
    const texts = (row: object) => read({ ...amount("-1"), ...row }).texts;
    expect(
      texts({ remittanceInformationStructured: { reference: "RF18", referenceType: "SCOR" } }),
    ).toMatchObject({
      structured: "RF18",
    });
    expect(
      texts({ remittanceInformationStructuredArray: [{ reference: "RF18" }, { reference: "RF19" }] }),
    ).toMatchObject({
      structured: "RF18 RF19",
    });
    expect(texts({ remittanceInformationUnstructured: ["Rent &amp;", "power"] })).toMatchObject({
      unstructured: "Rent & power",
    });
    expect(texts({ remittanceInformationUnstructuredArray: [{ reference: "Rent" }, "May"] })).toMatchObject({
      unstructured: "Rent May",
    });
    expect(texts({ remittanceInformationUnstructuredArray: [{ reference: "Rent" }] })).toMatchObject({
      unstructured: "Rent",
    });
    expect(texts({ additionalInformation: ["Fee"] })).toMatchObject({ additional: "Fee" });
    expect(texts({ remittanceInformationStructured: { reference: 5 }, additionalInformation: {} })).toEqual({
      ...{ unstructured: null, structured: null, additional: null, note: null },
    });
  });

  it("names are decoded, and placeholders are no names; what was sent stays in the raw row", () => {
    const row = {
      ...amount("-1"),
      creditorName: "O&#39;Dell &amp; Caf\\U00E9",
      ultimateCreditor: "NOTPROVIDED",
    };
    const { counterparty, ultimateCreditor, raw } = read(row);
    expect([counterparty, ultimateCreditor]).toEqual(["O'Dell & Café", null]);
    expect(raw).toMatchObject({
      creditorName: "O&#39;Dell &amp; Caf\\U00E9",
      ultimateCreditor: "NOTPROVIDED",
    });
    expect(read({ ...amount("-1"), creditorName: "-", ultimateCreditor: "Shop" }).counterparty).toBe("Shop");
  });

  it.each([
    ["+5.00", "Payer"],
    ["5e2", "Payer"],
    [5, "Payer"],
    ["0", "Payer"],
    ["-5e-1", "Shop"],
    [-0.5, "Shop"],
    [" -.5", "Shop"],
  ])("the amount %j has the counterparty of its direction", (sum, counterparty) => {
    const row = {
      transactionAmount: { amount: sum, currency: "EUR" },
      creditorName: "Shop",
      debtorName: "Payer",
    };
    expect(read(row).counterparty).toBe(counterparty);
  });

  it("parties have an account of any kind, the IBAN first", () => {
    const of = (creditorAccount: unknown) => read({ ...amount("-1"), creditorAccount }).creditor?.account;
    const all = { iban: "DE1", bban: "2", pan: "3", maskedPan: "4XX4", msisdn: "+45" };
    expect(of(all)).toEqual({ scheme: "iban", value: "DE1" });
    expect(of({ ...all, iban: " " })).toEqual({ scheme: "bban", value: "2" });
    expect(of({ ...all, iban: null, bban: null })).toEqual({ scheme: "card", value: "4XX4" });
    expect(of({ pan: "3" })).toEqual({ scheme: "card", value: "3" });
    expect(of({ msisdn: "+45" })).toEqual({ scheme: "phone", value: "+45" });
    expect(of({ currency: "EUR" })).toBeUndefined();
  });

  it("the owner decides which party is the counterparty", () => {
    const owner = { names: ["Erika Mustermann"], numbers: ["DE89370400440532013000"] };
    const row = {
      ...amount("5"),
      creditorAccount: { iban: "DE89370400440532013000" },
      debtorName: " ",
      ultimateDebtor: "Employer",
    };
    expect(read(row, owner)).toMatchObject({
      counterparty: "Employer",
      counterpartyAccount: null,
      creditor: { name: null, account: { scheme: "iban" } },
      debtor: null,
    });
    const wrong = { ...amount("-5"), debtorName: "Shop", debtorAccount: { iban: "NL91ABNA0417164300" } };
    expect(read(wrong, owner)).toMatchObject({
      counterparty: "Shop",
      counterpartyAccount: { value: "NL91ABNA0417164300" },
    });
  });

  it("the foreign amount is read from inside the exchange or next to it, from the first that has any value", () => {
    const instructedAmount = { amount: "12.30", currency: "USD" };
    const expected = { instructedAmount };
    expect(read({ ...amount("1"), instructedAmount }).exchange).toMatchObject(expected);
    expect(read({ ...amount("1"), currencyExchange: { instructedAmount } }).exchange).toMatchObject(expected);
    const several = [
      { exchangeRate: null },
      { exchangeRate: "1.1", unitCurrency: "USD", quotationDate: "2026-11-01" },
    ];
    expect(read({ ...amount("1"), currencyExchange: several, instructedAmount }).exchange).toEqual({
      ...{ instructedAmount, rate: "1.1", unitCurrency: "USD", sourceCurrency: null, targetCurrency: null },
      quotationDate: "2026-11-01",
    });
    const inside = {
      currencyExchange: { instructedAmount },
      instructedAmount: { amount: "9", currency: "CHF" },
    };
    expect(read({ ...amount("1"), ...inside }).exchange).toMatchObject(expected);
    const partly = { currencyExchange: { instructedAmount: { amount: "9" } }, instructedAmount };
    expect(read({ ...amount("1"), ...partly }).exchange).toMatchObject(expected);
    for (const odd of [{ amount: "x", currency: "USD" }, { currency: "USD" }, { amount: "1", currency: " " }])
      expect(read({ ...amount("1"), instructedAmount: odd }).exchange).toBeNull();
  });

  it("the balance after a transaction is read if its amount can be read", () => {
    const balance = (balanceAmount: unknown, balanceType?: string) =>
      read({ ...amount("1"), balanceAfterTransaction: { balanceAmount, balanceType } }).balanceAfter;
    expect(balance({ amount: 1e2, currency: "EUR" }, "interimBooked")).toEqual({
      ...{ amount: "100", currency: "EUR", kind: "interimBooked" },
    });
    expect(balance({ amount: "-5.00", currency: "EUR" }, "odd")?.kind).toBeNull();
    expect(balance({ amount: "much", currency: "EUR" }, "expected")).toBeNull();
    expect(balance(undefined, "expected")).toBeNull();
  });
});

it("a row is read and kept whole, regardless of what a bank sends with an amount", () => {
  const field = fc.constantFrom(
    ...["transactionId", "bookingDate", "currencyExchange", "creditorName", "creditorAccount", "unknown"],
    ...[
      "remittanceInformationUnstructuredArray",
      "balanceAfterTransaction",
      "instructedAmount",
      "ultimateDebtor",
    ],
  );
  fc.assert(
    fc.property(fc.dictionary(field, fc.jsonValue({ maxDepth: 3 })), (fields) => {
      const sent = { ...fields, ...amount("-1.00") };
      const transaction = read(sent);
      expect(transaction).toMatchObject({ amount: "-1.00", currency: "EUR" });
      const raw: unknown = JSON.parse(JSON.stringify(transaction.raw));
      expect(Object.keys(Object(raw)).sort()).toEqual(Object.keys(JSON.parse(JSON.stringify(sent))).sort());
    }),
    { numRuns: 500 },
  );
});
