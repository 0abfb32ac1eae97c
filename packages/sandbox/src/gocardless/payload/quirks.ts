import { dateOfDay } from "../../banks/day.ts";
import { hexOf } from "../../banks/hex.ts";
import { decimal, type Movement, reportedMinor } from "../../banks/history.ts";
import type { PayloadQuirk, SandboxAccount } from "../../banks/index.ts";

/** A JSON object as the service sends it. */
export type Payload = Record<string, unknown>;

/** The time of a request for transactions, and how many such requests for the account preceded it. */
export interface Viewpoint {
  at: Date;
  call: number;
}

/** What a quirk knows about the entry that it rewrites. */
export interface EntryContext {
  account: SandboxAccount;
  movement: Movement;
  status: "booked" | "pending";
  view: Viewpoint;
}

/** Changes a plain payload in place. */
type Rewrite = (payload: Payload, context: EntryContext) => void;

/** What a bank with `truncatedText` appends to each text, to make it longer than 140 characters. */
const LONG_TAIL =
  "Terminal 00417755 Reference 2026/0099/4711/AC Contactless Original amount as above No fees Thank you for your custom and see you soon again at our branch";

/** What each payload quirk does. The history quirks (late, changed, vanished) are applied in the history itself. */
export const QUIRKS: Readonly<Record<PayloadQuirk, Rewrite>> = {
  noIds(payload) {
    delete payload["transactionId"];
    delete payload["internalTransactionId"];
  },
  noTransactionId(payload) {
    delete payload["transactionId"];
  },
  blankIds(payload, { movement, status }) {
    if (status === "booked") payload["transactionId"] = movement.bookedDay % 2 === 0 ? " " : "NOTPROVIDED";
  },
  reusedIds(payload, { movement, status }) {
    if (status === "booked") payload["transactionId"] = `BATCH-${dateOfDay(movement.bookedDay).slice(0, 7)}`;
  },
  changingIds(payload, { account, movement, status, view }) {
    if (status === "booked") payload["transactionId"] = hexOf(account.seed, movement.id, "id", view.call);
  },
  unstableInternalIds(payload, { account, movement, status, view }) {
    if (status === "booked")
      payload["internalTransactionId"] = hexOf(account.seed, movement.id, "internal", view.call);
  },
  entryReference(payload, { account, movement, status }) {
    if (status === "booked")
      payload["entryReference"] = hexOf(account.seed, movement.id, "entry").slice(0, 16);
  },
  pendingIdReused(payload, { status }) {
    if (status === "pending") payload["transactionId"] = "PENDING";
  },
  swappedDates(payload, { status }) {
    if (status === "pending") return;
    const { bookingDate, valueDate } = payload;
    payload["bookingDate"] = valueDate;
    payload["valueDate"] = bookingDate;
  },
  dateTimes(payload) {
    for (const name of ["bookingDate", "valueDate"]) {
      if (typeof payload[name] === "string") payload[name] = `${payload[name]}T00:00:00.000Z`;
    }
  },
  onlyBookingDate(payload, { status }) {
    if (status === "booked") delete payload["valueDate"];
  },
  truncatedText(payload) {
    const whole = `${payload["remittanceInformationUnstructured"]} ${LONG_TAIL}`;
    payload["remittanceInformationUnstructured"] = whole.slice(0, 140);
    payload["remittanceInformationUnstructuredArray"] = [whole];
  },
  textTwice(payload) {
    payload["remittanceInformationUnstructuredArray"] = [payload["remittanceInformationUnstructured"]];
  },
  onlyStructuredText(payload, { movement }) {
    delete payload["remittanceInformationUnstructured"];
    payload["remittanceInformationStructured"] = movement.description;
  },
  onlyAdditionalInformation(payload, { movement }) {
    delete payload["remittanceInformationUnstructured"];
    delete payload["creditorName"];
    delete payload["debtorName"];
    payload["additionalInformation"] = [movement.counterparty, movement.description]
      .filter((part) => part !== "")
      .join(", ");
  },
  htmlEntities(payload) {
    for (const name of ["creditorName", "debtorName", "remittanceInformationUnstructured"]) {
      const text = payload[name];
      if (typeof text === "string") {
        payload[name] = text.replaceAll("&", "&amp;").replaceAll("'", "&#39;").replaceAll("é", "\\U00E9");
      }
    }
  },
  invertedSigns(payload, { account, movement, status }) {
    payload["transactionAmount"] = {
      amount: decimal(-reportedMinor(movement, status)),
      currency: account.currency,
    };
  },
  pendingWithoutSign(payload, { account, movement, status }) {
    if (status === "booked") return;
    const minor = reportedMinor(movement, status);
    payload["transactionAmount"] = {
      amount: decimal(minor < 0n ? -minor : minor),
      currency: account.currency,
    };
  },
  numericAmounts(payload, { account, movement, status }) {
    payload["transactionAmount"] = {
      amount: Number(decimal(reportedMinor(movement, status))),
      currency: account.currency,
    };
  },
  objectCurrencyExchange(payload, { movement }) {
    const { currencyExchange } = payload;
    if (!Array.isArray(currencyExchange)) return;
    const [exchange] = currencyExchange;
    const unknownRate = movement.day % 3 === 0 ? { exchangeRate: "0.0" } : {};
    payload["currencyExchange"] = { ...exchange, ...unknownRate };
  },
  unknownFields(payload, { account, movement }) {
    payload["merchantCategoryCode"] = movement.code === "PMNT-CCRD-POSD" ? "5411" : null;
    payload["additionalDataStructured"] = {
      cardInstrument: { cardSchemeName: "DEBIT", name: account.ownerName },
    };
    payload["cardTransaction"] = { terminalCountry: account.country, sequence: movement.day };
  },
  nullFields(payload) {
    for (const name of [
      "mandateId",
      "creditorAccount",
      "debtorAccount",
      "ultimateCreditor",
      "currencyExchange",
    ]) {
      payload[name] ??= null;
    }
  },
};
