import { describe, expect, it } from "vitest";
import { type JudgedRow, type JudgeOptions, judge } from "../../packages/sandbox/src/index.ts";
import { growth } from "../support/growth.ts";
import { decided, type History, historyOf, judged, type Life, place, shop } from "./judged-histories.ts";

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
    expect(verdict.lost).toEqual([{ entry: "b", heldBy: [{ transaction: "A", standsFor: "a", rows: 1 }] }]);
    expect(verdict.mixed).toEqual([
      { transaction: "A", standsFor: "a", rows: [{ ...place("booked", 1, 1), entry: "b" }] },
    ]);
  });

  it("an entry of which the program gave no row is lost, and its rows are listed", () => {
    const verdict = judged([shop("a", "booked"), shop("b", "booked")], "A -");
    expect(verdict.lost).toEqual([{ entry: "b", heldBy: [] }]);
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

  it("a pending transaction that takes a booked row of another entry doubles that entry", () => {
    const lives = [shop("a", "booked", "booked", "booked"), shop("c", "pending", "pending", null)];
    const verdict = judged(lives, "A C A C C");
    expect(verdict).toMatchObject({ lost: [], mixed: [{ transaction: "C", standsFor: "c" }] });
    expect(verdict.doubled).toEqual([{ entry: "a", booked: ["C"], pending: [] }]);
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
      lost: [],
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

  it("a payment that the booking of another swallowed while it was pending is lost", () => {
    const verdict = judged([shop("a", "pending", null), shop("b", null, "booked")], "A A");
    expect(verdict.lost).toEqual([{ entry: "a", heldBy: [{ transaction: "A", standsFor: "b", rows: 1 }] }]);
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
    expect(verdict.lost).toEqual([{ entry: "b", heldBy: [] }]);
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
      lost: [{ entry: "b" }],
    });
  });

  it("entries that no response showed do not count", () => {
    const { truth, rows } = historyOf([shop("a", "booked"), shop("b", null)]);
    expect(judge(rows, truth)).toMatchObject({ faultless: true, entries: 1 });
    expect(judge([], [])).toMatchObject({ faultless: true, rows: 0, entries: 0 });
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
    expect(judged([shop("a", "pending", "booked")], "A -").lost).toEqual([{ entry: "a", heldBy: [] }]);
  });
});

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
      "The truth knows no complete response that showed the booked row 7 of response 1 of account first. Count responses and positions from 0, and ask for the truth after the last response.";
    expect(() => judge([{ ...row, position: 7 }], truth)).toThrow(new RangeError(message));
    for (const unknown of [{ response: 0 }, { response: 2 ** 40 }])
      expect(() => judge([{ ...row, ...unknown }], truth)).toThrow("no complete response that showed");
  });

  it("a row of another bank account, or of one that was asked after the truth, is an error that says so", () => {
    const message =
      "The truth knows no complete response of account second. Judge one bank account at a time, and ask for its truth after the last response.";
    for (const known of [truth, []])
      expect(() => judge([{ ...row, account: "second" }], known)).toThrow(new RangeError(message));
  });

  it("what is no row, no truth or no option is an error that says what is expected", () => {
    const wrong: [rows: unknown, truth: unknown, options: unknown, message: string][] = [
      [[null], truth, {}, "Each row must be an object"],
      [rows, undefined, {}, "The truth must be the array"],
      [rows, truth.values(), {}, "The truth must be the array"],
      [rows, truth, { list: ["booked"] }, 'Unknown option "list"'],
    ];
    for (const [someRows, someTruth, options, message] of wrong) {
      const judged = () => Reflect.apply(judge, undefined, [someRows, someTruth, options]);
      expect(judged).toThrow(TypeError);
      expect(judged).toThrow(message);
    }
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
