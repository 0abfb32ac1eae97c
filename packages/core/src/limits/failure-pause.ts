import { z } from "zod";

/** The failures of one account since its last success. Times are milliseconds since 1970. */
export const FailureCount = z.object({
  failures: z.number().int().positive(),
  lastAt: z.number().int(),
  /** What the last one was. */
  kind: z.enum(["UnknownRequestError", "AccessExpiredError"]),
});
export type FailureCount = z.infer<typeof FailureCount>;

/** A failure of the two kinds that the service counts: ten in a row suspend an account for good. */
export type CountedFailure = FailureCount["kind"];

/** From so many failures on, calls to the account pause: half of what suspends it. */
const FAILURES_BEFORE_PAUSE = 5;

const HOUR = 3_600_000;

/** How long after the fifth failure, the sixth, and so on; from the ninth on, a week each. */
const PAUSES = [1 * HOUR, 6 * HOUR, 24 * HOUR, 72 * HOUR, 168 * HOUR];

/** One more failure. */
export function withFailure(
  count: FailureCount | undefined,
  now: number,
  kind: CountedFailure,
): FailureCount {
  return { failures: (count?.failures ?? 0) + 1, lastAt: now, kind };
}

/** The count as it is now: a clock that was set back leaves a time in the future, which counts as now. */
export function failuresAt(count: FailureCount | undefined, now: number): FailureCount | undefined {
  return count === undefined || count.lastAt <= now ? count : { ...count, lastAt: now };
}

/** Until when calls to an account pause; null where they do not. */
export function pausedUntil(given: FailureCount | undefined, now: number): number | null {
  const count = failuresAt(given, now);
  if (count === undefined || count.failures < FAILURES_BEFORE_PAUSE) return null;
  const pause = PAUSES[Math.min(count.failures - FAILURES_BEFORE_PAUSE, PAUSES.length - 1)] ?? HOUR;
  const until = count.lastAt + pause;
  return until > now ? until : null;
}
