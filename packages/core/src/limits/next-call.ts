import type { DataKind } from "../base/data-kinds.ts";
import { DAY } from "../base/dates.ts";
import { ConfigurationError } from "../base/errors.ts";
import type { AccountQuota, CallQuota } from "./account-calls.ts";
import { timeOfDay, Zone } from "./zoned-time.ts";

/** How fresh an account's data should be. */
export type Wish = (
  | {
      /** As fresh as the limit allows: calls are spread evenly over 24 hours. */
      fresh: "as possible";
    }
  | {
      /** Once a day. */
      fresh: "each day";
      /** The time of day, such as `07:00`. */
      at: string;
      /** The IANA time zone of that time, such as `Europe/Berlin`; daylight saving time is taken into account. */
      timeZone: string;
    }
) & {
  /** The kinds of data to keep fresh. @default transactions and balances */
  dataKinds?: readonly DataKind[] | undefined;
};

/** When a consent ends. */
export interface ConsentEnd {
  /** A Date, or ISO 8601 as in `access_valid_until`; null if unknown. */
  endsAt: Date | string | null;
}

/** The basis of `nextCall`'s decision. */
export interface NextCallInput {
  /** The current time; a number is in milliseconds since 1970. */
  now: Date | number;
  /** As returned by `client.quota(accountId)`. A missing kind of data was never requested. */
  quota: Partial<AccountQuota>;
  /** No call is due after it has ended; null if it is unknown, which counts as without an end. */
  consent: ConsentEnd | null;
  /** How fresh the data should be, and which kinds of it. */
  wish: Wish;
  /** When a pause of calls to the account ends: the `retryAt` of an AccountPausedError. */
  pausedUntil?: Date | null | undefined;
}

/** When to request which kind of data. */
export interface NextCall {
  /** Not before `now`; equal to `now` if the call is due. */
  at: Date;
  /** The kind that is due first; equals in the order of the wish. */
  dataKind: DataKind;
}

const DEFAULT_DATA_KINDS: readonly DataKind[] = ["transactions", "balances"];

/**
 * In milliseconds. An hourly job starts some seconds or minutes early or late: a call that is due within this time is
 * made now, not an hour later. It never lets a call go out before the limit allows it.
 */
const TOLERANCE = 10 * 60_000;

/**
 * Returns when to make the next call, and for which kind of data; null if the consent ends before that. Call it again
 * after each response, which changes the quota.
 *
 * @example
 * const due = nextCall({ now, quota: await client.quota(id), consent, wish: { fresh: "as possible" } });
 * if (due?.dataKind === "balances" && due.at <= now) await client.getAccountBalances(id, { refresh: true });
 * @throws ConfigurationError if the wish has an invalid time of day or an unknown time zone
 */
export function nextCall({ now, quota, consent, wish, pausedUntil }: NextCallInput): NextCall | null {
  const instant = Number(now);
  const earliest = Math.max(instant, pausedUntil?.getTime() ?? instant);
  const end = consentEnd(consent);
  const due = dueTimes(wish, instant);
  const calls = (wish.dataKinds ?? DEFAULT_DATA_KINDS)
    .map((dataKind) => ({ dataKind, at: Math.max(earliest, due(quota[dataKind])) }))
    .filter(({ at }) => at < end)
    .sort((a, b) => a.at - b.at);
  const [first] = calls;
  return first === undefined ? null : { at: new Date(first.at), dataKind: first.dataKind };
}

function consentEnd(consent: NextCallInput["consent"]): number {
  if (consent === null || consent.endsAt === null) return Number.POSITIVE_INFINITY;
  const end = new Date(consent.endsAt).getTime();
  if (Number.isNaN(end)) {
    throw new ConfigurationError("consent.endsAt must be a time in ISO 8601, a Date, or null.");
  }
  return end;
}

function dueTimes(wish: Wish, now: number): (quota: CallQuota | undefined) => number {
  if (wish.fresh === "as possible") return (quota) => dueAsOftenAsPossible(quota, now);
  const zone = new Zone(wish.timeZone);
  const time = timeOfDay(wish.at);
  const last = zone.lastAt(time, now);
  const next = zone.nextAt(time, now);
  return (quota) => dueOnceADay(quota, last, next, now);
}

/**
 * The calls of one window are on a grid that starts at its oldest call: with four a day, each is due six hours after the
 * one before. Calls that were made in a burst, or late, therefore do not shift the later ones.
 */
function dueAsOftenAsPossible(quota: CallQuota | undefined, now: number): number {
  if (quota === undefined || quota.resetAt === null) return now;
  const resetAt = quota.resetAt.getTime();
  if (quota.remaining === 0) return resetAt;
  const used = quota.limit - quota.remaining;
  const oldest = resetAt - DAY;
  const due = oldest + Math.round((used * DAY) / quota.limit) - TOLERANCE;
  return Math.max(due, now);
}

function dueOnceADay(quota: CallQuota | undefined, last: number, next: number, now: number): number {
  const lastCallAt = quota?.lastCallAt?.getTime();
  const due = lastCallAt !== undefined && lastCallAt >= last ? next : now;
  if (quota === undefined || quota.remaining > 0 || quota.resetAt === null) return due;
  return Math.max(due, quota.resetAt.getTime());
}
