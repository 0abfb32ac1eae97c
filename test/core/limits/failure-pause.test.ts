import { expect, it } from "vitest";
import {
  type FailureCount,
  failuresAt,
  pausedUntil,
  withFailure,
} from "../../../packages/core/src/limits/failure-pause.ts";

const NOON = Date.parse("2026-11-23T12:00:00Z");
const HOUR = 3_600_000;

function failures(many: number): FailureCount | undefined {
  let count: FailureCount | undefined;
  for (let nth = 0; nth < many; nth += 1) count = withFailure(count, NOON, "UnknownRequestError");
  return count;
}

it("an account is paused from the fifth failure on, longer each time, but never for ever", () => {
  const hours = [0, 1, 4, 5, 6, 7, 8, 9, 10, 50].map((many) => {
    const until = pausedUntil(failures(many), NOON);
    return until === null ? null : (until - NOON) / HOUR;
  });
  expect(hours).toEqual([null, null, null, 1, 6, 24, 72, 168, 168, 168]);
});

it("a pause ends when its time is over", () => {
  expect(pausedUntil(failures(5), NOON + HOUR - 1)).toBe(NOON + HOUR);
  expect(pausedUntil(failures(5), NOON + HOUR)).toBeNull();
});

it("a pause is not longer than usual if the clock was set back", () => {
  const count = failures(5);
  expect(pausedUntil(count, NOON - 1000 * HOUR)).toBe(NOON - 999 * HOUR);
  expect(failuresAt(count, NOON - 1000 * HOUR)).toMatchObject({ failures: 5, lastAt: NOON - 1000 * HOUR });
});
