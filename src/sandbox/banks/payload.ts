import type { SandboxAccount } from "./accounts.ts";
import { dateAt, dateOfDay, dayNumber } from "./day.ts";
import { hashOf } from "./draw.ts";
import { bookedBalance, bookedBetween, decimal, type Movement, pendingOn } from "./history.ts";

/** A JSON object as the service would send it. */
export type Payload = Record<string, unknown>;

/** When an account is looked at, and how often its transactions were asked for before. */
export interface Viewpoint {
  at: Date;
  call: number;
}

/** The transactions of an account as its bank tells them; either date of one may lie in the range. */
export function transactionsOf(
  account: SandboxAccount,
  view: Viewpoint,
  range: { from: string; to?: string | undefined },
): { booked: Payload[]; pending: Payload[] } {
  const today = dayNumber(dateAt(view.at));
  const last = Math.min(today, range.to === undefined ? today : dayNumber(range.to));
  const inRange = (movement: Movement) => movement.day <= last;
  return {
    booked: bookedBetween(account, dayNumber(range.from), last)
      .map((movement) => bookedPayload(account, movement))
      .reverse(),
    pending: pendingOn(account, today)
      .filter(inRange)
      .map((movement) => pendingPayload(account, movement)),
  };
}

function bookedPayload(account: SandboxAccount, movement: Movement): Payload {
  return {
    transactionId: movement.id,
    bookingDate: dateOfDay(movement.bookedDay),
    valueDate: dateOfDay(movement.day),
    ...commonPayload(account, movement),
    internalTransactionId: hexOf(account.seed, movement.id),
  };
}

function pendingPayload(account: SandboxAccount, movement: Movement): Payload {
  return { valueDate: dateOfDay(movement.day), ...commonPayload(account, movement) };
}

function commonPayload(account: SandboxAccount, movement: Movement): Payload {
  const { minor, counterparty, creditorId, mandateId, foreign } = movement;
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
  payload["remittanceInformationUnstructured"] = movement.description;
  payload["bankTransactionCode"] = movement.code;
  return payload;
}

function hexOf(...parts: readonly (string | number)[]): string {
  return [1, 2, 3, 4]
    .map((part) =>
      hashOf(...parts, part)
        .toString(16)
        .padStart(8, "0"),
    )
    .join("");
}

/** The balances of an account: what is booked at the end of yesterday and now, and what pending ones leave of it. */
export function balancesOf(account: SandboxAccount, view: Viewpoint): Payload[] {
  const today = dayNumber(dateAt(view.at));
  const booked = bookedBalance(account, today);
  const pending = pendingOn(account, today).reduce((sum, movement) => sum + movement.minor, 0n);
  const balance = (minor: bigint, balanceType: string, day: number) => ({
    balanceAmount: { amount: decimal(minor), currency: account.currency },
    balanceType,
    referenceDate: dateOfDay(day),
  });
  return [balance(booked, "interimBooked", today), balance(booked + pending, "interimAvailable", today)];
}

/** What the bank says of an account. */
export function detailsOf(account: SandboxAccount): Payload {
  return {
    resourceId: hexOf(account.seed, "resource"),
    iban: account.iban,
    bban: account.bban,
    currency: account.currency,
    ownerName: account.ownerName,
    name: account.name,
    product: account.product,
    cashAccountType: account.cashAccountType,
    status: "enabled",
    usage: "PRIV",
    ...(account.maskedPan === null ? {} : { maskedPan: account.maskedPan }),
  };
}
