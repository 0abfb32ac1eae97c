import type { BankTransaction, Party } from "../../packages/core/src/bank/index.ts";
import { dateAfter } from "./days.ts";

const SHOPS = [
  "REWE Markt GmbH",
  "EDEKA Center Nord",
  "ALDI SUED",
  "LIDL Vertriebs-GmbH",
  "Bäckerei Schmidt",
  "DB Vertrieb GmbH",
  "Shell Station 4711",
  "Amazon EU S.a r.l.",
  "Netflix International B.V.",
  "Stadtwerke Musterstadt",
  "Café Zentral",
  "Apotheke am Markt",
  "Spotify AB",
  "IKEA Deutschland",
  "Vodafone GmbH",
  "Allianz Versicherungs-AG",
];
const PURPOSES = [
  "Kartenzahlung",
  "Lastschrift",
  "Rechnung",
  "Beleg",
  "Online-Kauf",
  "Abo",
  "Miete",
  "Gutschrift",
];
const LETTERS = "0123456789abcdef";

/** Numbers that look random, the same for the same seed. */
export class Numbers {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  }

  /** From 0 to below a limit. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((((mixed ^ (mixed >>> 14)) >>> 0) * limit) / 2 ** 32) | 0;
  }

  digits(count: number): string {
    return Array.from({ length: count }, () => this.below(10)).join("");
  }

  hex(count: number): string {
    return Array.from({ length: count }, () => LETTERS.charAt(this.below(16))).join("");
  }
}

/** The booked entries of an account, `perDay` a day from a date on: a provider's, as a bank with ids sends them. */
export function entriesOf(
  account: number,
  { first, count, from, perDay }: { first: number; count: number; from: string; perDay: number },
): BankTransaction[] {
  return Array.from({ length: count }, (_, at) => {
    const number = first + at;
    const date = dateAfter(from, Math.floor(number / perDay));
    return entryOf(new Numbers(account * 1_000_003 + number), { date, position: count - 1 - at });
  });
}

function entryOf(numbers: Numbers, { date, position }: { date: string; position: number }): BankTransaction {
  const shop = SHOPS[numbers.below(SHOPS.length)] ?? "";
  const purpose = PURPOSES[numbers.below(PURPOSES.length)] ?? "";
  const amount = `-${numbers.below(300)}.${numbers.digits(2)}`;
  const text = `${purpose} ${numbers.digits(9)} ${shop} ${date}`;
  const iban = `DE${numbers.digits(20)}`;
  const ids = {
    internalTransactionId: numbers.hex(32),
    transactionId: `${date.replaceAll("-", "")}${numbers.digits(10)}`,
    entryReference: null,
  };
  const creditor: Party = { name: shop, account: { scheme: "iban", value: iban } };
  return {
    status: "booked",
    position,
    amount,
    currency: "EUR",
    bookingDate: date,
    valueDate: date,
    transactionDate: null,
    bookingDateTime: null,
    valueDateTime: null,
    counterparty: shop,
    counterpartyAccount: creditor.account,
    text,
    texts: { unstructured: text, structured: null, additional: null, note: null },
    creditor,
    debtor: null,
    ultimateCreditor: null,
    ultimateDebtor: null,
    ids,
    endToEndId: null,
    mandateId: null,
    creditorId: null,
    checkId: null,
    bankTransactionCode: "PMNT-CCRD-POSD",
    proprietaryCode: null,
    purposeCode: null,
    merchantCategoryCode: null,
    exchange: null,
    balanceAfter: null,
    raw: {
      transactionId: ids.transactionId,
      bookingDate: date,
      valueDate: date,
      transactionAmount: { amount, currency: "EUR" },
      creditorName: shop,
      creditorAccount: { iban },
      remittanceInformationUnstructured: text,
      bankTransactionCode: "PMNT-CCRD-POSD",
      internalTransactionId: ids.internalTransactionId,
    },
  };
}
