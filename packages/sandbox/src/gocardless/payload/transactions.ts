import { dateOfDay } from "../../banks/day.ts";
import { hexOf } from "../../banks/hex.ts";
import type { bookedBetween } from "../../banks/history.ts";
import type { Range, SandboxAccount } from "../../banks/index.ts";
import { decimal } from "../../banks/money.ts";
import type { Movement } from "../../banks/movement.ts";
import { bookedMovements, pendingMovements, type ShownMovement, type Viewpoint } from "../../banks/shown.ts";
import { placesOf } from "./places.ts";
import { type EntryContext, type Payload, QUIRKS } from "./quirks.ts";

/** An entry as its bank reports it. */
export interface ReportedEntry {
  movement: Movement;
  payload: Payload;
}

/** Replacements for what computes movements and entries anew, for callers that ask for the same ones again and again. */
interface Remembered {
  booked?: typeof bookedBetween;
  report?: typeof reported;
}

/** The booked entries in the range, month by month and in the bank's order. */
export function* bookedEntries(
  account: SandboxAccount,
  view: Viewpoint,
  range: Range,
  { booked, report = reported }: Remembered = {},
): Generator<ReportedEntry[]> {
  const places = placesOf(account, view, range, booked);
  const entry = (shown: ShownMovement) => {
    const { movement, status } = shown;
    return report({ account, movement, status, shown, view, place: places?.get(movement.id) });
  };
  for (const movements of bookedMovements(account, view, range, booked)) yield movements.map(entry);
}

/** The pending entries in the range. */
export function pendingEntries(account: SandboxAccount, view: Viewpoint, range: Range): ReportedEntry[] {
  return pendingMovements(account, view, range).map((shown) => {
    const { movement, status } = shown;
    return reported({ account, movement, status, shown, view });
  });
}

/** The text of a response, in pieces of about a month. */
export function* transactionsText(
  account: SandboxAccount,
  view: Viewpoint,
  range: Range,
  lastUpdated: string,
): Generator<string> {
  yield '{"transactions":{"booked":[';
  let comma = "";
  for (const entries of bookedEntries(account, view, range)) {
    if (entries.length === 0) continue;
    yield comma + entries.map(({ payload }) => JSON.stringify(payload)).join(",");
    comma = ",";
  }
  const pending = JSON.stringify(pendingEntries(account, view, range).map(({ payload }) => payload));
  const { quirks } = account;
  if (quirks.includes("missingPending")) yield "]}";
  else if (quirks.includes("pendingBeside")) yield `]},"pending":${pending}`;
  else yield `],"pending":${pending}}`;
  yield `,"last_updated":${JSON.stringify(lastUpdated)}}`;
}

/** The entry as the bank reports it. */
export function reported(context: EntryContext): ReportedEntry {
  const payload = context.status === "booked" ? bookedPayload(context) : pendingPayload(context);
  for (const quirk of context.account.payloadQuirks) QUIRKS[quirk](payload, context);
  return { movement: context.movement, payload };
}

function bookedPayload(context: EntryContext): Payload {
  const { account, movement, shown } = context;
  const [, date, , at] = /^(\d+)-(\d+)-(\w+)$/.exec(movement.id) ?? [];
  const dated = account.quirks.includes("datedIds") && date !== undefined;
  const id = shown.isHold ? `${movement.id}-H` : movement.id;
  return {
    transactionId: dated ? `${date}${hexDigits(id)}-${at === "T" ? "9" : "1"}` : id,
    bookingDate: dateOfDay(shown.bookedDay),
    valueDate: dateOfDay(shown.valueDay),
    ...commonPayload(context),
    internalTransactionId: hexOf(account.seed, id),
  };
}

/** Eight decimal digits for an id such as `2022081401927905-1`. */
function hexDigits(id: string): string {
  return String(Number.parseInt(hexOf(id).slice(0, 12), 16) % 100_000_000).padStart(8, "0");
}

function pendingPayload(context: EntryContext): Payload {
  const valueDate = dateOfDay(context.shown.valueDay);
  const dates = context.account.quirks.includes("pendingToday") ? { bookingDate: valueDate } : {};
  return { ...dates, valueDate, ...commonPayload(context) };
}

function commonPayload({ account, movement, shown }: EntryContext): Payload {
  const { counterparty, counterpartyIban, creditorId, mandateId, foreign } = movement;
  const { minor, isHold, description } = shown;
  const payload: Payload = { transactionAmount: { amount: decimal(minor), currency: account.currency } };
  if (creditorId !== undefined) Object.assign(payload, { creditorId, mandateId });
  // A rate that will change is not reported yet.
  const isExchanged = !isHold || !account.historyQuirks.includes("foreignSettlements");
  if (foreign !== undefined && isExchanged) {
    payload["currencyExchange"] = [
      {
        sourceCurrency: foreign.currency,
        exchangeRate: foreign.rate,
        unitCurrency: account.currency,
        targetCurrency: account.currency,
      },
    ];
  }
  const side = minor < 0n ? "creditor" : "debtor";
  if (counterparty !== "") payload[`${side}Name`] = counterparty;
  if (counterpartyIban !== undefined) payload[`${side}Account`] = { iban: counterpartyIban };
  payload["remittanceInformationUnstructured"] = description;
  payload["bankTransactionCode"] = movement.code;
  return payload;
}
