import { describe, expect, it } from "vitest";
import { judge } from "../../packages/sandbox/src/index.ts";
import { coffee, decided, exchanged, historyOf, judged, place, shop } from "./judged-histories.ts";

describe("rows that nobody can tell apart", () => {
  const booked = ["booked", "booked", "booked"] as const;

  it("two equal coffees may be exchanged in any response", () => {
    const twins = [coffee("a", ...booked), coffee("b", ...booked)];
    expect(judged(twins, "A B B A A B")).toMatchObject({ faultless: true, entries: 2 });
  });

  it("two equal coffees in one transaction are still one lost, and its rows are mixed", () => {
    const verdict = judged([coffee("a", ...booked), coffee("b", ...booked)], "A A A A A A");
    expect(verdict.lost).toEqual([{ entry: "b", heldBy: [{ transaction: "A", standsFor: "a", rows: 3 }] }]);
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
        form: form === "early" ? 0 : 1,
        mayContinue: [],
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
      { entry: "b", heldBy: [{ transaction: "S", standsFor: "shop", rows: 2 }] },
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
    expect(judged(lives, "S S S S X S").lost).toMatchObject([{ entry: "a" }]);
    // Each shop has swallowed one of two that vanish, and one of them was booked before.
    const swallowed = [
      shop("s", ...booked),
      shop("r", ...booked),
      coffee("a", "pending", "booked"),
      coffee("b", "pending", null),
    ];
    expect(judged(swallowed, "S R R S S R S S R").lost).toMatchObject([
      { entry: "a", heldBy: [{ transaction: "S", rows: 1 }] },
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
