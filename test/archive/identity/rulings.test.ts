import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dateOf } from "../../../packages/core/src/base/index.ts";
import type { Decided } from "./archived.ts";
import { Archived } from "./archived.ts";
import { decidedStory, pending, rows, type Said, story } from "./given.ts";
import { HISTORY, type History, START } from "./histories.ts";

const DAY = 86_400_000;
const dayAfter = (days: number) => dateOf(START + days * DAY);

const SHOP: Said = { amount: "-9.50", who: "Corner Shop", text: "Card 12" };
const hold = pending({ ...SHOP, value: dayAfter(0), id: "p1" });
const booked: Said = { ...SHOP, booked: dayAfter(2), value: dayAfter(0), id: "b1" };
const rent: Said = { amount: "-800.00", booked: dayAfter(-3), who: "Landlord", text: "Rent" };

describe("two rows that are one transaction", () => {
  it("joins a pending entry with a booked one that no rule takes for it", () => {
    const other: Said = { amount: "-77.10", who: "Elsewhere", text: "Other", booked: dayAfter(20), id: "x" };
    expect(story([dayAfter(0), [rent, hold]], [dayAfter(20), [rent, other]]).rows[1]).toEqual([1, 3]);
    const told = decidedStory(
      [[[0, 1], "same", [1, 1]]],
      [dayAfter(0), [rent, hold]],
      [dayAfter(20), [rent, other]],
    );
    expect([told.rows, told.statuses]).toEqual([
      [
        [1, 2],
        [1, 2],
      ],
      ["booked", "booked"],
    ]);
    const [, reading] = told.archived.readings;
    expect(reading?.recognitions[1]).toMatchObject({ rule: "decided by the user", cost: 0, certain: true });
    expect(told.archived.transactions.get("t2")).toMatchObject({ certain: true, list: "booked" });
  });

  it("is one with its booked form as long as the bank shows both, also in other words", () => {
    const reworded = { ...hold, text: "Card 12 Berlin", id: "p9" };
    const told = decidedStory(
      [[[0, 1], "same", [1, 2]]],
      [dayAfter(0), [rent, hold]],
      [dayAfter(2), [rent, hold, booked]],
      [dayAfter(3), [rent, hold, booked]],
      [dayAfter(4), [rent, reworded, booked]],
      [dayAfter(5), [rent, booked]],
      [dayAfter(6), [rent, reworded, booked]],
      [dayAfter(20), [rent, booked]],
    );
    expect(told.rows).toEqual([
      [1, 2],
      [1, 2, 2],
      [1, 2, 2],
      [1, 2, 2],
      [1, 2],
      [1, 2, 2],
      [1, 2],
    ]);
    expect(told.statuses).toEqual(["booked", "booked"]);
    const [first] = told.archived.readings.slice(2);
    expect(first).toMatchObject({ changed: [], moves: [] });
  });

  it("stays booked if only the pending row is shown", () => {
    const told = decidedStory(
      [[[0, 1], "same", [1, 2]]],
      [dayAfter(0), [rent, hold]],
      [dayAfter(2), [rent, hold, booked]],
      [dayAfter(3), [rent, hold]],
      [dayAfter(4), [rent, hold]],
      [dayAfter(5), [rent, hold]],
    );
    expect(told.rows.slice(2)).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
    expect(told.statuses).toEqual(["booked", "booked"]);
    expect(told.archived.readings.at(-1)?.changed).toEqual([]);
  });

  it("leaves another payment that is shown beside it alone", () => {
    const twin = { ...hold, id: "p2" };
    const twinBooked = { ...booked, booked: dayAfter(3), id: "b2" };
    const told = decidedStory(
      [[[0, 1], "same", [1, 3]]],
      [dayAfter(0), [rent, hold, twin]],
      [dayAfter(2), [rent, hold, twin, booked]],
      [dayAfter(3), [rent, hold, booked, twinBooked]],
    );
    expect(told.rows).toEqual([
      [1, 2, 3],
      [1, 2, 3, 2],
      [1, 2, 2, 3],
    ]);
  });

  it("is one if both are first seen in one response", () => {
    const told = decidedStory(
      [[[0, 1], "same", [0, 2]]],
      [dayAfter(2), [rent, hold, booked]],
      [dayAfter(3), [rent, hold, booked]],
      [dayAfter(4), [rent, booked]],
    );
    expect([told.rows, told.statuses]).toEqual([
      [
        [1, 2, 2],
        [1, 2, 2],
        [1, 2],
      ],
      ["booked", "booked"],
    ]);
    expect(told.archived.transactions.size).toBe(2);
  });

  it("is one if the bank lists it twice as booked, and the earlier one stays", () => {
    const again: Said = { ...booked, text: "Something else", who: "Payment service", id: "b7" };
    const told = decidedStory(
      [[[0, 1], "same", [2, 2]]],
      [dayAfter(2), [rent, booked]],
      [dayAfter(3), [rent, booked, again]],
      [dayAfter(4), [rent, booked, again]],
      [dayAfter(5), [rent, booked, again]],
      [dayAfter(6), [rent, again]],
      [dayAfter(7), [rent, again, booked]],
    );
    expect(told.rows.slice(2)).toEqual([
      [1, 2, 2],
      [1, 2, 2],
      [1, 2],
      [1, 2, 2],
    ]);
    // What had been a transaction of its own is moved.
    expect(told.rows[1]).toEqual([1, 2, 2]);
    expect(told.statuses).toEqual(["booked", "booked"]);
    expect(told.archived.readings[2]?.moves).toMatchObject([{ from: "t3", into: "t2", rows: "all" }]);
  });

  it("makes one of two that were known as two, the booked one", () => {
    const told = decidedStory(
      [[[0, 1], "same", [1, 2]]],
      [dayAfter(0), [rent, hold]],
      [dayAfter(2), [rent, hold, { ...booked, amount: "-44.00", who: "Another", text: "Else" }]],
    );
    expect(told.rows[1]).toEqual([1, 2, 2]);
    expect(told.archived.transactions.get("t2")).toMatchObject({
      status: "booked",
      entry: { amount: "-44.00" },
    });
  });

  it("learns from what the user said how the bank books", () => {
    const told = decidedStory(
      [[[0, 1], "same", [1, 2]]],
      [dayAfter(0), [rent, hold]],
      [dayAfter(2), [rent, hold, booked]],
    );
    expect(JSON.parse(told.archived.memory ?? "{}")).toMatchObject({ beside: { lingered: 1, direct: 0 } });
  });
});

