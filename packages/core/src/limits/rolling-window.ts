import { DAY } from "../base/dates.ts";

/** A limit: at most a number of calls within a window that moves with the clock. */
export interface WindowRule {
  /** Calls allowed, unless the service reports another limit. */
  limit: number;
  /** The length of the window, in milliseconds. */
  length: number;
}

/** What is known about the calls under one limit. Times are milliseconds since 1970. */
export interface RollingWindow {
  /** The limit that headers reported last; null if they reported none. */
  readonly reportedLimit: number | null;
  /** A lower limit that an error response has revealed, and until when it applies. */
  readonly observedLimit: { readonly limit: number; readonly until: number } | null;
  /** When the responses to our counted calls arrived. */
  readonly counted: readonly number[];
  /** The latest possible times of other clients' calls, and of our own calls whose outcome is unknown. */
  readonly inferred: readonly number[];
  readonly inFlight: readonly { readonly id: string; readonly since: number }[];
  /** No call is allowed before this time, as the service reported. */
  readonly blockedUntil: number | null;
  /** When our last counted call was made, even if it has left the window. */
  readonly lastAt: number | null;
}

/** What a response reported about the limit; null for what it did not report. */
export interface ReportedLimit {
  limit: number | null;
  remaining: number | null;
  resetAt: number | null;
}

/**
 * How a call ended. `unknown`: it was sent, and its response was lost. `rejected`: the service's limit was exceeded.
 * `rejectedByBank`: the bank's own limit was exceeded, which can be lower than the service's and is never reported.
 */
export type Outcome = "counted" | "notCounted" | "unknown" | "rejected" | "rejectedByBank";

/** The state of a window at a moment. */
export interface WindowView {
  limit: number;
  remaining: number;
  /** When more calls are allowed than now; null if none is used. */
  resetAt: number | null;
  /** When the last counted call was made; null if none is known. */
  lastAt: number | null;
}

export const emptyWindow: RollingWindow = Object.freeze({
  reportedLimit: null,
  observedLimit: null,
  counted: [],
  inferred: [],
  inFlight: [],
  blockedUntil: null,
  lastAt: null,
});

/** A call that has not ended after this time, in milliseconds, belonged to a process that died. Its outcome is unknown. */
const MAX_CALL_DURATION = 10 * 60_000;

/** How long a limit that only an error response has revealed applies, in milliseconds. Banks change theirs. */
const OBSERVED_LIMIT_LIFETIME = 30 * DAY;

/** No service has a larger limit. */
const MAX_LIMIT = 100_000;

/**
 * The window as of now, without the calls that have left it. Times in the future, left behind by a clock that was set
 * back, count as now, so that they block for at most one window.
 */
export function windowAt(window: RollingWindow, rule: WindowRule, now: number): RollingWindow {
  const maxCalls = Math.max(rule.limit, window.reportedLimit ?? 0);
  const recent = (times: readonly number[]) =>
    areWithin(times, now - rule.length, now) && times.length <= maxCalls
      ? times
      : times
          .map((at) => Math.min(at, now))
          .filter((at) => at > now - rule.length)
          .sort((a, b) => a - b)
          .slice(-maxCalls); // If the limit was exceeded, the oldest calls beyond it leave the window before they matter.
  const inFlight = window.inFlight.map(({ id, since }) => ({ id, since: Math.min(since, now) }));
  const givenUp = inFlight.filter(({ since }) => since <= now - MAX_CALL_DURATION).map(({ since }) => since);
  const { blockedUntil, observedLimit } = window;
  return {
    reportedLimit: window.reportedLimit,
    observedLimit:
      observedLimit === null || observedLimit.until <= now
        ? null
        : { limit: observedLimit.limit, until: Math.min(observedLimit.until, now + OBSERVED_LIMIT_LIFETIME) },
    counted: recent(window.counted),
    inferred: recent([...window.inferred, ...givenUp]),
    inFlight: inFlight.filter(({ since }) => since > now - MAX_CALL_DURATION),
    blockedUntil:
      blockedUntil === null || blockedUntil <= now ? null : Math.min(blockedUntil, now + rule.length),
    lastAt: window.lastAt === null ? null : Math.min(window.lastAt, now),
  };
}

/** Whether all times are after `start` and not after `end`, in order: nearly always, and then there is nothing to do. */
function areWithin(times: readonly number[], start: number, end: number): boolean {
  let before = start;
  for (const at of times) {
    if (at < before || at <= start || at > end) return false;
    before = at;
  }
  return true;
}

/** How many calls a window allows in total. */
export function limitOf(window: RollingWindow, rule: WindowRule): number {
  return Math.min(
    window.reportedLimit ?? rule.limit,
    window.observedLimit?.limit ?? Number.POSITIVE_INFINITY,
  );
}

/** When each used call becomes available again, in order. */
export function releaseTimes(window: RollingWindow, rule: WindowRule): number[] {
  return [...window.counted, ...window.inferred, ...window.inFlight.map(({ since }) => since)]
    .map((at) => at + rule.length)
    .sort((a, b) => a - b);
}

/** The state of a window now. */
export function viewOf(stored: RollingWindow, rule: WindowRule, now: number): WindowView {
  const window = windowAt(stored, rule, now);
  const limit = limitOf(window, rule);
  const releases = releaseTimes(window, rule);
  const left = Math.max(0, limit - releases.length);
  const excess = Math.max(0, releases.length - limit);
  const nextRelease = releases[excess] ?? null;
  const { blockedUntil } = window;
  return {
    limit,
    remaining: blockedUntil === null ? left : 0,
    resetAt:
      blockedUntil === null
        ? nextRelease
        : left > 0
          ? blockedUntil
          : Math.max(blockedUntil, nextRelease ?? 0),
    lastAt: window.lastAt,
  };
}

