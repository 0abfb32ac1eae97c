import Big from "big.js";
import { describe, expect, it } from "vitest";
import { accountsAt, banks, PROFILES, type Quirk } from "../../packages/sandbox/src/banks/index.ts";
import { balancesOf, detailsOf } from "../../packages/sandbox/src/gocardless/payload/account.ts";
import { bookedEntries } from "../../packages/sandbox/src/gocardless/payload/transactions.ts";
import {
  balanceAfter,
  type Entry,
  ibanOf,
  nameOf,
  open,
  type PlainClient,
  read,
  textOf,
} from "./bank-reader.ts";

const idOf = (quirk: Quirk): string => {
  const found = banks.find(({ habits }) => habits.includes(quirk));
  if (found === undefined) throw new Error(`No bank has the habit ${quirk}.`);
  return found.id;
};

describe("the other side of an entry", () => {
  it("a transfer, a direct debit and a salary name the other side's account, and a purchase by card does not", async () => {
    await using client = await open();
    const { first } = await read(client, "FINECO_FEBIITM2");
    const ofCode = (code: string) => first.booked.filter((one) => one["bankTransactionCode"] === code);
    const accounts = (code: string, name: string) =>
      new Set(ofCode(code).map((one) => JSON.stringify(one[name])));
    for (const [code, side] of [
      ["PMNT-RCDT-SALA", "debtorAccount"],
      ["PMNT-ICDT-STDO", "creditorAccount"],
      ["PMNT-RDDT-ESDD", "creditorAccount"],
    ] as const) {
      expect(ofCode(code).length, code).toBeGreaterThanOrEqual(3);
      const [one, ...others] = accounts(code, side);
      expect(others).toEqual([]);
      expect(JSON.parse(one ?? "null"), code).toEqual({
        iban: expect.stringMatching(/^IT\d{2}[A-Z]\d{22}$/),
      });
    }
    for (const one of ofCode("PMNT-CCRD-POSD")) {
      expect(one).not.toHaveProperty("creditorAccount");
      expect(one).toHaveProperty("creditorName");
    }
    expect(ofCode("PMNT-CCRD-POSD").length).toBeGreaterThan(30);
  });

  it("a bank that names both parties sends the owner and the owner's account on every entry", async () => {
    await using client = await open();
    const { first } = await read(client, idOf("bothParties"));
    const { iban, owner_name: owner } = first.metadata;
    for (const one of first.entries) {
      const leaves = one.transactionAmount.amount.startsWith("-");
      expect(one[leaves ? "debtorName" : "creditorName"]).toBe(owner);
      expect(one[leaves ? "debtorAccount" : "creditorAccount"]).toEqual({ iban, currency: "EUR" });
    }
    const salary = first.booked.find((one) => one["bankTransactionCode"] === "PMNT-RCDT-SALA");
    expect(salary?.["debtorName"]).toBe("Meridian Works Ltd");
  });

  it("a transfer between the two accounts of a bank is booked on both, with opposite amounts and each other's IBAN", async () => {
    await using client = await open();
    const { first, second } = await read(client, "FINECO_FEBIITM2");
    const sent = first.booked.filter((one) => /^(?:To|From) savings$/.test(textOf(one)));
    expect(sent).toHaveLength(3);
    for (const one of sent) {
      const amount = new Big(one.transactionAmount.amount);
      const other = second.booked.find((entry) => new Big(entry.transactionAmount.amount).plus(amount).eq(0));
      expect(other).toMatchObject({ bookingDate: one["bookingDate"] });
      expect(ibanOf(one)).toBe(second.details.iban);
      expect(other && ibanOf(other)).toBe(first.details.iban);
      expect(nameOf(one)).toBe(first.details.ownerName);
    }
  });

  it.each(banks.filter(({ savesAt }) => savesAt !== undefined))(
    "a standing order from $id arrives at the same person's savings account a day later",
    async ({ id, savesAt = "" }) => {
      await using client = await open();
      const [sender, receiver] = [await read(client, id), await read(client, savesAt)];
      const isOrder = (one: Entry) => JSON.stringify(one).includes("Standing order savings plan");
      const [left, arrived] = [sender.first.booked.filter(isOrder), receiver.second.booked.filter(isOrder)];
      expect(left).toHaveLength(3);
      expect(arrived).toHaveLength(3);
      const dates = (list: Entry[]) => list.map((one) => String(one["bookingDate"])).toSorted();
      expect(dates(left).map((date) => date.replace("-03", "-04"))).toEqual(dates(arrived));
      const [out, into] = [left[0], arrived[0]];
      if (out === undefined || into === undefined) throw new Error("no order");
      expect(new Big(out.transactionAmount.amount).times(-1).toFixed(2)).toBe(into.transactionAmount.amount);
      expect(ibanOf(out)).toBe(receiver.second.details.iban);
      expect(ibanOf(into)).toBe(sender.first.details.iban);
      expect(receiver.second.metadata.owner_name).toBe(sender.first.metadata.owner_name);
    },
  );
});

