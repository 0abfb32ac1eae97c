import { dateOfDay } from "../../banks/day.ts";
import { hexOf } from "../../banks/hex.ts";
import { reportedMinor } from "../../banks/history.ts";
import type { Range, SandboxAccount } from "../../banks/index.ts";
import { decimal } from "../../banks/money.ts";
import type { Movement } from "../../banks/movement.ts";
import { bookedMovements, pendingMovements } from "../../banks/shown.ts";
import { type EntryContext, type Payload, QUIRKS, type Viewpoint } from "./quirks.ts";

/** An entry as its bank reports it. */
export interface ReportedEntry {
  movement: Movement;
  payload: Payload;
}

/** The booked entries in the range, month by month and in the bank's order. */
export function* bookedEntries(
  account: SandboxAccount,
  view: Viewpoint,
  range: Range,
): Generator<ReportedEntry[]> {
  for (const movements of bookedMovements(account, view.at, range)) {
    yield movements.map((movement) => bookedEntry(account, view, movement));
  }
}

/** A booked entry as a response shows it. */
export function bookedEntry(account: SandboxAccount, view: Viewpoint, movement: Movement): ReportedEntry {
  return reported({ account, movement, status: "booked", view });
}

/** The pending entries in the range. */
export function pendingEntries(account: SandboxAccount, view: Viewpoint, range: Range): ReportedEntry[] {
  return pendingMovements(account, view.at, range).map((movement) =>
    reported({ account, movement, status: "pending", view }),
  );
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

function reported(context: EntryContext): ReportedEntry {
  const payload = context.status === "booked" ? bookedPayload(context) : pendingPayload(context);
  for (const quirk of context.account.payloadQuirks) QUIRKS[quirk](payload, context);
  return { movement: context.movement, payload };
}

function bookedPayload(context: EntryContext): Payload {
  const { account, movement } = context;
  const [, date, , at] = /^(\d+)-(\d+)-(\w+)$/.exec(movement.id) ?? [];
  const dated = account.quirks.includes("datedIds") && date !== undefined;
  return {
    transactionId: dated ? `${date}${hexDigits(movement.id)}-${at === "T" ? "9" : "1"}` : movement.id,
    bookingDate: dateOfDay(movement.bookedDay),
    valueDate: dateOfDay(movement.valueDay),
    ...commonPayload(context, movement.description),
    internalTransactionId: hexOf(account.seed, movement.id),
  };
}

/** Eight decimal digits for an id such as `2022081401927905-1`. */
function hexDigits(id: string): string {
  return String(Number.parseInt(hexOf(id).slice(0, 12), 16) % 100_000_000).padStart(8, "0");
}

function pendingPayload(context: EntryContext): Payload {
  const { movement } = context;
  const description = movement.whilePending?.description ?? movement.description;
  return { valueDate: dateOfDay(movement.day), ...commonPayload(context, description) };
}

function commonPayload({ account, movement, status }: EntryContext, description: string): Payload {
  const { counterparty, counterpartyIban, creditorId, mandateId, foreign } = movement;
  const minor = reportedMinor(movement, status);
  const payload: Payload = { transactionAmount: { amount: decimal(minor), currency: account.currency } };
  if (creditorId !== undefined) Object.assign(payload, { creditorId, mandateId });
  if (foreign !== undefined) {
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