/** Reserves a call before it is sent; undefined if none is left. */
export function reserve(
  stored: RollingWindow,
  rule: WindowRule,
  now: number,
  id: string,
): RollingWindow | undefined {
  if (viewOf(stored, rule, now).remaining === 0) return undefined;
  const window = windowAt(stored, rule, now);
  return { ...window, inFlight: [...window.inFlight, { id, since: now }] };
}

/** Completes a reserved call: how it ended, and what its response reported about the limit. */
export function complete(
  stored: RollingWindow,
  rule: WindowRule,
  call: { id: string; now: number; outcome: Outcome; reported: ReportedLimit | null },
): RollingWindow {
  const { id, now, outcome } = call;
  const window = windowAt(stored, rule, now);
  const since = window.inFlight.find((one) => one.id === id)?.since ?? now;
  const alone = window.inFlight.every((one) => one.id === id) && window.counted.every((at) => at < since);
  const ended: RollingWindow = {
    ...window,
    inFlight: window.inFlight.filter((one) => one.id !== id),
    counted: outcome === "counted" ? [...window.counted, now] : window.counted,
    inferred: outcome === "unknown" ? [...window.inferred, now] : window.inferred,
    lastAt: outcome === "counted" ? now : window.lastAt,
  };
  const reported = believable(call.reported, rule, now);
  const informed =
    reported === undefined ? ended : withReported(ended, rule, reported, { now, outcome, alone });
  if (outcome === "rejected") return withBlock(informed, rule, now, reported?.resetAt ?? null);
  return outcome === "rejectedByBank" ? withLowerLimit(informed, rule, now) : informed;
}

/** The report; undefined if its numbers are impossible, so that it counts as missing. */
function believable(
  reported: ReportedLimit | null,
  rule: WindowRule,
  now: number,
): ReportedLimit | undefined {
  if (reported === null) return undefined;
  const { limit, remaining, resetAt } = reported;
  if (limit !== null && !(Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT)) return undefined;
  if (remaining !== null && !(Number.isInteger(remaining) && remaining >= 0)) return undefined;
  if (limit !== null && remaining !== null && remaining > limit) return undefined;
  const soon = resetAt !== null && resetAt > now && resetAt <= now + rule.length + 1000;
  return { limit, remaining, resetAt: soon ? Math.ceil(resetAt) : null };
}

/**
 * Reconciles our count with the service's. A higher one means that other clients make calls too. A lower one is believed
 * only if no other call of ours was in flight at the same time, because responses can overtake each other.
 */
function withReported(
  window: RollingWindow,
  rule: WindowRule,
  reported: ReportedLimit,
  { now, outcome, alone }: { now: number; outcome: Outcome; alone: boolean },
): RollingWindow {
  const known = { ...window, reportedLimit: reported.limit ?? window.reportedLimit };
  if (reported.remaining === null) return known;
  const spent = reported.remaining === 0;
  const blockedUntil = spent ? (reported.resetAt ?? known.blockedUntil) : alone ? null : known.blockedUntil;
  const used = (known.reportedLimit ?? rule.limit) - reported.remaining;
  const counted = known.counted.length + known.inferred.length + known.inFlight.length;
  if (used > counted) {
    const oldest = oldestInferred(known, rule, now, reported.resetAt);
    const inferred = [...known.inferred, oldest, ...new Array<number>(used - counted - 1).fill(now)];
    return { ...known, blockedUntil, inferred };
  }
  if (!alone) return { ...known, blockedUntil };
  // The call that was just counted is part of the service's count, regardless of its headers.
  const keep = Math.max(used, outcome === "counted" ? 1 : 0);
  const inferred = known.inferred.slice(0, Math.max(0, keep - known.counted.length));
  return {
    ...known,
    blockedUntil,
    inferred,
    counted: known.counted.slice(Math.max(0, known.counted.length - keep)),
  };
}

/**
 * When the oldest of other clients' calls was made: the reset time reveals it, if that call is the window's oldest. Of
 * their other calls only the latest possible time is known.
 */
function oldestInferred(
  window: RollingWindow,
  rule: WindowRule,
  now: number,
  resetAt: number | null,
): number {
  const oldest = resetAt === null ? now : Math.min(now, resetAt - rule.length);
  return oldest < (releaseTimes(window, rule)[0] ?? now + rule.length) - rule.length ? oldest : now;
}

/** Blocks the window until the time that the error response names, or else for one call's share of it. */
function withBlock(
  window: RollingWindow,
  rule: WindowRule,
  now: number,
  resetAt: number | null,
): RollingWindow {
  const until = resetAt ?? (isSpent(window, rule) ? null : now + share(window, rule));
  return until === null ? window : { ...window, blockedUntil: Math.max(window.blockedUntil ?? 0, until) };
}

/** The bank allows no more calls than were counted so far; if none was counted, one call's share is blocked. */
function withLowerLimit(window: RollingWindow, rule: WindowRule, now: number): RollingWindow {
  const counted = window.counted.length + window.inferred.length;
  if (counted === 0) return { ...window, blockedUntil: now + share(window, rule) };
  return {
    ...window,
    observedLimit: { limit: Math.min(counted, limitOf(window, rule)), until: now + OBSERVED_LIMIT_LIFETIME },
  };
}

function isSpent(window: RollingWindow, rule: WindowRule): boolean {
  return releaseTimes(window, rule).length >= limitOf(window, rule);
}

function share(window: RollingWindow, rule: WindowRule): number {
  return Math.ceil(rule.length / limitOf(window, rule));
}
