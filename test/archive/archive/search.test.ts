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

  it("merge the accounts of a tenant by date, however many there are, and never those of another", async () => {
    const location = archiveLocation();
    await using archive = await openArchive({ location, now: NOW });
    await using stranger = await openArchive({ location, now: NOW, tenant: "other" });
    const days = Array.from({ length: 21 }, (_, at) => `2026-0${1 + (at % 2)}-${10 + (at % 17)}`);
    for (const [at, bookingDate] of days.entries()) {
      const shown = [transaction({ bookingDate, text: `Coffee ${at}`, amount: "-7.00" })];
      const owner = at % 7 === 0 ? stranger : archive;
      await owner.record(account(`a${at}`, { identities: [] }), response("2026-02-28T08:00:00Z", shown));
    }
    const own = days.flatMap((day, at) => (at % 7 === 0 ? [] : [{ day, text: `Coffee ${at}` }]));
    const sorted = own.toSorted((a, b) => a.day.localeCompare(b.day)).map(({ text }) => text);
    for (const query of [{}, { search: "coffee" }, { size: { from: "6.99", to: "7" } }]) {
      const texts = (await all(archive.summaries(query))).map(({ text }) => text);
      expect(texts, JSON.stringify(query)).toEqual(sorted);
      const newest = await all(archive.summaries({ ...query, first: "newest", limit: 5 }));
      expect(newest.map(({ text }) => text)).toEqual(sorted.toReversed().slice(0, 5));
    }
    expect(await all(archive.summaries({ account: "a7" }))).toEqual([]);
    expect(await all(archive.summaries({ account: "a7", search: "coffee" }))).toEqual([]);
  });

  it("that mean nothing are refused before anything is read, and say what to write", async () => {
    await using archive = await openArchive({ location: archiveLocation(), now: NOW });
    const wrong: [TransactionQuery, RegExp][] = [
      [{ account: " " }, /`account` must be the archive's id/],
      [{ from: "2026-02-30" }, /`from` must be a day such as 2026-01-31, not "2026-02-30"/],
      [{ from: "2026-02-02", to: "2026-02-01" }, /`from` \(2026-02-02\) must not be after/],
      [{ amount: { from: "12,50" } }, /`amount.from` must be a decimal such as "12.50", not "12,50"/],
      [{ amount: { from: "1000000000000000000.01", to: "1000000000000000000" } }, /must not be above/],
      [{ size: { to: "-1" } }, /`size.to` has no sign/],
      [{ limit: 1.5 }, /`limit` must be a whole number from 0/],
      [{ limit: -1 }, /`limit` must be a whole number from 0/],
    ];
    for (const [query, message] of wrong) {
      const refused = { name: "ConfigurationError", message: expect.stringMatching(message) };
      await expect(all(archive.transactions(query)), JSON.stringify(query)).rejects.toMatchObject(refused);
      await expect(all(archive.summaries(query))).rejects.toMatchObject(refused);
    }
  });
});
