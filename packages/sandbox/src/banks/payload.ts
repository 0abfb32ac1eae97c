import type { SandboxAccount } from "./account.ts";
import { dateAt, dateOfDay, dayNumber, monthStart, nextMonthStart } from "./day.ts";
import { hexOf } from "./hex.ts";
import { bookedBalance, bookedBetween, decimal, type Movement, pendingOn, pendingSum } from "./history.ts";
import { type Payload, type Telling, toldMinor, type Viewpoint, WRITINGS } from "./quirks.ts";

/** What part of a history is told. */
export interface Range {
  /** Dates `YYYY-MM-DD`, both included; without `to` up to now. */
  from: string;
  to?: string | undefined;
  /** The date of a snapshot, after which nothing is told; none where the feed goes on. */
  snapshotOn?: string | undefined;
}

/** An entry as its bank tells it. */
export interface ToldEntry {
  movement: Movement;
  payload: Payload;
}

/** A value may be dated at most so many days after its booking. */
const LONGEST_AHEAD = 2;
/** A booking may be dated at most so many days after its value. */
const LONGEST_BEHIND = 4;

/**
 * The booked entries that either date puts in the range, as the bank tells them, in the bank's order and month by month,
 * so that no answer has to be held whole.
 */
export function* bookedEntries(
  account: SandboxAccount,
  view: Viewpoint,
  range: Range,
): Generator<ToldEntry[]> {
  const { first, last, seen } = daysOf(range, view);
  const [start, end] = [first - LONGEST_AHEAD, Math.min(last + LONGEST_BEHIND, seen)];
  const fits = ({ bookedDay, valueDay, shownDay }: Movement) =>
    shownDay <= seen &&
    ((bookedDay >= first && bookedDay <= last) || (valueDay >= first && valueDay <= last));
  const oldestFirst = account.quirks.includes("oldestFirst");
  for (const [from, to] of months(start, end, oldestFirst)) {
    const told = bookedBetween(account, from, to)
      .filter(fits)
      .map((movement) => ({ movement, payload: written({ account, movement, status: "booked", view }) }));
    yield oldestFirst ? told : told.reverse();
  }
}

/** The pending entries in the range, as the bank tells them. */
export function pendingEntries(account: SandboxAccount, view: Viewpoint, range: Range): ToldEntry[] {
  const { first, last, seen } = daysOf(range, view);
  return pendingOn(account, seen)
    .filter(({ day }) => day >= first && day <= last)
    .map((movement) => ({ movement, payload: written({ account, movement, status: "pending", view }) }));
}

function daysOf(range: Range, view: Viewpoint): { first: number; last: number; seen: number } {
  const today = dayNumber(dateAt(view.at));
  const seen = range.snapshotOn === undefined ? today : Math.min(today, dayNumber(range.snapshotOn));
  const last = Math.min(seen, range.to === undefined ? seen : dayNumber(range.to));
  return { first: dayNumber(range.from), last, seen };
}

/** The months from one day to another, cut to them. */
function months(first: number, last: number, oldestFirst: boolean): [number, number][] {
  const found: [number, number][] = [];
  for (let month = monthStart(first); month <= last; month = nextMonthStart(month)) {
    found.push([Math.max(first, month), Math.min(last, nextMonthStart(month) - 1)]);
  }
  return oldestFirst ? found : found.reverse();
}

/** The text of an answer, in pieces of about a month. */
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

/** An entry as the bank writes it. */
function written(telling: Telling): Payload {
  const payload = telling.status === "booked" ? bookedPayload(telling) : pendingPayload(telling);
  for (const quirk of telling.account.writing) WRITINGS[quirk](payload, telling);
  return payload;
}