describe("what some banks send besides the usual", () => {
  it("every entry of a British bank has times beside its dates", async () => {
    await using client = await open();
    for (const { id } of banks.filter(({ countries }) => countries[0] === "GB")) {
      const { first, second } = await read(client, id);
      for (const one of [...first.entries, ...second.entries]) {
        const { bookingDate = one["valueDate"], bookingDateTime, valueDate, valueDateTime } = one;
        const time = /^T\d{2}:\d{2}:\d{2}(?:\.\d{3}Z|\+00:00)$/;
        expect(String(bookingDateTime).slice(0, 10), id).toBe(bookingDate);
        expect(String(bookingDateTime).slice(10), id).toMatch(time);
        expect(String(valueDateTime).slice(0, 10), id).toBe(valueDate);
      }
      expect(first.booked.some((one) => String(one["valueDateTime"]).endsWith("Z"))).toBe(true);
      expect(first.details.scan).toBe(first.details.iban.slice(-14));
    }
  });

  it.each(["ABNAMRO_ABNANL2A", "CAIXABANK_CAIXESBB", "LLOYDS_LOYDGB2L"])(
    "the balance after each entry of %s continues that of the entry before, up to the balance of the account",
    async (id) => {
      await using client = await open();
      const { found } = await read(client, id);
      for (const { booked, pending, balances } of found) {
        const after = (one: Entry) => new Big(balanceAfter(one));
        const [newest] = booked;
        expect(newest && balanceAfter(newest)).toBe(balances[0].balanceAmount.amount);
        for (const [at, one] of booked.entries()) {
          const before = booked[at + 1];
          if (before !== undefined) {
            expect(after(before).plus(one.transactionAmount.amount).toFixed(2)).toBe(balanceAfter(one));
          }
        }
        expect(pending.some((one) => "balanceAfterTransaction" in one)).toBe(false);
      }
    },
  );

  it("a part of a history has the same running balances as the whole", async () => {
    await using client = await open();
    const { first } = await read(client, "ABNAMRO_ABNANL2A");
    const { body } = await client.send(
      "GET",
      `/accounts/${first.id}/transactions/?date_from=2026-10-07&date_to=2026-10-19`,
    );
    const part: Entry[] = body.transactions.booked;
    expect(part.length).toBeGreaterThan(5);
    for (const one of part) expect(first.booked).toContainEqual(one);
  });

  it("a bank with codes sends its own code, the purpose and the end-to-end id", async () => {
    await using client = await open();
    const { first } = await read(client, "DEUTSCHE_BANK_DEUTDEFF");
    const salary = first.booked.find((one) => one["bankTransactionCode"] === "PMNT-RCDT-SALA");
    expect(salary).toMatchObject({
      proprietaryBankTransactionCode: "NTRF+166",
      purposeCode: "SALA",
      endToEndId: expect.stringMatching(/^E2E-/),
    });
    const rent = first.booked.find((one) => one["bankTransactionCode"] === "PMNT-ICDT-STDO");
    expect(rent).toMatchObject({ purposeCode: "RENT", endToEndId: "NOTPROVIDED" });
    const { first: monzo } = await read(client, "MONZO_MONZGB2L");
    expect(new Set(monzo.booked.map((one) => one["proprietaryBankTransactionCode"]))).toContain(
      "CARD_PAYMENT",
    );
  });

  it("payments have ultimate parties, cheques and structured references at banks that send these", async () => {
    await using client = await open();
    const { first: belfius } = await read(client, "BELFIUS_GKCCBEBB");
    const texts = belfius.booked.filter((one) => Array.isArray(one["remittanceInformationStructuredArray"]));
    expect(texts.length).toBeGreaterThanOrEqual(6);
    for (const one of texts) {
      const reference = String(one["remittanceInformationStructured"]);
      expect(one["remittanceInformationStructuredArray"]).toEqual([reference]);
      // ISO 11649: the check digits are those of an IBAN.
      const digits = [...`${reference.slice(4)}${reference.slice(0, 4)}`].map((sign) =>
        Number.parseInt(sign, 36),
      );
      expect(BigInt(digits.join("")) % 97n).toBe(1n);
    }
    expect(belfius.booked.some((one) => one["ultimateCreditor"] === "Robin Oak")).toBe(true);
    expect(belfius.booked.some((one) => one["ultimateDebtor"] === "Meridian Payroll Services")).toBe(true);
    const { first: french } = await read(client, "CAISSE_DEPARGNE_CEPAFRPP");
    const cheques = french.booked.filter((one) => "checkId" in one);
    expect(cheques.length).toBeGreaterThan(0);
    for (const one of cheques) {
      expect(one).toMatchObject({ checkId: expect.stringMatching(/^\d{7}$/), debtorName: "Kim Taylor" });
      expect(one).not.toHaveProperty("debtorAccount");
    }
  });

  it("balances name the last change and the last booked entry at banks that send these", async () => {
    await using client = await open();
    const { first } = await read(client, "STARLING_SRLGGB2L");
    expect(first.balances[0]).toMatchObject({
      lastChangeDateTime: `${first.booked[0]?.["bookingDate"]}T00:00:00.000Z`,
      lastCommittedTransaction: first.booked[0]?.["transactionId"],
    });
  });

  it("details have every member of the specification at some bank", async () => {
    await using client = await open();
    const { first: erste } = await read(client, "ERSTE_GIBAATWW");
    expect(erste.details).toMatchObject({
      bic: "GIBAATWW",
      displayName: `Current Account ${erste.details.ownerName}`,
      details: "Everyday, opened online",
      ownerAddressStructured: { streetName: "Harbour Street", buildingNumber: "12", country: "AT" },
    });
    const { first: danske } = await read(client, "DANSKE_DABADKKK");
    expect(danske.details.msisdn).toMatch(/^\+45\d{8}$/);
    const { first: czech } = await read(client, "KOMERCNI_KOMBCZPP");
    expect(czech.details.additionalAccountData.secondaryIdentification).toBe(
      `${czech.details.bban.slice(10)}/${czech.details.bban.slice(0, 4)}`,
    );
  });
});

