import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type JudgedRow,
  type JudgeOptions,
  judge,
  type TrueTransaction,
} from "../../packages/sandbox/src/index.ts";
import { heaviestMatching } from "../../packages/sandbox/src/judge/heaviest-matching.ts";
import { growth } from "../support/growth.ts";
import { BANK, exchanged, type History, historyOf, LIVES, type Life, type Row } from "./judged-histories.ts";

const COFFEE = { kind: "coffee", ownId: false } as const;

/** The rows, each with the transaction that a program gave it; a row for which it gave none is left out. */
function decided(rows: readonly Row[], decide: (row: Row, index: number) => string | undefined): JudgedRow[] {
  return rows.flatMap((row, index) => {
    const transaction = decide(row, index);
    return transaction === undefined ? [] : [{ ...row, transaction }];
  });
}

/** Judges transactions that are listed in the order of the rows, response by response and entry by entry. */
function judged(lives: readonly Life[], transactions: string, options?: JudgeOptions) {
  const { truth, rows } = historyOf(lives);
  const names = transactions.split(" ");
  expect(names).toHaveLength(rows.length);
  return judge(
    decided(rows, (_row, index) => (names[index] === "-" ? undefined : names[index])),
    truth,
    options,
  );
}

const place = (status: "booked" | "pending", response: number, position: number) => ({
  account: "first",
  response,
  status,
  position,
});

const coffee = (id: string, ...looks: Life["looks"]): Life => ({ ...COFFEE, id, looks });
const shop = (id: string, ...looks: Life["looks"]): Life => ({ kind: id, ownId: true, id, looks });