describe("two rows that are two transactions", () => {
  it("keeps apart what a rule would join, and both are certain", () => {
    const history = [
      [dayAfter(0), [rent, hold]],
      [dayAfter(2), [rent, booked]],
      [dayAfter(3), [rent, booked]],
      [dayAfter(20), [rent, booked]],
    ] as const;
    expect(story(...history).rows[1]).toEqual([1, 2]);
    const told = decidedStory([[[0, 1], "different", [1, 1]]], ...history);
    expect([told.rows, told.statuses]).toEqual([
      [
        [1, 2],
        [1, 3],
        [1, 3],
        [1, 3],
      ],
      ["booked", "vanished", "booked"],
    ]);
    expect([...told.archived.transactions.values()].map(({ certain }) => certain)).toEqual([
      true,
      true,
      true,
    ]);
  });

  it("gives the row to the next best, which is certain then", () => {
    const later = { ...hold, value: dayAfter(1), id: "p2" };
    const history = [
      [dayAfter(1), [rent, hold, later]],
      [dayAfter(2), [rent, booked]],
    ] as const;
    expect(story(...history).rows[1]).toEqual([1, 2]);
    const told = decidedStory([[[0, 1], "different", [1, 1]]], ...history);
    expect(told.rows[1]).toEqual([1, 3]);
    expect(told.archived.transactions.get("t3")).toMatchObject({ certain: true, status: "booked" });
    expect(told.archived.transactions.get("t2")).toMatchObject({ certain: true, status: "pending" });
  });

  it("takes a row for another one even if it is word for word as before, and goes on with that", () => {
    const told = decidedStory(
      [[[0, 1], "different", [1, 1]]],
      [dayAfter(2), [rent, booked]],
      [dayAfter(3), [rent, booked]],
      [dayAfter(4), [rent, booked]],
      [dayAfter(5), [rent, booked]],
    );
    expect([told.rows, told.statuses]).toEqual([
      [
        [1, 2],
        [1, 3],
        [1, 3],
        [1, 3],
      ],
      ["booked", "retracted", "booked"],
    ]);
  });

  it("keeps two equal rows of one response apart, certain at once, whether or not they have one id", () => {
    const old = { ...booked, booked: dayAfter(-20), value: dayAfter(-20) };
    for (const row of [old, { ...old, id: null }]) {
      const told = decidedStory(
        [[[1, 1], "different", [1, 2]]],
        [dayAfter(0), [rent, row]],
        [dayAfter(1), [rent, row, row]],
        [dayAfter(2), [rent, row, row]],
        [dayAfter(3), [rent, row]],
      );
      expect(told.rows).toEqual([
        [1, 2],
        [1, 2, 3],
        [1, 2, 3],
        [1, 2],
      ]);
      expect([...told.archived.transactions.values()].map(({ certain }) => certain)).toEqual([
        true,
        true,
        true,
      ]);
    }
  });

  it("is certain about a new entry with the id of another one if that was decided, by whichever row", () => {
    const other = { ...booked, text: "Card 12 again" };
    for (const which of [
      [0, 1],
      [1, 1],
    ] as const) {
      const told = decidedStory(
        [[which, "different", [1, 2]]],
        [dayAfter(2), [rent, booked]],
        [dayAfter(3), [rent, booked, other]],
      );
      expect(told.rows[1]).toEqual([1, 2, 3]);
      expect(told.archived.transactions.get("t3")).toMatchObject({ certain: true });
    }
  });

  it("does not take a row that repeats another one for it", () => {
    const told = decidedStory(
      [[[0, 1], "different", [1, 2]]],
      [dayAfter(2), [rent, booked]],
      [dayAfter(3), [rent, booked, booked]],
    );
    expect(told.rows[1]).toEqual([1, 2, 3]);
  });

  it("does not merge a pending entry into its booked form when it is gone", () => {
    const history = [
      [dayAfter(0), [rent, hold]],
      [dayAfter(2), [rent, hold, booked]],
      [dayAfter(3), [rent, booked]],
      [dayAfter(4), [rent, booked]],
    ] as const;
    expect(story(...history).archived.transactions.size).toBe(2);
    const told = decidedStory([[[0, 1], "different", [1, 2]]], ...history);
    expect(told.archived.transactions.size).toBe(3);
    expect(told.rows[3]).toEqual([1, 3]);
  });
});

