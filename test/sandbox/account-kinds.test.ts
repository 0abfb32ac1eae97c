import Big from "big.js";
import { describe, expect, it } from "vitest";
import { ibanOf, open, read, textOf } from "./bank-reader.ts";

describe("the accounts of a bank", () => {
  it("a card has a masked number instead of an IBAN, owes money, and is paid each month", async () => {
    await using client = await open();
    const { found } = await read(client, "AMERICAN_EXPRESS_AESUDEF1");
    expect(found).toHaveLength(2);
    for (const { metadata, details, booked, balances } of found) {
      expect(metadata.iban).toBeNull();
      expect(metadata).not.toHaveProperty("bban");
      expect(details).toMatchObject({
        cashAccountType: "CARD",
        maskedPan: expect.stringMatching(/^X{12}\d{4}$/),
      });
      expect(details).not.toHaveProperty("iban");
      expect(details).not.toHaveProperty("bban");
      const income = booked.filter((one) => !one.transactionAmount.amount.startsWith("-"));
      expect(income.map(textOf)).toEqual(Array.from({ length: 3 }, () => "Payment received, thank you"));
      expect(balances[0].balanceAmount.amount).toMatch(/^-/);
    }
  });

  it("the accounts of several currencies share one IBAN, and the conversions between them name it", async () => {
    await using client = await open();
    const { found } = await read(client, "WISE_TRWIGB22", 400);
    expect(found.map(({ details }) => details.currency)).toEqual(["EUR", "USD", "GBP"]);
    expect(new Set(found.map(({ metadata }) => metadata.iban)).size).toBe(1);
    expect(new Set(found.map(({ details }) => details.resourceId)).size).toBe(3);
    for (const { details, booked, balances } of found.slice(1)) {
      expect(balances[0].balanceAmount.currency).toBe(details.currency);
      const conversions = booked.filter((one) => textOf(one).startsWith("Converted"));
      expect(conversions.length).toBeGreaterThanOrEqual(12);
      for (const one of conversions) expect(ibanOf(one)).toBe(details.iban);
      // What is bought in the currency of the account is not exchanged.
      for (const one of booked.filter((entry) => textOf(entry).endsWith(details.currency))) {
        if (!textOf(one).startsWith("Converted")) expect(one).not.toHaveProperty("currencyExchange");
      }
    }
  });

  it("on a savings account there are transfers, interest and a standing order, but no purchases", async () => {
    await using client = await open();
    for (const bank of ["MONZO_MONZGB2L", "MBANK_BREXPLPW", "FINECO_FEBIITM2"]) {
      const { second } = await read(client, bank);
      expect(second.details.cashAccountType).toBe("SVGS");
      const kinds = second.booked.map((one) => textOf(one).replace(/ \d{4}-\d{2}$/, ""));
      const count = (pattern: RegExp) => kinds.filter((text) => pattern.test(text)).length;
      expect(count(/^Interest$/)).toBe(3);
      expect(count(/^Standing order savings plan$/)).toBe(3);
      expect(count(/^(?:From|To) current account$/)).toBe(3);
      expect(count(/^(?:From|To) fixed-term deposit$/)).toBe(3);
      expect(kinds).toHaveLength(12);
      expect(second.pending).toEqual([]);
      expect(Number(second.balances[0].balanceAmount.amount)).toBeGreaterThan(500);
      const interest = second.booked.find((one) => textOf(one).startsWith("Interest"));
      expect(Number(interest?.transactionAmount.amount)).toBeGreaterThan(0);
    }
  });

  it("equal payments on one day occur once or twice a year on an account", async () => {
    await using client = await open();
    let [twins, years] = [0, 0];
    for (const bank of [
      "REVOLUT_REVOGB21",
      "CAIXABANK_CAIXESBB",
      "NORDEA_NDEAFIHH",
      "LHV_LHVBEE22",
      "BAWAG_BAWAATWW",
    ]) {
      const { first } = await read(client, bank, 730);
      const seen = new Set(
        first.booked.map((one) => `${one["bookingDate"]} ${one.transactionAmount.amount} ${textOf(one)}`),
      );
      twins += first.booked.length - seen.size;
      years += 2;
    }
    expect(twins / years).toBeGreaterThan(0.3);
    expect(twins / years).toBeLessThan(4);
  });
});

it("the history of a current account at a calm bank is that of earlier versions", async () => {
  await using client = await open();
  const { first } = await read(client, "FINECO_FEBIITM2");
  expect(first.metadata).toMatchObject({ iban: "IT77I7401784628610130855348", owner_name: "Maria Duarte" });
  expect(first.balances).toMatchObject([
    { balanceAmount: { amount: "1120.27" } },
    { balanceAmount: { amount: "1041.50" } },
  ]);
  expect(first.booked).toHaveLength(159);
  const sum = first.booked.reduce((total, one) => total.plus(one.transactionAmount.amount), new Big(0));
  expect(sum.toFixed(2)).toBe("-48.84");
  expect(first.booked[0]).toEqual({
    transactionId: "20261121-0-1",
    bookingDate: "2026-11-23",
    valueDate: "2026-11-21",
    transactionAmount: { amount: "-88.53", currency: "EUR" },
    creditorName: "Fresh & Near",
    remittanceInformationUnstructured: "Card payment Fresh & Near 2026-11-21",
    bankTransactionCode: "PMNT-CCRD-POSD",
    internalTransactionId: "6a3d26cdb2a779c4ddc28244b947c996",
  });
  for (const [transactionId, amount] of [
    ["20260825-0-1", "3275.54"],
    ["20260831-0-T", "-330.95"],
    ["20261031-0-T", "521.95"],
  ]) {
    expect(first.booked).toContainEqual(
      expect.objectContaining({ transactionId, transactionAmount: { amount, currency: "EUR" } }),
    );
  }
});
