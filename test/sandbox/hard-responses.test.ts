import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Quirk } from "../../packages/sandbox/src/index.ts";
import { CALM_BANK, type Lives, later, lived } from "./daily-lives.ts";
import { expectEveryRowOnce } from "./every-row-once.ts";
import { type Row, type WatchedAccount, watchAccount } from "./watched-account.ts";

let calm: Lives;
beforeAll(async () => {
  calm = await lived([]);
});

/** Each response beside that of a calm bank. */
function responses(hard: Lives, plain = calm) {
  return plain.account.responses.map((one, at) => {
    const sent = hard.account.responses[at];
    if (sent === undefined) throw new Error("no response");
    return { plain: one, sent };
  });
}

const text = (row: Row | undefined) => JSON.stringify(row);

describe("responses that are not what they should be", () => {
  it("repeatedRows sends some booked entries of the last days but four twice in a row, others with each response", async () => {
    const hard = await lived(["repeatedRows"]);
    const counts: number[] = [];
    const repeated = new Set<string>();
    let rows = 0;
    for (const { plain, sent } of responses(hard)) {
      expect(sent.pending).toEqual(plain.pending);
      const again = sent.booked.filter((row, at) => at > 0 && text(row) === text(sent.booked[at - 1]));
      expect(sent.booked.filter((row, at) => text(row) !== text(sent.booked[at - 1]))).toEqual(plain.booked);
      for (const row of again) {
        expect(later(String(row["bookingDate"]), 5) <= sent.on).toBe(true);
        repeated.add(String(row["transactionId"]));
      }
      counts.push(again.length);
      rows += plain.booked.length;
    }
    const total = counts.reduce((sum, count) => sum + count, 0);
    expect(rows / total).toBeGreaterThan(45);
    expect(rows / total).toBeLessThan(80);
    expect(repeated.size).toBeGreaterThan(total / 3);
  });

  it("the truth knows both places of a row that is sent twice", async () => {
    const hard = await lived(["repeatedRows"], { days: 3 });
    const places = hard.truth.flatMap(({ observed }) =>
      observed.flatMap(({ seen }) =>
        seen.filter(
          (one, at) => seen[at - 1]?.response === one.response && seen[at - 1]?.position === one.position - 1,
        ),
      ),
    );
    const sent = hard.account.responses.flatMap(({ booked }) =>
      booked.filter((row, at) => text(row) === text(booked[at - 1])),
    );
    expect(places.length).toBe(sent.length);
    expect(sent.length).toBeGreaterThan(3);
    // Being listed twice changes nothing about what can be told apart.
    for (const one of hard.truth)
      expect(one.indistinguishableFrom, one.id).toEqual(
        calm.truth.find(({ id }) => id === one.id)?.indistinguishableFrom ?? [],
      );
  });

  it.each([{ order: [] as const }, { order: ["oldestFirst"] as const }])(
    "newestTwenty sends only the 20 newest booked entries on about every third day ($order)",
    async ({ order }) => {
      const hard = await lived(["newestTwenty", ...order]);
      let cut = 0;
      for (const { plain, sent } of responses(hard)) {
        expect(sent.pending).toEqual(plain.pending);
        const booked = order.length > 0 ? sent.booked.toReversed() : sent.booked;
        if (booked.length === 20) cut += 1;
        expect(booked).toEqual(booked.length === 20 ? plain.booked.slice(0, 20) : plain.booked);
        expect(plain.booked.length).toBeGreaterThan(100);
      }
      expect(cut).toBeGreaterThan(80 * 0.2);
      expect(cut).toBeLessThan(80 * 0.4);
    },
  );

  it("emptyDays sends nothing at all on some days, and changes no other day", async () => {
    const [hard, plainly] = [await lived(["emptyDays"], { seed: 6 }), await lived([], { seed: 6 })];
    let empty = 0;
    for (const { plain, sent } of responses(hard, plainly)) {
      const isEmpty = sent.booked.length + sent.pending.length === 0;
      if (isEmpty) empty += 1;
      else expect([sent.booked, sent.pending]).toEqual([plain.booked, plain.pending]);
    }
    expect(empty).toBeGreaterThan(1);
    expect(empty).toBeLessThan(11);
  });

  it("all responses of a day are cut or empty alike, and the balance is that of a calm day", async () => {
    const watch = (quirks: Quirk[]) =>
      watchAccount(
        CALM_BANK,
        { max_historical_days: 90 },
        { transactionsPerDay: 3, quirks: { [CALM_BANK]: quirks } },
      );
    await using hard = await watch(["newestTwenty", "emptyDays"]);
    await using plain = await watch([]);
    const balances = async ({ send, id }: WatchedAccount) =>
      (await send("GET", `/accounts/${id()}/balances/`)).body;
    const lengths = new Set<number>();
    for (let day = 0; day < 40; day += 1) {
      await hard.ask();
      await hard.ask();
      const [one, other] = hard.responses.slice(-2).map(({ booked, pending }) => ({ booked, pending }));
      expect(one).toEqual(other);
      lengths.add(Math.min(one?.booked.length ?? 0, 21));
      expect(await balances(hard)).toEqual(await balances(plain));
      await hard.wait(1);
      await plain.wait(1);
    }
    expect(lengths).toEqual(new Set([0, 20, 21]));
  });
});

describe("ids that depend on the place", () => {
  const LISTS: readonly Quirk[] = [
    "oldestFirst",
    "bookedHolds",
    "movingDates",
    "takenBack",
    "lateArrivals",
    "newestTwenty",
    "repeatedRows",
    "valuesAhead",
    "swappedDates",
    "everydayPrices",
    "pendingToday",
  ];

  it("do not depend on the range that is asked for, nor on what the response leaves out", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("numberedIds" as const, "idsFromNewest" as const),
        fc.subarray([...LISTS]),
        fc.nat(50),
        fc.array(fc.tuple(fc.nat(40), fc.nat(40)), { minLength: 3, maxLength: 6 }),
        async (ids, lists, seed, ranges) => {
          const quirks = [ids, ...lists];
          await using account = await watchAccount(
            CALM_BANK,
            { max_historical_days: 40 },
            { seed, transactionsPerDay: 3, quirks: { [CALM_BANK]: quirks } },
          );
          for (let day = 0; day < 3; day += 1) {
            const today = account.sandbox.now().slice(0, 10);
            await account.ask();
            for (const [one, other] of ranges) {
              const [back, until] = [Math.max(one, other), Math.min(one, other)];
              await account.ask(`?date_from=${later(today, -back)}&date_to=${later(today, -until)}`);
            }
            await account.wait(1);
          }
          const truth = account.truth();
          expectEveryRowOnce(account, truth);
          let several = 0;
          for (const { id, observed } of truth) {
            const booked = observed.filter(({ status }) => status === "booked");
            // One form a day, however often the entry is shown.
            expect(new Set(booked.map(({ on }) => on)).size, id).toBe(booked.length);
            several += booked.filter(({ seen }) => seen.length > 1).length;
          }
          expect(several).toBeGreaterThan(0);
          const [whole] = account.responses;
          const sent = new Set(whole?.booked.map(text)).size;
          if (whole?.booked.length !== 20) {
            const numbers = new Set(whole?.booked.map((row) => row["transactionId"]));
            expect(numbers.size).toBe(sent);
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});
