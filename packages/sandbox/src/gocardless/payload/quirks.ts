import { dateOfDay } from "../../banks/day.ts";
import { hexOf } from "../../banks/hex.ts";
import type { PayloadQuirk, SandboxAccount } from "../../banks/index.ts";
import { decimal } from "../../banks/money.ts";
import type { Movement } from "../../banks/movement.ts";
import type { ShownMovement, Viewpoint } from "../../banks/shown.ts";
import { proprietaryCode, purposeCode } from "./codes.ts";
import { hasIds, idPeriod, isSettled } from "./id-changes.ts";
import type { Place } from "./places.ts";

/** A JSON object as the service sends it. */
export type Payload = Record<string, unknown>;

/** What a quirk knows about the entry that it rewrites. */
export interface EntryContext {
  account: SandboxAccount;
  movement: Movement;
  status: "booked" | "pending";
  /** The entry as the bank shows it. */
  shown: ShownMovement;
  view: Viewpoint;
  /** Where the entry stands among all that are booked, at a bank whose ids depend on it. */
  place?: Place | undefined;
}

/** Changes a plain payload in place. */
type Rewrite = (payload: Payload, context: EntryContext) => void;

/** The lines of at most 27 characters in which banks hand on a text, as statements in the format MT940 have it. */
const LINES = /.{1,27}/gsu;

/** What a bank with `truncatedText` appends to each text, to make it longer than 140 characters. */
const LONG_TAIL =
  "Terminal 00417755 Reference 2026/0099/4711/AC Contactless Original amount as above No fees Thank you for your custom and see you soon again at our branch";

