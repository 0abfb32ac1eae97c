import { hash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Entry } from "../identity/index.ts";

/** What is stored for a row: what the bank said, or why nobody could read it. */
export type Payload = Entry | UnreadablePayload;

/** A row whose amount could not be read. It is kept as it came, and is no transaction. */
export interface UnreadablePayload {
  readonly unreadable: string;
  readonly raw: unknown;
}

/** Whether a payload is a row that could not be read. */
export function isUnreadable(payload: Payload): payload is UnreadablePayload {
  return "unreadable" in payload;
}

/** A payload as it is stored. */
export interface EncodedPayload {
  /** Its JSON. */
  readonly text: string;
  /** 128 bits of its SHA-256 in base64url: equal for two payloads if, and only if, they say the same. */
  readonly digest: string;
}

const DIGEST_BYTES = 16;

export function encodePayload(payload: Payload): EncodedPayload {
  const text = JSON.stringify(payload);
  const digest = hash("sha256", text, "buffer").toString("base64url", 0, DIGEST_BYTES);
  return { text, digest };
}

/** A digest as it is stored. */
export function digestBytes(digest: string): Uint8Array {
  return Buffer.from(digest, "base64url");
}

/** A digest as `encodePayload` returns it. */
export function digestText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64url");
}

/**
 * How many payloads are compressed together at most. Together they take half of the space and of the time that they take
 * one by one, and reading one has to read them all.
 */
export const MOST_IN_A_PACK = 48;

/** The first byte of a pack: how the rest is written. */
const FORMAT = 1;

/**
 * What most payloads contain, which even a pack of one then need not contain: deflate refers to it. It is part of the
 * format, so that a change needs a new number.
 */
const DICTIONARY = Buffer.from(
  '"remittanceInformationStructured":"","remittanceInformationStructuredArray":["additionalInformation":"' +
    '"ultimateCreditor":"","ultimateDebtor":"","mandateId":"","creditorId":"","checkId":"","endToEndId":"NOTPROVIDED",' +
    '"merchantCategoryCode":"","purposeCode":"SALA","currencyExchange":[{"sourceCurrency":"EUR","exchangeRate":"",' +
    '"unitCurrency":"USD","targetCurrency":"EUR","quotationDate":"","instructedAmount":{"amount":"","currency":""}}],' +
    '"balanceAfterTransaction":{"balanceAmount":{"amount":"","currency":"EUR"},"balanceType":"interimBooked"},' +
    '"exchange":{"instructedAmount":{"amount":"","currency":""},"rate":"","unitCurrency":"","sourceCurrency":"","targetCurrency":"","quotationDate":null},' +
    '"counterpartyAccount":{"scheme":"iban","value":""},"creditor":{"name":"","account":{"scheme":"iban","value":""}},' +
    '"debtor":{"name":"","account":{"scheme":"iban","value":""}},"ultimateCreditor":null,"ultimateDebtor":null,"ids":{"internalTransactionId":"","transactionId":"","entryReference":null},' +
    '"endToEndId":null,"mandateId":null,"creditorId":null,"checkId":null,"bankTransactionCode":"PMNT-CCRD-POSD","proprietaryCode":null,"purposeCode":null,"merchantCategoryCode":null,"exchange":null,"balanceAfter":null,' +
    '"raw":{"transactionId":"","entryReference":"","bookingDate":"2026-01-01","valueDate":"2026-01-01","bookingDateTime":"2026-01-01T00:00:00Z","valueDateTime":"2026-01-01T00:00:00Z",' +
    '"transactionAmount":{"amount":"-","currency":"EUR"},"creditorName":"","creditorAccount":{"iban":""},"debtorName":"","debtorAccount":{"iban":""},' +
    '"remittanceInformationUnstructured":"","remittanceInformationUnstructuredArray":[""],"bankTransactionCode":"PMNT-RCDT-ESCT","proprietaryBankTransactionCode":"","internalTransactionId":""}}' +
    '[{"amount":"-","currency":"EUR","bookingDate":"2026-01-01","valueDate":"2026-01-01","transactionDate":null,"bookingDateTime":null,"valueDateTime":null,' +
    '"counterparty":"","counterpartyAccount":null,"text":"","texts":{"unstructured":"","structured":null,"additional":null,"note":null},"creditor":null,"debtor":null,"ultimateCreditor":null,"ultimateDebtor":null,',
);

/** How hard the few payloads of a daily response are compressed, and the many of a first one: that is twice as fast. */
const [LEVEL_OF_FEW, LEVEL_OF_MANY] = [9, 3];

/** Compresses payloads, given as JSON. */
export function packed(texts: readonly string[]): Uint8Array {
  const level = texts.length < MOST_IN_A_PACK ? LEVEL_OF_FEW : LEVEL_OF_MANY;
  const data = deflateRawSync(`[${texts.join(",")}]`, { dictionary: DICTIONARY, level });
  return Buffer.concat([Uint8Array.of(FORMAT), data]);
}

/**
 * The payloads of a pack.
 *
 * @throws Error if it is damaged, or of a later format
 */
export function unpacked(data: Uint8Array): readonly Payload[] {
  if (data[0] !== FORMAT) throw new Error(`unknown format ${data[0]} of a pack`);
  // Only `packed` writes packs, and the payloads of this format have always had this form.
  return JSON.parse(inflateRawSync(data.subarray(1), { dictionary: DICTIONARY }).toString());
}