describe("decisions that contradict each other", () => {
  const one = { ...booked, id: "one", who: "A", text: "a" };
  const two = { ...booked, id: "two", who: "B", text: "b" };
  const three = { ...booked, id: "three", who: "C", text: "c" };
  const history = [
    [dayAfter(2), [one, two, three]],
    [dayAfter(3), [one, two, three]],
  ] as const;

  it("heeds the last one", () => {
    const apart = decidedStory(
      [
        [[0, 0], "same", [0, 1]],
        [[0, 1], "same", [0, 2]],
        [[0, 0], "different", [0, 2]],
      ],
      ...history,
    );
    expect(apart.rows).toEqual([
      [1, 2, 2],
      [1, 2, 2],
    ]);
    const joined = decidedStory(
      [
        [[0, 0], "different", [0, 2]],
        [[0, 0], "same", [0, 1]],
        [[0, 1], "same", [0, 2]],
      ],
      ...history,
    );
    expect(joined.rows).toEqual([
      [1, 1, 1],
      [1, 1, 1],
    ]);
  });

  it("ignores a decision about a row and itself, or about what is not known", () => {
    const told = decidedStory(
      [
        [[0, 0], "different", [0, 0]],
        [[0, 1], "same", [0, 1]],
      ],
      ...history,
    );
    expect(told.rows[1]).toEqual([1, 2, 3]);
  });
});

function read(history: History, decided: readonly Decided[]): Archived {
  const archived = new Archived(decided);
  let at = START;
  for (const { days, said, handle, from, pending: all } of history) {
    at += days * DAY;
    archived.read({ at, coverage: { from, to: null, pending: all }, handle, rows: rows(...said) });
  }
  return archived;
}

/** Pairs of rows of a history, by numbers that choose them. */
const CHOICES = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.boolean()), { minLength: 1, maxLength: 6 });

function placesIn(history: History) {
  return history.flatMap(({ said }, response) =>
    rows(...said).map(({ status, position }) => ({ response, status, position })),
  );
}

function transactionAt(archived: Archived, place: Decided["one"]): string | undefined {
  return archived.rows.find(({ place: one }) => JSON.stringify(one) === JSON.stringify(place))?.transaction;
}

it("gives every row a transaction that exists, whatever was decided, and keeps one row a list where nothing was", () => {
  fc.assert(
    fc.property(HISTORY, CHOICES, (history, choices) => {
      const places = placesIn(history);
      if (places.length === 0) return;
      const decided = choices.flatMap(([a, b, isSame]): Decided[] => {
        const [one, other] = [places[a % places.length], places[b % places.length]];
        return one === undefined || other === undefined || one === other ? [] : [{ isSame, one, other }];
      });
      const archived = read(history, decided);
      expect(archived.rows).toHaveLength(places.length);
      for (const { transaction } of archived.rows) expect(archived.transactions.has(transaction)).toBe(true);
      // A transaction without rows would be a payment that never was.
      const used = new Set(archived.rows.map(({ transaction }) => transaction));
      expect([...archived.transactions.keys()].filter((id) => !used.has(id))).toEqual([]);
      const last = decided.at(-1);
      if (last === undefined) return;
      const isOne = transactionAt(archived, last.one) === transactionAt(archived, last.other);
      if (decided.length === 1) expect(isOne).toBe(last.isSame);
    }),
    { numRuns: 1000 },
  );
});

it("obeys all decisions if they agree with each other", () => {
  fc.assert(
    fc.property(HISTORY, fc.array(fc.tuple(fc.nat(), fc.nat(3)), { maxLength: 8 }), (history, labels) => {
      const places = placesIn(history);
      if (places.length === 0) return;
      const labelled = new Map(labels.map(([at, label]) => [at % places.length, label]));
      const chosen = [...labelled].flatMap(([at, label]) => {
        const place = places[at];
        return place === undefined ? [] : [{ place, label }];
      });
      const decided = chosen.flatMap((one, at) =>
        chosen
          .slice(at + 1)
          .map((other) => ({ isSame: one.label === other.label, one: one.place, other: other.place })),
      );
      const archived = read(history, decided);
      for (const { isSame, one, other } of decided)
        expect(transactionAt(archived, one) === transactionAt(archived, other)).toBe(isSame);
    }),
    { numRuns: 1000 },
  );
});