describe("what a verdict says", () => {
  it("a program that gives each entry one transaction is faultless, and every count is said", () => {
    expect(judged([shop("a", "pending", "booked"), shop("b", null, "booked")], "A A B")).toEqual({
      faultless: true,
      rows: 3,
      entries: 2,
      transactions: 2,
      lost: [],
      doubled: [],
      mixed: [],
      linked: [{ entry: "a", booked: ["A"], pending: ["A"] }],
      unlinked: [],
      mislinked: [],
      unjudged: [],
    });
  });

  it("an entry whose rows were all given to the transaction of another is lost, and the transaction is mixed", () => {
    const verdict = judged([shop("a", "booked", "booked"), shop("b", null, "booked")], "A A A");
    expect(verdict).toMatchObject({ faultless: false, entries: 2, transactions: 1, doubled: [] });
    expect(verdict.lost).toEqual([
      { entry: "b", lists: ["booked"], heldBy: [{ transaction: "A", standsFor: "a", rows: 1 }] },
    ]);
    expect(verdict.mixed).toEqual([
      { transaction: "A", standsFor: "a", rows: [{ ...place("booked", 1, 1), entry: "b" }] },
    ]);
  });

  it("an entry of which the program gave no row is lost, and its rows are listed", () => {
    const verdict = judged([shop("a", "booked"), shop("b", "booked")], "A -");
    expect(verdict.lost).toEqual([{ entry: "b", lists: ["booked"], heldBy: [] }]);
    expect(verdict.unjudged).toEqual([{ ...place("booked", 0, 1), entry: "b" }]);
    expect(verdict).toMatchObject({ faultless: false, rows: 1, entries: 2, mixed: [] });
  });

  it("a second transaction for rows of the same list doubles the entry, and the one with most rows is not the extra one", () => {
    const booked = judged([shop("a", "booked", "booked", "booked")], "X A A");
    expect(booked.doubled).toEqual([{ entry: "a", booked: ["X"], pending: [] }]);
    const pending = judged([shop("a", "pending", "pending", "booked")], "X A A");
    expect(pending.doubled).toEqual([{ entry: "a", booked: [], pending: ["X"] }]);
    expect(pending).toMatchObject({ faultless: false, lost: [], mixed: [], linked: [{ entry: "a" }] });
  });

  it("booked rows count before pending ones when it is decided which transaction is the extra one", () => {
    const verdict = judged([shop("a", "pending", "pending", "booked", "booked", "booked")], "X X X A A");
    expect(verdict.doubled).toEqual([{ entry: "a", booked: ["X"], pending: [] }]);
    expect(verdict.linked).toEqual([{ entry: "a", booked: ["A", "X"], pending: ["X"] }]);
  });

  it("a pending transaction beside the booked one is unlinked and no fault", () => {
    const verdict = judged([shop("a", "pending", "booked"), shop("b", "pending", "booked")], "P B A B");
    expect(verdict).toMatchObject({ faultless: true, entries: 2, transactions: 3 });
    expect(verdict.unlinked).toEqual([{ entry: "a", booked: ["A"], pending: ["P"] }]);
    expect(verdict.linked).toEqual([{ entry: "b", booked: ["B"], pending: ["B"] }]);
  });

  it("a transaction that links a pending entry with another entry is mixed and mislinked, and both entries are unlinked", () => {
    const verdict = judged([shop("a", "pending", "booked"), shop("b", "pending", "booked")], "A B B A");
    expect(verdict).toMatchObject({
      faultless: false,
      lost: [{ entry: "a", lists: ["pending"] }, { entry: "b" }],
    });
    expect(verdict.unlinked).toEqual([
      { entry: "a", booked: ["B"], pending: ["A"] },
      { entry: "b", booked: ["A"], pending: ["B"] },
    ]);
    expect(verdict.mislinked).toEqual([
      { transaction: "A", booked: ["b"], pending: ["a"] },
      { transaction: "B", booked: ["a"], pending: ["b"] },
    ]);
  });

  it("a payment that the booking of another swallowed while it was pending is lost among the pending ones", () => {
    const verdict = judged([shop("a", "pending", null), shop("b", null, "booked")], "A A");
    expect(verdict.lost).toEqual([
      { entry: "a", lists: ["pending"], heldBy: [{ transaction: "A", standsFor: "b", rows: 1 }] },
    ]);
    expect(verdict.mislinked).toEqual([{ transaction: "A", booked: ["b"], pending: ["a"] }]);
  });

  it("a wrong assignment that neither loses nor doubles anything is mixed", () => {
    const verdict = judged(
      [shop("a", "booked", "booked", "booked"), shop("b", "booked", "booked", "booked")],
      "A B A B B A",
    );
    expect(verdict).toMatchObject({ faultless: false, lost: [], doubled: [] });
    expect(verdict.mixed).toEqual([
      { transaction: "A", standsFor: "a", rows: [{ ...place("booked", 2, 1), entry: "b" }] },
      { transaction: "B", standsFor: "b", rows: [{ ...place("booked", 2, 0), entry: "a" }] },
    ]);
  });

  it("a row that one response showed twice belongs to its entry at both places", () => {
    const twice: Life = { ...shop("a", "booked"), twice: [0] };
    expect(judged([twice], "A A")).toMatchObject({ faultless: true, rows: 2, entries: 1 });
    expect(judged([twice], "A B").doubled).toEqual([{ entry: "a", booked: ["B"], pending: [] }]);
  });

  it("a program that reads no pending entries has lost only those that were never booked", () => {
    const lives = [shop("a", "pending", "booked"), shop("b", "pending", null)];
    const verdict = judged(lives, "- - A");
    expect(verdict.lost).toEqual([{ entry: "b", lists: ["pending"], heldBy: [] }]);
    expect(verdict.unjudged).toEqual([
      { ...place("pending", 0, 0), entry: "a" },
      { ...place("pending", 0, 1), entry: "b" },
    ]);
  });

  it("with one list, rows and entries of the other do not count", () => {
    const lives = [shop("a", "pending", "booked"), shop("b", "pending", null)];
    expect(judged(lives, "X X A", { lists: ["booked"] })).toMatchObject({
      faultless: true,
      rows: 1,
      entries: 1,
      transactions: 1,
      linked: [],
      unjudged: [],
    });
    expect(judged(lives, "X X A", { lists: ["pending"] })).toMatchObject({
      faultless: false,
      rows: 2,
      entries: 2,
      lost: [{ entry: "b", lists: ["pending"] }],
    });
  });

  it("entries that no response showed do not count", () => {
    const { truth, rows } = historyOf([shop("a", "booked"), shop("b", null)]);
    expect(judge(rows, truth)).toMatchObject({ faultless: true, entries: 1 });
    expect(judge([], [])).toMatchObject({ faultless: true, rows: 0, entries: 0 });
  });
});

