import { z } from "zod";

/** A limit: so many calls within a window that moves with the clock. */
export interface WindowRule {
  /** Calls allowed where the service has not said otherwise. */
  limit: number;
  /** Milliseconds. */
  length: number;
}

const Time = z.number().int();

/** What is known of the calls under one limit. Times are milliseconds since 1970. */
export const RollingWindow = z.object({
  /** What the headers said last; null where they have said nothing. */
  toldLimit: z.number().int().positive().nullable(),
  /** A lower limit that a refusal has shown, and until when it is believed. */
  lowered: z.object({ limit: z.number().int().positive(), until: Time }).nullable(),
  /** When our counted calls were answered. */
  own: z.array(Time),
  /** Calls of others, and calls of ours whose fate is unknown: when they happened at the latest. */
  guessed: z.array(Time),
  underWay: z.array(z.object({ id: z.string(), since: Time })),
  /** Before this time nothing is allowed, as the service said. */
  closedUntil: Time.nullable(),
  /** When our last counted call was, also where it has left the window. */
  lastAt: Time.nullable(),
});
export type RollingWindow = z.infer<typeof RollingWindow>;

/** What an answer said of the limit; null where it did not. */
export interface Told {
  limit: number | null;
  remaining: number | null;
  resetAt: number | null;
}

/**
 * How a call ended. `unknown`: it was sent and its answer is lost. `refused`: the service's limit was met.
 * `refusedByBank`: the bank's own limit was met, which can be lower than the service's and is nowhere told.
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
  toldLimit: null,
  lowered: null,
  own: [],
  guessed: [],
  underWay: [],
  closedUntil: null,
  lastAt: null,
});

/** A call that has not ended after so long was given up, by a process that died. Its fate is unknown. */
const LONGEST_CALL = 10 * 60_000;

/** For how long a limit that only a refusal has shown is believed: banks change theirs. */
const LOWERED_FOR = 30 * 86_400_000;

/** A larger limit than this is no limit of the service. */
const LARGEST_LIMIT = 100_000;

/**
 * The window as it is now: what has rolled out of it is dropped. A clock that was set back leaves times in the
 * future: they count as now, so that they block for one window at most.
 */
export function windowAt(window: RollingWindow, rule: WindowRule, now: number): RollingWindow {
  const most = Math.max(rule.limit, window.toldLimit ?? 0);
  const recent = (times: readonly number[]) =>
    times
      .map((at) => Math.min(at, now))
      .filter((at) => at > now - rule.length)
      .sort((a, b) => a - b)
      .slice(-most); // Calls past the limit, where nobody kept it, come back before they matter.
  const underWay = window.underWay.map(({ id, since }) => ({ id, since: Math.min(since, now) }));
  const givenUp = underWay.filter(({ since }) => since <= now - LONGEST_CALL).map(({ since }) => since);
  const { closedUntil, lowered } = window;
  return {
    toldLimit: window.toldLimit,
    lowered:
      lowered === null || lowered.until <= now
        ? null
        : { limit: lowered.limit, until: Math.min(lowered.until, now + LOWERED_FOR) },
    own: recent(window.own),
    guessed: recent([...window.guessed, ...givenUp]),
    underWay: underWay.filter(({ since }) => since > now - LONGEST_CALL),
    closedUntil: closedUntil === null || closedUntil <= now ? null : Math.min(closedUntil, now + rule.length),
    lastAt: window.lastAt === null ? null : Math.min(window.lastAt, now),
  };
}

/** How many calls a window allows in all. */
export function limitOf(window: RollingWindow, rule: WindowRule): number {
  return Math.min(window.toldLimit ?? rule.limit, window.lowered?.limit ?? Number.POSITIVE_INFINITY);
}

