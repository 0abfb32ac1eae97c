import { expect } from "vitest";
import type { TrueTransaction } from "../../packages/sandbox/src/index.ts";
import type { Row, WatchedAccount } from "./watched-account.ts";

/** Every row that responses showed, by the response's account and number, the list and the position. */
function shownRows({ responses }: WatchedAccount): Map<string, Row> {
  return new Map(
    responses.flatMap(({ account, response, ...lists }) =>
      (["booked", "pending"] as const).flatMap((status) =>
        lists[status].map((row, position): [string, Row] => [
          `${account} ${response} ${status} ${position}`,
          row,
        ]),
      ),
    ),
  );
}

/** Every row that the truth knows, in the same way. */
function knownRows(truth: readonly TrueTransaction[]): [string, Row][] {
  return truth.flatMap(({ observed }) =>
    observed.flatMap(({ account, status, payload, seen }) =>
      seen.map(({ response, position }): [string, Row] => [
        `${account} ${response} ${status} ${position}`,
        payload,
      ]),
    ),
  );
}

/** Checks that the truth assigns each row that arrived to one entry, once at its place, and knows no others. */
export function expectEveryRowOnce(account: WatchedAccount, truth: readonly TrueTransaction[]): void {
  const [shown, known] = [shownRows(account), knownRows(truth)];
  expect(new Map(known)).toEqual(shown);
  expect(known.length).toBe(shown.size);
  expect(new Set(truth.map(({ id }) => id)).size).toBe(truth.length);
}
