import fc from "fast-check";
import { dateOf } from "../../../packages/core/src/base/index.ts";
import type { Said } from "./given.ts";

const DAY = 86_400_000;
/** When the first response of a history comes at the earliest. */
export const START = Date.UTC(2026, 3, 1);
const dayAfter = (days: number) => dateOf(START + days * DAY);

/** Few values, so that entries are often alike. */
const ENTRY: fc.Arbitrary<Said> = fc.record(
  {
    list: fc.constantFrom("booked" as const, "pending" as const),
    amount: fc.constantFrom("-1.00", "-2.50", "2.50", "-100.00"),
    currency: fc.constantFrom("EUR", "USD"),
    booked: fc.integer({ min: -20, max: 5 }).map(dayAfter),
    value: fc.option(fc.integer({ min: -20, max: 5 }).map(dayAfter)),
    who: fc.constantFrom("Corner Shop", "Bean Bar", null),
    text: fc.constantFrom("Card", "Card payment 12", ""),
    id: fc.constantFrom(null, "a", "b", "c"),
    internalId: fc.constantFrom(null, "x", "y", "z"),
  },
  { requiredKeys: ["list", "amount", "currency"] },
);
const RESPONSE = fc.record({
  days: fc.integer({ min: -2, max: 9 }),
  said: fc.array(ENTRY, { maxLength: 7 }),
  handle: fc.constantFrom("one", "one", "two"),
  from: fc.constantFrom("2026-01-01", "2026-03-25", null),
  pending: fc.boolean(),
});

/** Responses of a bank of which nothing can be relied on. */
export const HISTORY = fc.array(RESPONSE, { minLength: 1, maxLength: 7 });

export type History = typeof HISTORY extends fc.Arbitrary<infer T> ? T : never;
