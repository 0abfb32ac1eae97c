import { z } from "zod";

/** The failures of one account since its last success. Times are milliseconds since 1970. */
export const FailureCount = z.object({
  failures: z.number().int().positive(),
  lastAt: z.number().int(),
  /** The type of the last one. */
  kind: z.enum(["UnknownRequestError", "AccessExpiredError"]),
});
export type FailureCount = z.infer<typeof FailureCount>;

/** The types of failure that the service counts: ten in a row suspend an account for good. */
export type CountedFailure = FailureCount["kind"];

/** Calls to the account pause from this failure on: half of the number that suspends it. */
const FAILURES_BEFORE_PAUSE = 5;

const HOUR = 3_600_000;

/** The pause after the fifth failure, after the sixth, and so on, in milliseconds; a week from the ninth on. */
const PAUSES = [1 * HOUR, 6 * HOUR, 24 * HOUR, 72 * HOUR, 168 * HOUR];

/** The count after one more failure. */
export function withFailure(
  count: FailureCount | undefined,
  now: number,
  kind: CountedFailure,
): FailureCount {
  return { failures: (count?.failures ?? 0) + 1, lastAt: now, kind };
}

/** The count as of now: a time in the future, left behind by a clock that was set back, counts as now. */
export function failuresAt(count: FailureCount | undefined, now: number): FailureCount | undefined {
  return count === undefined || count.lastAt <= now ? count : { ...count, lastAt: now };
}

/** When the pause of calls to an account ends, in milliseconds since 1970; null if they are not paused. */
export function pausedUntil(stored: FailureCount | undefined, now: number): number | null {
  const count = failuresAt(stored, now);
  if (count === undefined || count.failures < FAILURES_BEFORE_PAUSE) return null;
  const pause = PAUSES[Math.min(count.failures - FAILURES_BEFORE_PAUSE, PAUSES.length - 1)] ?? HOUR;
  const until = count.lastAt + pause;
  return until > now ? until : null;
}