/** When each call that is used up now comes back, in order. */
export function freeTimes(window: RollingWindow, rule: WindowRule): number[] {
  return [...window.own, ...window.guessed, ...window.underWay.map(({ since }) => since)]
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
  const { closedUntil } = window;
  return {
    limit,
    remaining: closedUntil === null ? left : 0,
    resetAt: closedUntil === null ? rolls : left > 0 ? closedUntil : Math.max(closedUntil, rolls ?? 0),
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
  return { ...window, underWay: [...window.underWay, { id, since: now }] };
}

/** Takes note of how a call ended, and of what its answer said of the limit. */
export function settle(
  given: RollingWindow,
  rule: WindowRule,
  call: { id: string; now: number; outcome: Outcome; told: Told | null },
): RollingWindow {
  const { id, now, outcome } = call;
  const window = windowAt(given, rule, now);
  const since = window.underWay.find((one) => one.id === id)?.since ?? now;
  const alone = window.underWay.every((one) => one.id === id) && window.own.every((at) => at < since);
  const ended: RollingWindow = {
    ...window,
    underWay: window.underWay.filter((one) => one.id !== id),
    own: outcome === "counted" ? [...window.own, now] : window.own,
    guessed: outcome === "unknown" ? [...window.guessed, now] : window.guessed,
    lastAt: outcome === "counted" ? now : window.lastAt,
  };
  const told = believable(call.told, rule, now);
  const informed = told === undefined ? ended : withTold(ended, rule, now, told, alone, outcome);
  if (outcome === "refused") return withRefusal(informed, rule, now, told?.resetAt ?? null);
  return outcome === "refusedByBank" ? withLowerLimit(informed, rule, now) : informed;
}

/** What a limit can be. Anything else that a header says counts as not said. */
function believable(told: Told | null, rule: WindowRule, now: number): Told | undefined {
  if (told === null) return undefined;
  const { limit, remaining, resetAt } = told;
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
function withTold(
  window: RollingWindow,
  rule: WindowRule,
  now: number,
  told: Told,
  alone: boolean,
  outcome: Outcome,
): RollingWindow {
  const known = { ...window, toldLimit: told.limit ?? window.toldLimit };
  if (told.remaining === null) return known;
  const spent = told.remaining === 0;
  const closedUntil = spent ? (told.resetAt ?? known.closedUntil) : alone ? null : known.closedUntil;
  const used = (known.toldLimit ?? rule.limit) - told.remaining;
  const counted = known.own.length + known.guessed.length + known.underWay.length;
  if (used > counted) {
    const guessed = [...known.guessed, ...guesses(known, rule, now, used - counted, told.resetAt)];
    return { ...known, closedUntil, guessed };
  }
  if (!alone) return { ...known, closedUntil };
  // The call that was counted just now is in the service's count, whatever its headers say.
  const keep = Math.max(used, outcome === "counted" ? 1 : 0);
  const guessed = known.guessed.slice(0, Math.max(0, keep - known.own.length));
  return { ...known, closedUntil, guessed, own: known.own.slice(Math.max(0, known.own.length - keep)) };
}

/** Calls of others: the window resets when its oldest call leaves it; of the rest only their latest time is known. */
function guesses(
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
function withRefusal(
  window: RollingWindow,
  rule: WindowRule,
  now: number,
  resetAt: number | null,
): RollingWindow {
  const until = resetAt ?? (isSpent(window, rule) ? null : now + share(window, rule));
  return until === null ? window : { ...window, closedUntil: Math.max(window.closedUntil ?? 0, until) };
}

/** The bank allows no more than was counted so far; where nothing was counted, nobody knows for how long. */
function withLowerLimit(window: RollingWindow, rule: WindowRule, now: number): RollingWindow {
  const counted = window.own.length + window.guessed.length;
  if (counted === 0) return { ...window, closedUntil: now + share(window, rule) };
  return {
    ...window,
    lowered: { limit: Math.min(counted, limitOf(window, rule)), until: now + LOWERED_FOR },
  };
}

function isSpent(window: RollingWindow, rule: WindowRule): boolean {
  return freeTimes(window, rule).length >= limitOf(window, rule);
}

function share(window: RollingWindow, rule: WindowRule): number {
  return Math.ceil(rule.length / limitOf(window, rule));
}
