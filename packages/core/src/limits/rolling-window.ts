/** A limit: so many calls within a window that moves with the clock. */
export interface WindowRule {
  /** Calls allowed where the service has not said otherwise. */
  limit: number;
  /** Milliseconds. */
  length: number;
}

/** What is known of the calls under one limit. Times are milliseconds since 1970. */
export interface RollingWindow {
  /** The limit that headers reported last; null if they have reported none. */
  readonly reportedLimit: number | null;
  /** A lower limit that a refusal has shown, and until when it is believed. */
  readonly observedLimit: { readonly limit: number; readonly until: number } | null;
  /** When our counted calls were answered. */
  readonly counted: readonly number[];
  /** Calls of others, and calls of ours whose outcome is unknown: when they happened at the latest. */
  readonly inferred: readonly number[];
  readonly inFlight: readonly { readonly id: string; readonly since: number }[];
  /** Before this time nothing is allowed, as the service said. */
  readonly blockedUntil: number | null;
  /** When our last counted call was, also if it has left the window. */
  readonly lastAt: number | null;
}

/** What an answer said of the limit; null where it did not. */
export interface ReportedLimit {
  limit: number | null;
  remaining: number | null;
  resetAt: number | null;
}

/**
 * How a call ended. `unknown`: it was sent and its answer is lost. `refused`: the service's limit was met.
 * `refusedByBank`: the bank's own limit was met, which can be lower than the service's and is nowhere reported.
 */
export type Outcome = "counted" | "notCounted" | "unknown" | "refused" | "refusedByBank";