function bookedPayload(telling: Telling): Payload {
  const { account, movement } = telling;
  const [, date, , at] = /^(\d+)-(\d+)-(\w+)$/.exec(movement.id) ?? [];
  const dated = account.quirks.includes("datedIds") && date !== undefined;
  return {
    transactionId: dated ? `${date}${hexDigits(movement.id)}-${at === "T" ? "9" : "1"}` : movement.id,
    bookingDate: dateOfDay(movement.bookedDay),
    valueDate: dateOfDay(movement.valueDay),
    ...commonPayload(telling, movement.description),
    internalTransactionId: hexOf(account.seed, movement.id),
  };
}

/** Eight decimal digits for an id such as `2022081401927905-1`. */
function hexDigits(id: string): string {
  return String(Number.parseInt(hexOf(id).slice(0, 12), 16) % 100_000_000).padStart(8, "0");
}

function pendingPayload(telling: Telling): Payload {
  const { movement } = telling;
  const description = movement.whilePending?.description ?? movement.description;
  return { valueDate: dateOfDay(movement.day), ...commonPayload(telling, description) };
}

function commonPayload({ account, movement, status }: Telling, description: string): Payload {
  const { counterparty, creditorId, mandateId, foreign } = movement;
  const minor = toldMinor(movement, status);
  const payload: Payload = { transactionAmount: { amount: decimal(minor), currency: account.currency } };
  if (creditorId !== undefined) Object.assign(payload, { creditorId, mandateId });
  if (foreign !== undefined) {
    payload["currencyExchange"] = [
      {
        sourceCurrency: foreign.currency,
        exchangeRate: foreign.rate,
        unitCurrency: account.currency,
        targetCurrency: account.currency,
        instructedAmount: { amount: decimal(foreign.minor), currency: foreign.currency },
      },
    ];
  }
  if (counterparty !== "") payload[minor < 0n ? "creditorName" : "debtorName"] = counterparty;
  payload["remittanceInformationUnstructured"] = description;
  payload["bankTransactionCode"] = movement.code;
  return payload;
}

/** What a generous bank lets one overdraw, in the currency's smallest unit. */
const CREDIT_LIMIT = 100_000n;

/** The balances of an account: what is booked at the end of a day, and what pending entries leave of it. */
export function balancesOf(account: SandboxAccount, at: Date): Payload[] {
  const { quirks, currency } = account;
  const today = dayNumber(dateAt(at));
  const booked = bookedBalance(account, today);
  const pending = pendingSum(account, today);
  const balance = (minor: bigint, balanceType: string, day?: number): Payload => ({
    balanceAmount: { amount: decimal(minor), currency },
    balanceType,
    ...(day === undefined ? {} : { referenceDate: dateOfDay(day) }),
  });
  if (quirks.includes("closingBalances")) {
    return [
      balance(bookedBalance(account, today - 1), "closingBooked"),
      balance(booked + pending, "expected"),
    ];
  }
  const available = balance(booked + pending, "interimAvailable", today);
  return [
    balance(booked, "interimBooked", today),
    quirks.includes("creditLimitInAvailable")
      ? { ...balance(booked + pending + CREDIT_LIMIT, "interimAvailable", today), creditLimitIncluded: true }
      : available,
  ];
}

/** What the bank says of an account. */
export function detailsOf(account: SandboxAccount): Payload {
  const { quirks, iban, currency, cashAccountType } = account;
  const resourceId = hexOf(account.seed, "resource");
  if (quirks.includes("bareDetails")) return { resourceId, iban, currency };
  return {
    resourceId,
    iban,
    bban: account.bban,
    currency,
    ownerName: account.ownerName,
    name: account.name,
    product: account.product,
    cashAccountType,
    status: "enabled",
    usage: "PRIV",
    ...(account.maskedPan === null ? {} : { maskedPan: account.maskedPan }),
    ...(quirks.includes("severalOwners")
      ? {
          ownerName: `${account.ownerName} & Kim Taylor`,
          ownerAddressUnstructured: ["12 Harbour Street", "Springfield"],
          linkedAccounts: `${resourceId}-card`,
        }
      : {}),
  };
}
