import { ConfigurationError } from "../base/errors.ts";
import type { AccountQuota, CallQuota, DataKind } from "./account-calls.ts";
import { timeOfDay, Zone } from "./zoned-time.ts";

/** How fresh an account's data shall be. */
export type Wish = (
  | {
      /** As fresh as the limit allows: the calls are spread evenly over the 24 hours. */
      fresh: "as possible";
    }
  | {
      /** Once a day. */
      fresh: "each day";
      /** The time of day, such as `07:00`. */
      at: string;
      /** The IANA zone of that time, such as `Europe/Berlin`; it follows the change to summer time and back. */
      timeZone: string;
    }
) & {
  /** Which kinds of data. @default transactions and balances */
  dataKinds?: readonly DataKind[] | undefined;
};

/** What `nextCall` decides from. */
export interface NextCallInput {
  now: Date | number;
  /** As `client.quota(accountId)` gives it. A kind of data that is missing was never asked. */
  quota: Partial<AccountQuota>;
  /** When the consent ends, as a Date or as ISO 8601 (`access_valid_until`); null where that is not known. */
  consent: { endsAt: Date | string | null } | null;
  wish: Wish;
  /** Calls to the account pause until then, as an AccountPausedError said in `retryAt`. */
  pausedUntil?: Date | null | undefined;
}

/** When to ask for what. */
export interface NextCall {
  /** Not before `now`; it is `now` where the call is due. */
  at: Date;
  dataKind: DataKind;
}

const DEFAULT_DATA_KINDS: readonly DataKind[] = ["transactions", "balances"];

/**
 * A job that runs each hour runs some seconds or minutes early or late: a call that is due within this time is made
 * now, not an hour later. In milliseconds. It never makes a call go out before the limit allows it.
 */
const TOLERANCE = 10 * 60_000;

/** The window of the daily limits, in milliseconds. */
const DAY = 24 * 60 * 60_000;

/**
 * Says when to ask next, and for which kind of data; null where the consent ends before. Ask again after each call,
 * as its answer changes the quota.
 *
 * @example
 * const due = nextCall({ now, quota: await client.quota(id), consent, wish: { fresh: "as possible" } });
 * if (due?.scope === "balances" && due.at <= now) await client.getAccountBalances(id, { refresh: true });
 * @throws ConfigurationError where the wish names no time of day, or no time zone that there is
 */
export function nextCall({ now, quota, consent, wish, pausedUntil }: NextCallInput): NextCall | null {
  const instant = Number(now);
  const earliest = Math.max(instant, pausedUntil?.getTime() ?? instant);
  const end = consentEnd(consent);
  const due = dueTimes(wish, instant);
  const calls = (wish.dataKinds ?? DEFAULT_DATA_KINDS)
    .map((scope) => ({ scope, at: Math.max(earliest, due(quota[scope])) }))
    .filter(({ at }) => at < end)
    .sort((a, b) => a.at - b.at);
  const [first] = calls;
  return first === undefined ? null : { at: new Date(first.at), dataKind: first.scope };
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
 * The calls of one window stand on a grid that starts with its oldest call: with four a day, each six hours after
 * the one before. So calls that were made in a bunch, or late, do not shift those to come.
 */
function dueAsOftenAsPossible(quota: CallQuota | undefined, now: number): number {
  if (quota === undefined || quota.resetAt === null) return now;
  const rolls = quota.resetAt.getTime();
  if (quota.remaining === 0) return rolls;
  const used = quota.limit - quota.remaining;
  const oldest = rolls - DAY;
  const due = oldest + Math.round((used * DAY) / quota.limit) - TOLERANCE;
  return Math.max(due, now);
}

function dueOnceADay(quota: CallQuota | undefined, last: number, next: number, now: number): number {
  const fetched = quota?.lastCallAt?.getTime();
  const wanted = fetched !== undefined && fetched >= last ? next : now;
  if (quota === undefined || quota.remaining > 0 || quota.resetAt === null) return wanted;
  return Math.max(wanted, quota.resetAt.getTime());
}
