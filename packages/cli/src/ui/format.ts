import { DAY } from "bankdata-core/base";
import { line, type Printable } from "./printable.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How long ago something was; both in milliseconds: "just now", "3 minutes ago", "2 days ago". */
export function formatAge(since: number, now: number): Printable {
  const age = now - since;
  return age < MINUTE ? line`just now` : line`${formatDuration(age)} ago`;
}

/** A length of time in milliseconds, in its largest whole unit: "59 minutes", "47 hours", "2 days". */
export function formatDuration(milliseconds: number): Printable {
  if (milliseconds < HOUR) return counted(Math.max(1, Math.floor(milliseconds / MINUTE)), "minute");
  if (milliseconds < 2 * DAY) return counted(Math.floor(milliseconds / HOUR), "hour");
  return counted(Math.floor(milliseconds / DAY), "day");
}

/** A wait in milliseconds: "40 s", "3 minutes". */
export function formatWait(milliseconds: number): Printable {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000));
  return seconds < 120 ? line`${seconds} s` : formatDuration(milliseconds);
}

/** A moment that has passed, in local time: "02:26", with its date if it was not today. */
export function formatPast(at: number, now: number): Printable {
  const date = new Date(at);
  const day = localDate(at) === localDate(now) ? "" : `${localDate(at)} `;
  return line`${day}${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The same, but exact below a minute: "3 seconds", "2 minutes", "1 day". */
export function formatSpan(milliseconds: number): Printable {
  if (milliseconds < MINUTE) return counted(Math.round(milliseconds / 1000), "second");
  return milliseconds >= DAY && milliseconds < 2 * DAY ? line`1 day` : formatDuration(milliseconds);
}

/** A moment to come, in local time: "at 07:12 (in 5 hours)", with its date if it is not today. */
export function formatMoment(at: number, now: number): Printable {
  const date = new Date(at);
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  const day = localDate(at) === localDate(now) ? "" : `on ${localDate(at)} `;
  return line`${day}at ${time} (in ${formatDuration(at - now)})`;
}

/** A date in local time, `YYYY-MM-DD`. */
export function localDate(at: number): Printable {
  const date = new Date(at);
  return line`${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The end of an IBAN, by which an account can be named: "…3000". */
export function ibanEnd(iban: Printable): Printable {
  return iban.length <= 8 ? iban : line`…${iban.slice(-4)}`;
}

/** The beginning of an id, by which it can be named: "7e944232…". */
export function idStart(id: Printable): Printable {
  return id.length <= 9 ? id : line`${id.slice(0, 8)}…`;
}

/** How many characters at the end of an id of the archive are shown: those at its beginning tell when it was made. */
const ID_END = 6;

/** The end of an id of the archive, by which it is shown and can be named. */
export function idEnd(id: Printable): Printable {
  return line`${id.slice(-ID_END)}`;
}

/** "1 account", "2 accounts"; with `plural` "1 entry", "2 entries". */
export function counted(count: number, noun: string, plural = `${noun}s`): Printable {
  return line`${count} ${count === 1 ? noun : plural}`;
}

/**
 * An amount as a person reads it: padded to the digits of its currency, never rounded or cut. An amount in an unknown
 * currency, or one that is not written in plain digits, stays as it was sent.
 */
export function displayAmount(amount: string, currency: string): Printable {
  const [, whole, fraction = ""] = /^([+-]?\d+)(?:\.(\d*))?$/.exec(amount) ?? [];
  if (whole === undefined) return line`${amount}`;
  const padded = fraction.padEnd(digitsOf(currency) ?? 0, "0");
  return padded === fraction ? line`${amount}` : line`${whole}.${padded}`;
}

/** The digits after the point that amounts of a currency have (ISO 4217); undefined if it is unknown. */
function digitsOf(currency: string): number | undefined {
  const code = currency.toUpperCase();
  // Every amount of a table asks, and a number format takes long to make.
  if (!knownDigits.has(code)) knownDigits.set(code, isoDigits(code));
  return knownDigits.get(code);
}

const knownDigits = new Map<string, number | undefined>();

function isoDigits(code: string): number | undefined {
  if (!Intl.supportedValuesOf("currency").includes(code)) return undefined;
  return new Intl.NumberFormat("en", { style: "currency", currency: code }).resolvedOptions()
    .maximumFractionDigits;
}

const two = (number: number) => String(number).padStart(2, "0");