describe("an exchange of currencies", () => {
  const exchangesOf = async (client: PlainClient, bank: string) => {
    const { found } = await read(client, bank);
    const exchanges = found.flatMap(({ entries }) =>
      entries.flatMap((one) => ("currencyExchange" in one ? [one["currencyExchange"]] : [])),
    );
    expect(exchanges.length, bank).toBeGreaterThan(0);
    return exchanges;
  };
  const usual = {
    sourceCurrency: expect.stringMatching(/^(?:USD|CHF|GBP)$/),
    exchangeRate: expect.stringMatching(/^\d+\.\d{4}$/),
    unitCurrency: "EUR",
    targetCurrency: "EUR",
  };

  it("is an array without an instructed amount at most banks", async () => {
    await using client = await open();
    for (const one of await exchangesOf(client, "FINECO_FEBIITM2")) expect(one).toEqual([usual]);
  });

  it("has a quotation date or an instructed amount at some banks", async () => {
    await using client = await open();
    for (const one of await exchangesOf(client, "ERSTE_GIBAATWW")) {
      expect(one).toEqual([
        {
          ...usual,
          quotationDate: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
          contractIdentification: expect.stringMatching(/^FX-/),
        },
      ]);
    }
    for (const one of await exchangesOf(client, "ING_INGBNL2A")) {
      const amount = { amount: expect.stringMatching(/^\d+\.\d{2}$/), currency: usual.sourceCurrency };
      expect(one).toEqual([{ ...usual, instructedAmount: amount }]);
    }
  });

  it("is one object at others, bare or with an instructed amount", async () => {
    await using client = await open();
    const bare = await exchangesOf(client, "SANDBOXFINANCE_SFIN0000");
    for (const one of bare) {
      expect(one).toEqual({ sourceCurrency: usual.sourceCurrency, exchangeRate: expect.any(String) });
    }
    expect(bare).toContainEqual({ sourceCurrency: usual.sourceCurrency, exchangeRate: "0.0" });
    for (const one of await exchangesOf(client, "REVOLUT_REVOGB21")) {
      expect(one).toEqual({
        ...usual,
        instructedAmount: { amount: expect.any(String), currency: expect.any(String) },
      });
    }
  });
});