/** What each payload quirk does. The history itself applies the history quirks. */
export const QUIRKS: Readonly<Record<PayloadQuirk, Rewrite>> = {
  codes(payload, { account, movement }) {
    payload["proprietaryBankTransactionCode"] = proprietaryCode(account, movement);
    const purpose = purposeCode(movement);
    if (purpose !== undefined) payload["purposeCode"] = purpose;
    if (movement.counterpartyIban !== undefined) {
      // Senders that give no reference of their own are reported with this word (SEPA Rulebooks, AT-41).
      const given = movement.kind === "salary" || movement.kind === "electricity";
      payload["endToEndId"] = given ? `E2E-${movement.id}` : "NOTPROVIDED";
    }
  },
  ultimateParties(payload, { account, movement }) {
    if (movement.kind === "salary") payload["ultimateDebtor"] = "Meridian Payroll Services";
    if (movement.kind === "rent") payload["ultimateCreditor"] = "Robin Oak";
    if (movement.kind === "electricity") payload["ultimateDebtor"] = account.ownerName;
  },
  cheques(payload, { movement }) {
    if (movement.kind !== "friend") return;
    payload["checkId"] = String(1_000_000 + (movement.day % 1000) * 7);
    payload["bankTransactionCode"] = "PMNT-RCHQ-CCHQ";
    // A cheque names no account.
    delete payload["debtorAccount"];
  },
  structuredReferences(payload, { account, movement }) {
    if (movement.kind !== "electricity" && movement.kind !== "rent") return;
    const reference = structuredReference(account, movement);
    payload["remittanceInformationStructured"] = reference;
    payload["remittanceInformationStructuredArray"] = [reference];
  },
  bothParties(payload, { account, shown }) {
    const leaves = shown.minor < 0n;
    payload[leaves ? "debtorName" : "creditorName"] = account.ownerName;
    if (account.iban === null) return;
    const own = { iban: account.iban, currency: account.currency };
    payload[leaves ? "debtorAccount" : "creditorAccount"] = own;
  },
  runningBalance(payload, { account, status, shown: { balanceAfter } }) {
    if (status === "pending" || balanceAfter === undefined) return;
    const { currency } = account;
    payload["balanceAfterTransaction"] = {
      balanceAmount: { amount: decimal(balanceAfter), currency },
      balanceType: "interimBooked",
    };
  },
  dateTimesBeside(payload, { account, movement, status, shown }) {
    // The Open Banking standard of the United Kingdom requires a booking time of pending entries, too.
    const day = status === "booked" ? shown.bookedDay : shown.valueDay;
    payload["bookingDateTime"] = `${dateOfDay(day)}${MIDNIGHT}`;
    // A purchase of today is shown from midnight on, so its time is only known once it is booked.
    const isOver = status === "booked" && !shown.isHold && movement.bookedDay > movement.day;
    const isPurchase = isOver && movement.code === "PMNT-CCRD-POSD";
    const at = isPurchase ? purchaseTime(account, movement) : MIDNIGHT;
    payload["valueDateTime"] = `${String(payload["valueDate"])}${at}`;
  },
  quotationDate(payload, { movement }) {
    for (const exchange of exchangesOf(payload)) {
      exchange["quotationDate"] = dateOfDay(movement.day);
      exchange["contractIdentification"] = `FX-${movement.id}`;
    }
  },
  instructedAmount(payload, { movement }) {
    const { foreign } = movement;
    if (foreign === undefined) return;
    for (const exchange of exchangesOf(payload)) {
      exchange["instructedAmount"] = { amount: decimal(foreign.minor), currency: foreign.currency };
    }
  },
  objectCurrencyExchange(payload, { movement }) {
    const [exchange] = exchangesOf(payload);
    if (exchange === undefined) return;
    // Without an instructed amount, banks often send the source alone, at times with a rate that means nothing.
    const { sourceCurrency, exchangeRate } = exchange;
    const rate = movement.day % 3 === 0 ? "0.0" : exchangeRate;
    const bare = { sourceCurrency, exchangeRate: rate };
    payload["currencyExchange"] = "instructedAmount" in exchange ? exchange : bare;
  },
  reissuedIds(payload, { account, movement, status, shown }) {
    if (status === "pending")
      payload["transactionId"] = hexOf(account.seed, movement.id, "pending").slice(0, 20);
    const kind = shown.isHold ? "pending entry" : "entry";
    payload["entryReference"] = hexOf(account.seed, movement.id, kind).slice(0, 16);
  },
  numberedIds(payload, { account, shown, place }) {
    if (place === undefined) return;
    const id = `${dateOfDay(shown.bookedDay)}-${place.inDay}`;
    payload["transactionId"] = id;
    payload["internalTransactionId"] = hexOf(account.seed, id);
  },
  idsFromNewest(payload, { account, place }) {
    if (place === undefined) return;
    const id = String(place.fromNewest);
    payload["transactionId"] = id;
    payload["internalTransactionId"] = hexOf(account.seed, id);
  },
  settlingEntries(payload, { account, movement, status, shown, view }) {
    if (status === "pending" || shown.isHold || isSettled(movement, view)) return;
    const name = movement.counterparty === "" ? account.name : movement.counterparty;
    // A terminal belongs to a shop, so that equal purchases also look equal while they are provisional.
    const terminal = hexOf(account.seed, name, "terminal").slice(0, 6);
    payload["remittanceInformationUnstructured"] = `POS ${terminal} ${name}`.toUpperCase();
    rename(payload, "provisional");
  },
  renewedOnReconnection(payload, { view }) {
    if (view.connection > 0) rename(payload, `connection ${view.connection}`);
    else {
      for (const name of ["creditorName", "debtorName", "remittanceInformationUnstructured"]) {
        const text = payload[name];
        if (typeof text === "string") payload[name] = text.toUpperCase().replaceAll(" ", "  ");
      }
    }
  },
  newInternalIds(payload, { account, view }) {
    const id = payload["internalTransactionId"];
    if (typeof id === "string") payload["internalTransactionId"] = hexOf(id, idPeriod(account, view));
  },
  noIds(payload) {
    delete payload["transactionId"];
    delete payload["internalTransactionId"];
  },
  noTransactionId(payload) {
    delete payload["transactionId"];
  },
  blankIds(payload, { shown, status }) {
    if (status === "booked") payload["transactionId"] = shown.bookedDay % 2 === 0 ? " " : "NOTPROVIDED";
  },
  reusedIds(payload, { shown, status }) {
    if (status === "booked") payload["transactionId"] = `BATCH-${dateOfDay(shown.bookedDay).slice(0, 7)}`;
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
  zeroReferences(payload, { status }) {
    if (status === "pending") payload["entryReference"] = "0";
  },
  lateIds(payload, { movement, status, view }) {
    if (status === "booked" && !hasIds(movement, view)) for (const name of IDS) delete payload[name];
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
  onlyStructuredText(payload) {
    payload["remittanceInformationStructured"] = payload["remittanceInformationUnstructured"];
    delete payload["remittanceInformationUnstructured"];
  },
  onlyAdditionalInformation(payload) {
    const { creditorName, debtorName = creditorName, remittanceInformationUnstructured: text } = payload;
    payload["additionalInformation"] = [debtorName, text].filter((part) => part !== undefined).join(", ");
    for (const name of [
      "remittanceInformationUnstructured",
      "creditorName",
      "creditorAccount",
      "debtorName",
      "debtorAccount",
    ]) {
      delete payload[name];
    }
  },
  htmlEntities(payload) {
    for (const name of ["creditorName", "debtorName", "remittanceInformationUnstructured"]) {
      const text = payload[name];
      if (typeof text === "string") {
        payload[name] = text.replaceAll("&", "&amp;").replaceAll("'", "&#39;").replaceAll("é", "\\U00E9");
      }
    }
  },
  onlyTextArray(payload) {
    const text = payload["remittanceInformationUnstructured"];
    if (typeof text !== "string") return;
    payload["remittanceInformationUnstructuredArray"] ??= text.match(LINES);
    delete payload["remittanceInformationUnstructured"];
  },
  invertedSigns(payload, { account, shown }) {
    payload["transactionAmount"] = {
      amount: decimal(-shown.minor),
      currency: account.currency,
    };
  },
  pendingWithoutSign(payload, { account, status, shown: { minor } }) {
    if (status === "booked") return;
    payload["transactionAmount"] = {
      amount: decimal(minor < 0n ? -minor : minor),
      currency: account.currency,
    };
  },
  numericAmounts(payload) {
    const { transactionAmount: sent } = payload;
    if (typeof sent !== "object" || sent === null || !("amount" in sent)) return;
    payload["transactionAmount"] = { ...sent, amount: Number(sent.amount) };
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

/** The members with ids. */
export const IDS = ["transactionId", "internalTransactionId", "entryReference"] as const;

/** Replaces each id by another one, which depends on the id and a label only. */
function rename(payload: Payload, label: string): void {
  for (const name of IDS) {
    const id = payload[name];
    if (typeof id === "string") payload[name] = hexOf(id, label).slice(0, name === "transactionId" ? 20 : 32);
  }
}

/** What is booked in batches is reported at midnight. A later time would lie ahead of the clock on the day itself. */
const MIDNIGHT = "T00:00:00+00:00";

/** The time of day at which something was bought, with its offset. */
function purchaseTime(account: SandboxAccount, movement: Movement): string {
  const second = Number.parseInt(hexOf(account.seed, movement.id, "time").slice(0, 8), 16) % 57_600;
  return new Date((6 * 3600 + second) * 1000 + (second % 1000)).toISOString().slice(10);
}

function exchangesOf(payload: Payload): Payload[] {
  const { currencyExchange } = payload;
  return Array.isArray(currencyExchange) ? currencyExchange : [];
}

/** A creditor reference with its check digits (ISO 11649), the same for all payments of a contract. */
function structuredReference(account: SandboxAccount, { kind }: Movement): string {
  const number = `${account.seed % 10_000_000}${kind === "rent" ? "12" : "47"}`;
  // RF00 at the end, with letters as numbers: R is 27 and F is 15.
  const check = 98n - (BigInt(`${number}271500`) % 97n);
  return `RF${String(check).padStart(2, "0")}${number}`;
}