/** Where a window stands. */
export interface WindowView {
  limit: number;
  remaining: number;
  /** When more is allowed than now; null where nothing is used. */
  resetAt: number | null;
  /** When the last counted call was; null where none is known. */
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

/** A call that has not ended after so long was given up, by a process that died. Its fate is unknown. */
const LONGEST_CALL = 10 * 60_000;

/** For how long a limit that only a refusal has shown is believed: banks change theirs. */
const OBSERVED_FOR = 30 * 86_400_000;

/** A larger limit than this is no limit of the service. */
const LARGEST_LIMIT = 100_000;

/**
 * The window as it is now: what has rolled out of it is dropped. A clock that was set back leaves times in the
 * future: they count as now, so that they block for one window at most.
 */
export function windowAt(window: RollingWindow, rule: WindowRule, now: number): RollingWindow {
  const most = Math.max(rule.limit, window.reportedLimit ?? 0);
  const recent = (times: readonly number[]) =>
    times
      .map((at) => Math.min(at, now))
      .filter((at) => at > now - rule.length)
      .sort((a, b) => a - b)
      .slice(-most); // Calls past the limit, where nobody kept it, come back before they matter.
  const inFlight = window.inFlight.map(({ id, since }) => ({ id, since: Math.min(since, now) }));
  const givenUp = inFlight.filter(({ since }) => since <= now - LONGEST_CALL).map(({ since }) => since);
  const { blockedUntil, observedLimit } = window;
  return {
    reportedLimit: window.reportedLimit,
    observedLimit:
      observedLimit === null || observedLimit.until <= now
        ? null
        : { limit: observedLimit.limit, until: Math.min(observedLimit.until, now + OBSERVED_FOR) },
    counted: recent(window.counted),
    inferred: recent([...window.inferred, ...givenUp]),
    inFlight: inFlight.filter(({ since }) => since > now - LONGEST_CALL),
    blockedUntil:
      blockedUntil === null || blockedUntil <= now ? null : Math.min(blockedUntil, now + rule.length),
    lastAt: window.lastAt === null ? null : Math.min(window.lastAt, now),
  };
}

/** How many calls a window allows in all. */
export function limitOf(window: RollingWindow, rule: WindowRule): number {
  return Math.min(
    window.reportedLimit ?? rule.limit,
    window.observedLimit?.limit ?? Number.POSITIVE_INFINITY,
  );
}

/** When each call that is used up now comes back, in order. */
export function freeTimes(window: RollingWindow, rule: WindowRule): number[] {
  return [...window.counted, ...window.inferred, ...window.inFlight.map(({ since }) => since)]
    .map((at) => at + rule.length)
    .sort((a, b) => a - b);
}

/** Where a window stands now. */
export function viewOf(given: RollingWindow, rule: WindowRule, now: number): WindowView {
  const window = windowAt(given, rule, now);
  const limit = limitOf(window, rule);
  const free = freeTimes(window, rule);
  const left = Math.max(0, limit - free.length);
  const over = Math.max(0, free.length - limit);
  const rolls = free[over] ?? null;
  const { blockedUntil } = window;
  return {
    limit,
    remaining: blockedUntil === null ? left : 0,
    resetAt: blockedUntil === null ? rolls : left > 0 ? blockedUntil : Math.max(blockedUntil, rolls ?? 0),
    lastAt: window.lastAt,
  };
}

/** Takes a place for a call before it is sent; undefined where there is none. */
export function reserve(
  given: RollingWindow,
  rule: WindowRule,
  now: number,
  id: string,
): RollingWindow | undefined {
  if (viewOf(given, rule, now).remaining === 0) return undefined;
  const window = windowAt(given, rule, now);
  return { ...window, inFlight: [...window.inFlight, { id, since: now }] };
}

/** Takes note of how a call ended, and of what its answer said of the limit. */
export function complete(
  given: RollingWindow,
  rule: WindowRule,
  call: { id: string; now: number; outcome: Outcome; reported: ReportedLimit | null },
): RollingWindow {
  const { id, now, outcome } = call;
  const window = windowAt(given, rule, now);
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
  const informed = reported === undefined ? ended : withReported(ended, rule, now, reported, alone, outcome);
  if (outcome === "refused") return withBlock(informed, rule, now, reported?.resetAt ?? null);
  return outcome === "refusedByBank" ? withLowerLimit(informed, rule, now) : informed;
}

/** What a limit can be. Anything else that a header says counts as not said. */
function believable(
  reported: ReportedLimit | null,
  rule: WindowRule,
  now: number,
): ReportedLimit | undefined {
  if (reported === null) return undefined;
  const { limit, remaining, resetAt } = reported;
  if (limit !== null && !(Number.isInteger(limit) && limit >= 1 && limit <= LARGEST_LIMIT)) return undefined;
  if (remaining !== null && !(Number.isInteger(remaining) && remaining >= 0)) return undefined;
  if (limit !== null && remaining !== null && remaining > limit) return undefined;
  const soon = resetAt !== null && resetAt > now && resetAt <= now + rule.length + 1000;
  return { limit, remaining, resetAt: soon ? Math.ceil(resetAt) : null };
}

/**
 * Squares our count with the service's. It may have counted more: others ask too. It may have counted less, which is
 * believed only where no other call of ours was on the way at the same time, as answers overtake each other.
 */
function withReported(
  window: RollingWindow,
  rule: WindowRule,
  now: number,
  reported: ReportedLimit,
  alone: boolean,
  outcome: Outcome,
): RollingWindow {
  const known = { ...window, reportedLimit: reported.limit ?? window.reportedLimit };
  if (reported.remaining === null) return known;
  const spent = reported.remaining === 0;
  const blockedUntil = spent ? (reported.resetAt ?? known.blockedUntil) : alone ? null : known.blockedUntil;
  const used = (known.reportedLimit ?? rule.limit) - reported.remaining;
  const counted = known.counted.length + known.inferred.length + known.inFlight.length;
  if (used > counted) {
    const inferred = [
      ...known.inferred,
      ...inferredCalls(known, rule, now, used - counted, reported.resetAt),
    ];
    return { ...known, blockedUntil, inferred };
  }
  if (!alone) return { ...known, blockedUntil };
  // The call that was counted just now is in the service's count, whatever its headers say.
  const keep = Math.max(used, outcome === "counted" ? 1 : 0);
  const inferred = known.inferred.slice(0, Math.max(0, keep - known.counted.length));
  return {
    ...known,
    blockedUntil,
    inferred,
    counted: known.counted.slice(Math.max(0, known.counted.length - keep)),
  };
}

/** Calls of others: the window resets when its oldest call leaves it; of the rest only their latest time is known. */
function inferredCalls(
  window: RollingWindow,
  rule: WindowRule,
  now: number,
  many: number,
  resetAt: number | null,
): number[] {
  const times = new Array<number>(many).fill(now);
  const oldest = resetAt === null ? now : Math.min(now, resetAt - rule.length);
  if (oldest < (freeTimes(window, rule)[0] ?? now + rule.length) - rule.length) times[0] = oldest;
  return times;
}

/** A refusal closes the window until the time that it says, or for one call's share of it. */
function withBlock(
  window: RollingWindow,
  rule: WindowRule,
  now: number,
  resetAt: number | null,
): RollingWindow {
  const until = resetAt ?? (isSpent(window, rule) ? null : now + share(window, rule));
  return until === null ? window : { ...window, blockedUntil: Math.max(window.blockedUntil ?? 0, until) };
}

/** The bank allows no more than was counted so far; where nothing was counted, nobody knows for how long. */
function withLowerLimit(window: RollingWindow, rule: WindowRule, now: number): RollingWindow {
  const counted = window.counted.length + window.inferred.length;
  if (counted === 0) return { ...window, blockedUntil: now + share(window, rule) };
  return {
    ...window,
    observedLimit: { limit: Math.min(counted, limitOf(window, rule)), until: now + OBSERVED_FOR },
  };
}

function isSpent(window: RollingWindow, rule: WindowRule): boolean {
  return freeTimes(window, rule).length >= limitOf(window, rule);
}

function share(window: RollingWindow, rule: WindowRule): number {
  return Math.ceil(rule.length / limitOf(window, rule));
}
