import { expect, it } from "vitest";
import { readAccountRecord, writeAccountRecord } from "../../../packages/core/src/limits/account-record.ts";

/** A record as version 0.1.0 wrote it into caches that are in use. */
const EARLIER =
  '{"format":1,"balances":{"toldLimit":4,"lowered":{"limit":3,"until":9},"own":[1,2],"guessed":[3],"underWay":[{"id":"a","since":5}],"closedUntil":7,"lastAt":2},"failures":{"failures":6,"lastAt":4,"kind":"UnknownRequestError"}}';

const known = {
  format: 1,
  balances: {
    reportedLimit: 4,
    observedLimit: { limit: 3, until: 9 },
    counted: [1, 2],
    inferred: [3],
    inFlight: [{ id: "a", since: 5 }],
    blockedUntil: 7,
    lastAt: 2,
  },
  failures: { failures: 6, lastAt: 4, kind: "UnknownRequestError" },
} as const;

it("calls that an earlier version counted are read", () => {
  expect(readAccountRecord(EARLIER)).toEqual(known);
});

it("records can be read by an earlier version, as both may share a cache", () => {
  expect(writeAccountRecord(structuredClone({ ...known, balances: { ...known.balances } }))).toBe(EARLIER);
});

it.each(["", "{", "[]", '{"format":2}', '{"format":1,"balances":{}}'])("%j is not a valid record", (text) => {
  expect(readAccountRecord(text)).toBeUndefined();
});
