import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type JudgedRow,
  judge,
  type Observation,
  type TrueTransaction,
} from "../../packages/sandbox/src/index.ts";
import { historyOf, type Life } from "./judged-histories.ts";

/** How often the bank changes all ids, and in which of the responses. */
const CHANGES = [2, 5];
const RESPONSES = 8;

/** Twins with ids that tell them apart until the bank changes all ids at once. */
function twinsWithIds(count: number): TrueTransaction[] {
  const lives = Array.from(
    { length: count },
    (_, at): Life => ({
      id: `twin ${at}`,
      kind: "coffee",
      ownId: true,
      looks: Array(RESPONSES).fill("booked"),
    }),
  );
  const { truth } = historyOf(lives);
  const ids = truth.map(({ id }) => id);
  for (const [at, one] of truth.entries()) {
    one.observed = [0, ...CHANGES].map((from, period): Observation => {
      const to = CHANGES[period] ?? RESPONSES;
      return {
        ...{ on: "2026-11-23", account: "first", status: "booked", payload: { id: `${at} ${from}` } },
        form: period * count + at,
        seen: Array.from({ length: to - from }, (_, index) => ({ response: from + index, position: at })),
        indistinguishableFrom: [],
        mayContinue: period === 0 ? [] : ids.filter((id) => id !== one.id),
      };
    });
  }
  return truth;
}

/** What a program decides that follows the ids, and at each change takes the twins in some order. */
function followed(truth: readonly TrueTransaction[], orders: readonly number[][]): JudgedRow[] {
  return truth.flatMap(({ observed }, at) =>
    observed.flatMap(({ account, status, seen }, period) => {
      // The order of a period says which twin of the truth each transaction continues with.
      const transaction = `transaction ${orders[period]?.[at] ?? at}`;
      return seen.map((place) => ({ account, status, ...place, transaction }));
    }),
  );
}

const ORDER = (count: number) => fc.shuffledSubarray([...Array(count).keys()], { minLength: count });

describe("entries whose ids have all changed at once", () => {
  it("a program that goes on with any of them is faultless", () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 2, max: 5 })
          .chain((count) =>
            fc.tuple(fc.constant(count), fc.array(ORDER(count), { minLength: 3, maxLength: 3 })),
          ),
        ([count, orders]) => {
          const truth = twinsWithIds(count);
          expect(judge(followed(truth, orders), truth)).toMatchObject({
            faultless: true,
            transactions: count,
          });
        },
      ),
    );
  });

  it("a program that exchanges them where their ids lead on has mixed them", () => {
    const truth = twinsWithIds(2);
    for (const one of truth) for (const form of one.observed) form.mayContinue = [];
    const rows = followed(truth, [
      [0, 1],
      [1, 0],
      [1, 0],
    ]);
    expect(judge(rows, truth)).toMatchObject({ faultless: false, lost: [], doubled: [] });
    expect(judge(rows, truth).mixed).toHaveLength(2);
  });

  it("a program that goes on with one of them twice has lost the other", () => {
    const truth = twinsWithIds(2);
    const rows = followed(truth, [
      [0, 1],
      [0, 0],
      [0, 0],
    ]);
    expect(judge(rows, truth).mixed).toMatchObject([{ transaction: "transaction 0" }]);
    const merged = rows.map((row) => ({ ...row, transaction: "one" }));
    expect(judge(merged, truth).lost).toMatchObject([{ heldBy: [{ transaction: "one", rows: 8 }] }]);
  });

  it("a program that begins anew with each change has doubled both, each time", () => {
    const truth = twinsWithIds(2);
    const rows = followed(truth, [
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
    const { doubled, lost, mixed } = judge(rows, truth);
    expect({ lost, mixed }).toEqual({ lost: [], mixed: [] });
    expect(doubled.map(({ booked }) => booked.length)).toEqual([2, 2]);
  });

  it("only those whose lives it leaves open are exchanged", () => {
    const truth = twinsWithIds(3);
    const [, , third] = truth;
    for (const one of truth)
      for (const form of one.observed)
        form.mayContinue = one === third ? [] : form.mayContinue.filter((id) => id !== third?.id);
    expect(
      judge(
        followed(truth, [
          [0, 1, 2],
          [1, 0, 2],
          [1, 0, 2],
        ]),
        truth,
      ).faultless,
    ).toBe(true);
    expect(
      judge(
        followed(truth, [
          [0, 1, 2],
          [0, 2, 1],
          [0, 2, 1],
        ]),
        truth,
      ).faultless,
    ).toBe(false);
  });

  it("which of two has ended is open if the ids of the other changed at once", () => {
    const truth = twinsWithIds(2);
    const [first, second] = truth;
    if (first === undefined || second === undefined) throw new Error("no twins");
    first.observed = first.observed.slice(0, 1);
    const [, form, last] = second.observed;
    if (form !== undefined) form.mayContinue = ["twin 0"];
    if (last !== undefined) last.mayContinue = [];
    const orders = [
      [0, 1],
      [0, 1],
      [0, 1],
    ];
    expect(judge(followed(truth, orders), truth).faultless).toBe(true);
    const other = [
      [0, 1],
      [0, 0],
      [0, 0],
    ];
    expect(judge(followed(truth, other), truth)).toMatchObject({ faultless: true, transactions: 2 });
    if (form !== undefined) form.mayContinue = [];
    expect(judge(followed(truth, other), truth).faultless).toBe(false);
  });

  it("rows that look alike do not speak for an exchange, but one that lingers beside a booked form does", () => {
    const { truth } = historyOf([
      { id: "A", kind: "coffee", ownId: true, looks: ["pending", "pending", "booked"] },
      { id: "B", kind: "coffee", ownId: true, looks: ["pending", "pending", "booked"] },
    ]);
    const [, second] = truth;
    for (const { id, observed } of truth)
      for (const form of observed)
        if (form.status === "booked") form.mayContinue = id === "A" ? ["B"] : ["A"];
    second?.observed[0]?.seen.push({ response: 2, position: 0 });
    const row = (status: JudgedRow["status"], response: number, position: number, transaction: string) => ({
      ...{ account: "first", status, response, position, transaction },
    });
    const given = (lingering: string, other: string) => [
      ...[row("pending", 0, 0, lingering), row("pending", 1, 0, lingering), row("pending", 2, 0, lingering)],
      ...[row("pending", 0, 1, other), row("pending", 1, 1, other)],
    ];
    for (const [first, last] of [
      ["one", "other"],
      ["other", "one"],
    ] as const) {
      const rows = [...given("one", "other"), row("booked", 2, 0, first), row("booked", 2, 1, last)];
      expect(judge(rows, truth)).toMatchObject({ faultless: true, unlinked: [], mislinked: [] });
    }
  });
});