it("every member that the specification names is sent by some bank", () => {
  const sent = { transactions: new Set<string>(), balances: new Set<string>(), details: new Set<string>() };
  const exchanges = new Set<string>();
  const at = new Date("2026-11-23T09:00:00Z");
  for (const account of banks.flatMap((bank) => accountsAt(bank, { seed: 1 }))) {
    const entries = [
      ...bookedEntries(account, { at, call: 0, connection: 0 }, { from: "2026-08-25" }),
    ].flat();
    for (const { payload } of entries) {
      for (const [name, value] of Object.entries(payload)) if (value !== null) sent.transactions.add(name);
      for (const exchange of [payload["currencyExchange"] ?? []].flat())
        for (const name of Object.keys(exchange)) exchanges.add(name);
    }
    for (const balance of balancesOf(account, at))
      for (const name of Object.keys(balance)) sent.balances.add(name);
    for (const name of Object.keys(detailsOf(account))) sent.details.add(name);
  }
  const missing = (names: string, found: ReadonlySet<string>) =>
    names.split(" ").filter((name) => !found.has(name));
  // The schemas TransactionSchema, CurrencyExchangeSchema, BalanceSchema and DetailSchema of version 2.
  const transaction =
    "transactionId entryReference endToEndId mandateId checkId creditorId bookingDate valueDate bookingDateTime valueDateTime transactionAmount currencyExchange creditorName creditorAccount ultimateCreditor debtorName debtorAccount ultimateDebtor remittanceInformationUnstructured remittanceInformationUnstructuredArray remittanceInformationStructured remittanceInformationStructuredArray additionalInformation purposeCode bankTransactionCode proprietaryBankTransactionCode internalTransactionId balanceAfterTransaction";
  const exchange =
    "sourceCurrency exchangeRate unitCurrency targetCurrency quotationDate contractIdentification";
  const balance =
    "balanceAmount balanceType creditLimitIncluded lastChangeDateTime referenceDate lastCommittedTransaction";
  const detail =
    "resourceId iban bban scan msisdn currency ownerName name displayName product cashAccountType status bic linkedAccounts maskedPan usage details ownerAddressUnstructured ownerAddressStructured additionalAccountData";
  expect(missing(transaction, sent.transactions)).toEqual([]);
  expect(missing(exchange, exchanges)).toEqual([]);
  expect(missing(balance, sent.balances)).toEqual([]);
  expect(missing(detail, sent.details)).toEqual([]);
});

it("the quirks that break clients outright are alone at their bank", () => {
  for (const quirk of ["missingPending", "pendingBeside", "numericAmounts", "invertedSigns"] as const) {
    const profiles = Object.values(PROFILES).filter((quirks: readonly Quirk[]) => quirks.includes(quirk));
    expect(profiles).toEqual([[quirk]]);
  }
});
