import { type BankTransaction, mentions } from "bankdata-core/bank";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ArchivedTransaction,
  openArchive,
  type TransactionQuery,
} from "../../../packages/archive/src/index.ts";
import { archiveLocation } from "../location.ts";
import { account, all, response, transaction } from "./observed.ts";

const NOW = () => "2026-03-01T08:00:00Z";

const WORDS = [
  "Müller",
  "Mueller",
  "Straße",
  "Łódź",
  "Tromsø",
  "Æble",
  "card",
  "Cardiff",
  "REF-4711",
  "AND",
  "NOT",
  "NEAR(",
  '"',
  "'",
  "*",
  ":*",
  "\\",
  "|",
  "!",
  "☕",
  "京都",
  "x".repeat(3000),
  "\ue000",
  "\u0000",
  "\ud800",
  "12,50",
  "1.234,56",
];
const AMOUNTS = [
  "-12.50",
  "12.5",
  "0.00",
  "-1234.56",
  "1234",
  "-999999999999999999.99",
  "0.000000001",
  "-3.2",
];

const text = fc.array(fc.constantFrom(...WORDS), { maxLength: 4 }).map((words) => words.join(" "));
const some: fc.Arbitrary<BankTransaction> = fc
  .record({
    amount: fc.constantFrom(...AMOUNTS),
    counterparty: fc.option(text),
    text,
    day: fc.integer({ min: 0, max: 40 }),
    status: fc.constantFrom("booked" as const, "pending" as const),
  })
  .map(({ amount, counterparty, text, day, status }) => {
    const bookingDate = new Date(Date.parse("2026-01-10") + day * 86_400_000).toISOString().slice(0, 10);
    return transaction({ amount, counterparty, text, bookingDate, status });
  });

const searches = fc.oneof(
  text,
  fc.constantFrom(
    "mull",
    "MUELLER ca",
    "12.5",
    "-12,50",
    "1234",
    "12",
    "carD and",
    "",
    " ",
    "?",
    "x".repeat(70),
  ),
);

/** Every transaction that a query means, found without any index. */
function matching(
  everything: readonly ArchivedTransaction[],
  query: TransactionQuery,
): ArchivedTransaction[] {
  const { search = "", from = "", to = "9", status, certain, amount, size } = query;
  const value = (decimal: string) =>
    BigInt(decimal.replace(/^(-?\d+)\.?(\d*)$/, (_, whole, rest) => whole + rest.padEnd(12, "0")));
  const isIn = (decimal: string, range: TransactionQuery["amount"]) =>
    (range?.from === undefined || value(range.from) <= value(decimal)) &&
    (range?.to === undefined || value(decimal) <= value(range.to));
  const found = everything.filter(
    (one) =>
      mentions({ ...one, status: "booked", position: 0 }, search) &&
      one.date >= from &&
      one.date <= to &&
      (status === undefined || [status].flat().includes(one.status)) &&
      (certain === undefined || certain === one.certain) &&
      isIn(one.amount, amount) &&
      isIn(one.amount.replace("-", ""), size),
  );
  return (query.first === "newest" ? found.toReversed() : found).slice(0, query.limit);
}

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const range = (decimals: readonly string[]) =>
  fc
    .tuple(optional(fc.constantFrom(...decimals)), optional(fc.constantFrom(...decimals)))
    .map(([one, other]) =>
      one !== undefined && other !== undefined && Number(one) > Number(other)
        ? { from: other, to: one }
        : { from: one, to: other },
    );

const queries: fc.Arbitrary<TransactionQuery> = fc.record({
  search: optional(searches),
  from: optional(fc.constantFrom("2026-01-20", "2026-02-01")),
  to: optional(fc.constantFrom("2026-02-10", "2026-02-19")),
  amount: optional(
    range(["-999999999999999999.99", "-1234.56", "-3.2", "0", "12.4999999999", "12.5", "1234"]),
  ),
  size: optional(range(["0", "0.000000001", "3.2", "12.50", "1300", "999999999999999999.99"])),
  status: optional(fc.constantFrom("booked" as const, ["pending", "vanished"] as const)),
  certain: optional(fc.boolean()),
  first: optional(fc.constantFrom("oldest" as const, "newest" as const)),
  limit: optional(fc.integer({ min: 0, max: 5 })),
});

describe("queries", () => {
  it("find exactly what reading everything would find, whatever the words", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(some, { maxLength: 12 }),
        fc.array(some, { maxLength: 12 }),
        fc.array(queries, { minLength: 12, maxLength: 12 }),
        async (first, second, wanted) => {
          await using archive = await openArchive({ location: archiveLocation(), now: NOW });
          await using stranger = await openArchive({
            location: archiveLocation(),
            now: NOW,
            tenant: "other",
          });
          await archive.record(account("a"), response("2026-02-20T08:00:00Z", first));
          await stranger.record(account("a"), response("2026-02-20T08:00:00Z", second));
          await archive.record(
            account("a"),
            response("2026-02-21T08:00:00Z", [...second, ...first.slice(3)]),
          );
          const everything = await all(archive.transactions());
          for (const query of wanted) {
            const expected = matching(everything, query);
            expect(await all(archive.transactions(query)), JSON.stringify(query)).toEqual(expected);
            const ids = (await all(archive.summaries(query))).map(({ id }) => id);
            expect(ids, JSON.stringify(query)).toEqual(expected.map(({ id }) => id));
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