it("an extra transaction doubles the entry of its booked rows rather than that of more pending ones", () => {
  const lives = [
    shop("a", "booked", "booked", "booked"),
    shop("b", "pending", "pending", "pending", "pending"),
  ];
  const verdict = judged(lives, "A B A B X X X");
  expect(verdict.doubled).toEqual([{ entry: "a", booked: ["X"], pending: [] }]);
  expect(verdict.mixed).toMatchObject([
    { transaction: "X", standsFor: "a", rows: [{ entry: "b" }, { entry: "b" }] },
  ]);
});

it("an entry whose booked rows the program does not give is lost, even if its pending transaction is left", () => {
  expect(judged([shop("a", "pending", "booked")], "A -").lost).toEqual([
    { entry: "a", lists: ["booked"], heldBy: [] },
  ]);
});

describe("rows that nobody can tell apart", () => {
  const booked = ["booked", "booked", "booked"] as const;

  it("two equal coffees may be exchanged in any response", () => {
    const twins = [coffee("a", ...booked), coffee("b", ...booked)];
    expect(judged(twins, "A B B A A B")).toMatchObject({ faultless: true, entries: 2 });
  });

  it("two equal coffees in one transaction are still one lost, and its rows are mixed", () => {
    const verdict = judged([coffee("a", ...booked), coffee("b", ...booked)], "A A A A A A");
    expect(verdict.lost).toEqual([
      { entry: "b", lists: ["booked"], heldBy: [{ transaction: "A", standsFor: "a", rows: 3 }] },
    ]);
    expect(verdict.mixed).toMatchObject([{ transaction: "A", standsFor: "a", rows: [{}, {}, {}] }]);
  });

  it("a third transaction for two equal coffees doubles one of them", () => {
    const verdict = judged([coffee("a", ...booked), coffee("b", ...booked)], "A B B A A C");
    expect(verdict).toMatchObject({ lost: [], mixed: [], doubled: [{ booked: ["C"], pending: [] }] });
  });

  it("either coffee may be the one that is booked first, while the other is pending", () => {
    const twins = [coffee("a", "pending", "booked", "booked"), coffee("b", "pending", "pending", "booked")];
    // The first row is b's, as the program believes.
    expect(judged(twins, "B A A B A B")).toMatchObject({ faultless: true, unlinked: [] });
    expect(judged(twins, "A B A B B A")).toMatchObject({ faultless: true, unlinked: [] });
    // The two that were told apart by the second response can no longer change places.
    const { truth, rows } = historyOf([
      { ...coffee("a", "pending", "booked", "booked"), ownId: true },
      { ...coffee("b", "pending", "pending", "booked"), ownId: true },
    ]);
    const crossed = ["A", "B", "A", "B", "B", "A"];
    expect(
      judge(
        decided(rows, (_row, at) => crossed[at]),
        truth,
      ),
    ).toMatchObject({
      faultless: false,
      mixed: [
        { transaction: "A", standsFor: "b", rows: [{ ...place("booked", 1, 0), entry: "a" }] },
        { transaction: "B", standsFor: "a", rows: [{ ...place("pending", 1, 0), entry: "b" }] },
      ],
    });
  });

  it("equal coffees that get ids of their own may have either of them", () => {
    const twins = [coffee("a", "pending", "booked"), coffee("b", "pending", "booked")].map((life) => ({
      ...life,
      ownId: true,
    }));
    expect(judged(twins, "A B A B")).toMatchObject({ faultless: true, linked: [{}, {}] });
    expect(judged(twins, "B A A B")).toMatchObject({ faultless: true, linked: [{}, {}] });
  });

  it("which of two coffees is unlinked is decided by the pending rows that the linked one has", () => {
    // The linked transaction has the pending row of one response only, as b does; the other two rows are a's.
    const twins = [coffee("a", "pending", "pending", "booked"), coffee("b", null, "pending", "booked")];
    const verdict = judged(twins, "P P L L M");
    expect(verdict).toMatchObject({ faultless: true, unlinked: [{ entry: "a" }], linked: [{ entry: "b" }] });
  });

  it.each([
    ["stable", () => ({})],
    ["changing", (at: string) => ({ id: `id ${at}` })],
  ])(
    "with %s ids, two entries that have had each other's form, but not in the same response, can be told apart there",
    (_ids, idsAt) => {
      const observed = (form: string, others: string[], seen: [number, number][]) => ({
        on: "2026-11-23",
        account: "first",
        status: "booked" as const,
        payload: { form, ...idsAt(String(seen)) },
        seen: seen.map(([response, position]) => ({ response, position })),
        indistinguishableFrom: others,
      });
      const [a, b] = historyOf([shop("a", "booked"), shop("b", "booked")]).truth;
      if (a === undefined || b === undefined) throw new Error("no truth");
      a.observed = [
        observed("early", ["b"], [[0, 0]]),
        observed(
          "late",
          ["b"],
          [
            [1, 0],
            [2, 0],
          ],
        ),
      ];
      b.observed = [
        observed(
          "early",
          ["a"],
          [
            [0, 1],
            [1, 1],
            [2, 1],
          ],
        ),
        observed("late", ["a"], [[3, 0]]),
      ];
      const rows = (names: string) =>
        names.split(" ").map((transaction, at) => ({
          ...place("booked", Math.floor(at / 2), at % 2),
          transaction,
        }));
      expect(judge(rows("A B A B A B B"), [a, b]).faultless).toBe(true);
      expect(judge(rows("B A A B A B B"), [a, b]).faultless).toBe(true);
      expect(judge(rows("A B A B B A B"), [a, b]).faultless).toBe(false);
    },
  );

  it("a swallowed pending row is counted for the coffee that the transaction has swallowed anyway", () => {
    const lives = [
      { ...shop("shop", "booked", "booked", "booked") },
      { ...coffee("a", "pending", null), kind: "coffee" },
      { ...coffee("b", "pending", "booked", "booked"), kind: "coffee" },
    ];
    expect(judged(lives, "S S X S S S S").lost).toEqual([
      {
        entry: "b",
        lists: ["booked", "pending"],
        heldBy: [{ transaction: "S", standsFor: "shop", rows: 3 }],
      },
    ]);
  });

  it("two rows of one response are never one entry, even if another response has them the other way round", () => {
    const verdict = judged([coffee("a", "booked", "booked"), coffee("b", "booked", "booked")], "A A B B");
    expect(verdict).toMatchObject({ lost: [], doubled: [], mixed: [{ rows: [{}] }, { rows: [{}] }] });
  });

  it("a transaction with both rows of a response counts once for either entry", () => {
    const twins = [coffee("a", ...booked), coffee("b", ...booked)];
    expect(judged(twins, "A A B C B C").doubled).toEqual([{ entry: "a", booked: ["A"], pending: [] }]);
  });

  it("rows that are left over are named as they were shown, and in the order of the truth", () => {
    const [verdict, other] = [
      judged([coffee("a", "booked"), coffee("b", "booked", "booked")], "A A A"),
      judged(
        [shop("s", ...booked), coffee("a", "booked", "booked"), coffee("b", "booked", "booked")],
        "S S S S S S S",
      ),
    ];
    expect(verdict.mixed).toMatchObject([{ standsFor: "b", rows: [{ position: 0, entry: "a" }] }]);
    expect(other.mixed[0]?.rows.map(({ entry, response }) => `${entry} ${response}`)).toEqual([
      "a 0",
      "a 1",
      "b 0",
      "b 1",
    ]);
  });

  it("if a coffee is split while both are pending, the other one is not mixed up with it", () => {
    const twins = [
      coffee("a", "pending", "pending", "pending", "booked", "booked"),
      coffee("b", null, "pending", "pending", "booked", "booked"),
    ];
    const verdict = judged(twins, "X X B A B A B A B");
    expect(verdict).toMatchObject({
      lost: [],
      mixed: [],
      doubled: [{ entry: "a", booked: [], pending: ["X"] }],
    });
  });

  it("a foreign row in a linked transaction does not make another coffee of it", () => {
    const lives = [
      { ...shop("z", "pending", null, null, "booked") },
      coffee("a", "pending", "pending", "pending", "booked"),
      coffee("b", null, null, "pending", "booked"),
    ];
    expect(judged(lives, "L P P P L Z M L").mixed).toEqual([
      { transaction: "L", standsFor: "b", rows: [{ ...place("pending", 0, 0), entry: "z" }] },
    ]);
  });

  it("one loss is not counted as two halves", () => {
    const lives = [shop("s", ...booked), coffee("a", "pending", "booked"), coffee("b", null, "booked")];
    expect(judged(lives, "S S S S X S").lost).toMatchObject([{ entry: "a", lists: ["booked", "pending"] }]);
    // Each shop has swallowed one of two that vanish, and one of them was booked before.
    const swallowed = [
      shop("s", ...booked),
      shop("r", ...booked),
      coffee("a", "pending", "booked"),
      coffee("b", "pending", null),
    ];
    expect(judged(swallowed, "S R R S S R S S R").lost).toMatchObject([
      { entry: "a", heldBy: [{ transaction: "S", rows: 2 }] },
      { entry: "b", heldBy: [{ transaction: "R", rows: 1 }] },
    ]);
  });

  it("of the extra transactions, the larger ones choose their entry first", () => {
    const [seven, five] = [7, 5].map((length) => Array<"booked">(length).fill("booked"));
    const twins = [coffee("a", ...(seven ?? [])), coffee("b", ...(five ?? []))];
    const verdict = judged(twins, "X Y Y B Y B A B A B A A");
    expect(verdict.mixed).toEqual([]);
    expect(verdict.doubled).toEqual([
      { entry: "a", booked: ["Y"], pending: [] },
      { entry: "b", booked: ["X"], pending: [] },
    ]);
  });

  it("ten equal rows in thirty responses take a moment, whoever exchanges them", () => {
    const lives = Array.from({ length: 10 }, (_one, at) =>
      coffee(`${at}`, ...Array<"booked">(30).fill("booked")),
    );
    const { truth, rows } = historyOf(lives);
    const given = exchanged(rows, (length) => Array.from({ length }, (_one, at) => (at * 7 + 3) % length));
    const start = performance.now();
    expect(judge(given, truth).faultless).toBe(true);
    expect(
      judge(
        rows.map((row, at) => ({ ...row, transaction: String(at) })),
        truth,
      ).doubled,
    ).toHaveLength(10);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

const NUMBERS = fc.infiniteStream(fc.nat(1_000_000));

/** Draws a permutation. */
function shuffling(numbers: Iterator<number>) {
  return (length: number): number[] => {
    const left = Array.from({ length }, (_one, at) => at);
    return Array.from({ length }, () => {
      const [next = 0] = left.splice(Number(numbers.next().value) % left.length, 1);
      return next;
    });
  };
}

/** The groups of rows that nobody can tell apart. */
function groupsOf(rows: readonly Row[]): Row[][] {
  return [...Map.groupBy(rows, ({ account, response, form }) => `${account} ${response} ${form}`).values()];
}

const listOf = ({ account, response, status }: JudgedRow) => `${account} ${response} ${status}`;
const nameOf = ({ account, response, status, position }: JudgedRow) =>
  `${account} ${response} ${status} ${position}`;

it("the matching has the greatest sum of all matchings", () => {
  const weights = fc.array(fc.array(fc.nat(9), { minLength: 3, maxLength: 3 }), {
    minLength: 1,
    maxLength: 6,
  });
  const greatest = ([row, ...rest]: number[][], taken: number[] = []): number =>
    row === undefined
      ? 0
      : Math.max(
          greatest(rest, taken),
          ...row.map((weight, at) => (taken.includes(at) ? 0 : weight + greatest(rest, [...taken, at]))),
        );
  fc.assert(
    fc.property(weights, (rows) => {
      const pairs = rows.map((row, left): [number, Map<number, bigint>] => [
        left,
        new Map(row.flatMap((weight, right) => (weight > 0 ? [[right, BigInt(weight)] as const] : []))),
      ]);
      const matching = heaviestMatching(new Map(pairs));
      expect(new Set(matching.values()).size).toBe(matching.size);
      const sum = [...matching].reduce((total, [left, right]) => total + (rows[left]?.[right] ?? 0), 0);
      expect(sum).toBe(greatest(rows));
    }),
    { numRuns: 500 },
  );
});

describe("for any history", () => {
  it("a program that is right in some world is faultless, whatever it does not link or give", () => {
    fc.assert(
      fc.property(LIVES, BANK, NUMBERS, fc.boolean(), (lives, bank, numbers, partly) => {
        const { truth, rows } = historyOf(lives, bank);
        const world = exchanged(rows, shuffling(numbers));
        const apart = new Set(lives.filter(() => Number(numbers.next().value) % 3 === 0).map(({ id }) => id));
        const separate = ({ status, transaction }: Row) => status === "pending" && apart.has(transaction);
        const given = decided(world, (row) =>
          separate(row) ? `${row.transaction} pending` : row.transaction,
        );
        const both = lives.filter(({ looks }) => looks.includes("pending") && looks.includes("booked"));
        const verdict = judge(given, truth);
        expect(verdict).toMatchObject({ faultless: true, rows: rows.length, mislinked: [], unjudged: [] });
        expect(verdict.unlinked).toHaveLength(both.filter(({ id }) => apart.has(id)).length);
        expect(verdict.linked).toHaveLength(both.filter(({ id }) => !apart.has(id)).length);
        if (!partly) return;
        // Of some responses it does not read a list: nothing is doubled or mixed, and what is left of an entry is enough.
        const unread = new Set(
          rows.filter(() => Number(numbers.next().value) % 9 === 0).map((row) => listOf(row)),
        );
        const some = given.filter((row) => !unread.has(listOf(row)));
        const less = judge(some, truth);
        expect([less.doubled, less.mixed, less.mislinked]).toEqual([[], [], []]);
        expect(less.unjudged).toHaveLength(rows.length - some.length);
      }),
      { numRuns: 300 },
    );
  });

  it("a program is faultless if and only if it is in a world in which no rows can be exchanged", () => {
    let [right, wrong] = [0, 0];
    fc.assert(
      fc.property(LIVES, BANK, NUMBERS, fc.nat(2), (lives, bank, numbers, moved) => {
        const { truth, rows } = historyOf(lives, bank);
        const groups = groupsOf(rows).filter((group) => new Set(group.map(({ entry }) => entry)).size > 1);
        fc.pre(groups.every(({ length }) => length < 5) && groups.length < 5);
        const given = exchanged(rows, shuffling(numbers));
        for (let move = 0; move < moved; move += 1) {
          const [to, from] = [0, 0].map(() => given[Number(numbers.next().value) % given.length]);
          if (to !== undefined && from !== undefined) to.transaction = from.transaction;
        }
        const { faultless } = judge(given, truth);
        if (faultless) right += 1;
        else wrong += 1;
        expect(faultless).toBe(worlds(truth, rows, groups).some((world) => judge(given, world).faultless));
      }),
      { numRuns: 300 },
    );
    expect(Math.min(right, wrong)).toBeGreaterThan(20);
  });

  it("entries that were merged, split or left out are reported, each of them and nothing else", () => {
    fc.assert(
      fc.property(LIVES, BANK, NUMBERS, (lives, bank, numbers) => {
        const { truth, rows } = historyOf(lives, bank);
        const world = exchanged(rows, shuffling(numbers));
        const faults = faultsIn(rows, numbers);
        const verdict = judge(decided(world, faults.decide), truth);
        expect(verdict.lost.length, "lost").toBe(faults.lost);
        expect(verdict.doubled.length, "doubled").toBe(faults.doubled);
        expect(verdict.mixed.length, "mixed").toBe(faults.merged);
        expect(verdict.unjudged.length, "not given").toBe(faults.leftOut);
        expect(verdict.faultless).toBe(faults.lost + faults.doubled === 0);
        const kindOf = (entry: string) => lives.find(({ id }) => id === entry)?.kind;
        expect(verdict.lost.map(({ entry }) => kindOf(entry))).toEqual(faults.kindsOf("merged", "left out"));
        const split = faults.kindsOf("split");
        expect(verdict.doubled.every(({ entry }) => split.includes(kindOf(entry)))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("the order in which rows are given does not matter", () => {
    fc.assert(
      fc.property(LIVES, BANK, NUMBERS, (lives, bank, numbers) => {
        const { truth, rows } = historyOf(lives, bank);
        const given = decided(rows, ({ kind }) => `${kind} ${Number(numbers.next().value) % 3}`);
        const order = shuffling(numbers)(given.length);
        const shuffled = order.flatMap((at) => given[at] ?? []);
        expect(judge(shuffled, truth)).toEqual(judge(given, truth));
      }),
      { numRuns: 300 },
    );
  });
});

/** Every truth in which the rows of a group belong to their entries in another order, and none can be exchanged. */
function worlds(
  truth: readonly TrueTransaction[],
  rows: readonly Row[],
  groups: readonly Row[][],
): TrueTransaction[][] {
  let assigned: Map<string, string>[] = [new Map(rows.map((row) => [nameOf(row), row.entry]))];
  for (const group of groups) {
    const orders = permutations(group.map(({ entry }) => entry));
    assigned = assigned.flatMap((world) =>
      orders.map(
        (order) =>
          new Map([...world, ...group.map((row, at): [string, string] => [nameOf(row), order[at] ?? ""])]),
      ),
    );
  }
  return assigned.map((world) =>
    truth.map((one) => ({
      ...one,
      observed: rows
        .filter((row) => world.get(nameOf(row)) === one.id)
        .map(({ account, status, response, position }) => ({
          on: "2026-11-23",
          account,
          status,
          payload: {},
          seen: [{ response, position }],
          indistinguishableFrom: [],
        })),
    })),
  );
}

/** All different orders. */
function permutations(items: readonly string[]): string[][] {
  if (items.length === 0) return [[]];
  return [...new Set(items)].flatMap((first) =>
    permutations(items.toSpliced(items.indexOf(first), 1)).map((rest) => [first, ...rest]),
  );
}

/** Draws one fault at most for each kind of entries: an entry that is merged with another, split in two, or left out. */
function faultsIn(rows: readonly Row[], numbers: Iterator<number>) {
  const draw = (below: number) => Number(numbers.next().value) % below;
  const merged = new Map<string, string>();
  const leftOut = new Set<string>();
  const splitAt = new Map<string, string>();
  const faulty = new Map<string, "merged" | "left out" | "split">();
  const found = { lost: 0, doubled: 0 };
  for (const [name, ofKind] of Map.groupBy(rows, ({ kind }) => kind)) {
    const ids = [...new Set(ofKind.map(({ entry }) => entry))];
    const [one = "", other] = shuffling(numbers)(ids.length).map((at) => ids[at] ?? "");
    const own = ofKind.filter(({ entry }) => entry === one);
    const kind = draw(4);
    if (kind === 0 && other !== undefined) {
      merged.set(one, other);
      faulty.set(name, "merged");
      found.lost += 1;
    } else if (kind === 1) {
      leftOut.add(one);
      faulty.set(name, "left out");
      found.lost += 1;
    } else if (kind === 2) {
      const from = own[draw(own.length)];
      if (from === undefined) continue;
      faulty.set(name, "split");
      splitAt.set(one, `${from.account} ${from.response}`);
      const isLater = ({ account, response }: Row) =>
        `${account} ${response}` >= `${from.account} ${from.response}`;
      const lists = (part: Row[]) => new Set(part.map(({ status }) => status));
      const [before, after] = [lists(own.filter((row) => !isLater(row))), lists(own.filter(isLater))];
      if ([...before].some((status) => after.has(status))) found.doubled += 1;
    }
  }
  const decide = ({ transaction, account, response }: Row) => {
    if (leftOut.has(transaction)) return undefined;
    const at = splitAt.get(transaction);
    if (at !== undefined && `${account} ${response}` >= at) return `${transaction} again`;
    return merged.get(transaction) ?? transaction;
  };
  const kindsOf = (...faults: string[]): (string | undefined)[] =>
    [...faulty].flatMap(([kind, fault]) => (faults.includes(fault) ? [kind] : [])).toSorted();
  const missing = rows.filter(({ entry }) => leftOut.has(entry)).length;
  return { ...found, merged: merged.size, leftOut: missing, kindsOf, decide };
}

describe("what cannot be judged", () => {
  const { truth, rows }: History = historyOf([shop("a", "pending", "booked")]);
  const row: JudgedRow = { ...place("booked", 1, 0), transaction: "A" };

  it.each<[string, Partial<Record<keyof JudgedRow, unknown>>, string]>([
    ["a response that is not a whole number", { response: 1.5 }, "response must be a whole number from 0"],
    ["a negative position", { position: -1 }, "position must be a whole number from 0"],
    ["a position in a text", { position: "0" }, "position must be a whole number from 0"],
    ["an unknown list", { status: "info" }, 'status must be "booked" or "pending"'],
    ["no account", { account: undefined }, "account must be the account id that was asked"],
    ["an empty transaction", { transaction: "" }, "transaction must be a text that is not empty"],
    ["a transaction without an id", { transaction: null }, "transaction must be a text that is not empty"],
  ])("%s is an error that names the row and the member", (_what, wrong, message) => {
    const odd: JudgedRow = Object.assign({ ...row }, wrong);
    expect(() => judge([odd], truth)).toThrow(TypeError);
    expect(() => judge([odd], truth)).toThrow(message);
    expect(() => judge([odd], truth)).toThrow(`row ${odd.position} of response ${odd.response} of account`);
  });

  it("a row that no response showed is an error that says how rows are counted", () => {
    const message =
      "No complete response showed the booked row 7 of response 1 of account first. Count responses and positions from 0, as the truth does.";
    expect(() => judge([{ ...row, position: 7 }], truth)).toThrow(new RangeError(message));
    for (const unknown of [{ response: 0 }, { account: "second" }, { response: 2 ** 40 }])
      expect(() => judge([{ ...row, ...unknown }], truth)).toThrow("No complete response showed");
  });

  it("a row with two transactions is an error, and one that is given twice with the same counts once", () => {
    expect(() => judge([row, { ...row, transaction: "B" }], truth)).toThrow(
      new RangeError(
        'The booked row 0 of response 1 of account first was given to two transactions, "A" and "B". Give each row once.',
      ),
    );
    expect(judge([...rows, ...rows], truth)).toMatchObject({ faultless: true, rows: 2 });
  });

  it("the truth of two accounts, or with two entries for a row, is an error", () => {
    expect(() => judge([], [...truth, ...truth])).toThrow("Judge one bank account at a time");
    const [first] = truth;
    if (first === undefined) throw new Error("no truth");
    expect(() => judge([], [first, { ...first, id: "b" }])).toThrow("Pass it as sandbox.truth() returned it");
  });

  it.each<[unknown]>([[[]], [["info"]], ["booked"], [[undefined]]])("the lists %j are an error", (lists) => {
    const options: JudgeOptions = {};
    Object.assign(options, { lists });
    expect(() => judge(rows, truth, options)).toThrow(
      new TypeError('The option lists must be an array with "booked", "pending" or both.'),
    );
  });
});

it("the time grows with the number of rows, not faster", () => {
  const lives = Array.from(
    { length: 200 },
    (_one, at): Life => ({
      ...shop(`${at}`, ...Array<"booked">(40).fill("booked")),
      kind: `kind ${at >> 1}`,
      ownId: at % 10 > 1,
    }),
  );
  const histories = new Map([50, 200].map((size) => [size, historyOf(lives.slice(0, size))]));
  const work = (text: string) => {
    const { truth, rows } = histories.get(text.length) ?? historyOf([]);
    judge(
      decided(rows, ({ entry }, at) => (at % 7 === 0 ? `row ${at}` : entry)),
      truth,
    );
  };
  expect(growth(work, "x".repeat(200))).toBeLessThan(3);
});
