import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { markCrossings } from "../../packages/sandbox/src/gocardless/payload/crossings.ts";
import type { Observation } from "../../packages/sandbox/src/index.ts";
import { CALM_BANK, later } from "./daily-lives.ts";
import { expectMarks, formsOf, type Quirk } from "./marks-by-rows.ts";
import { type Row, type WatchedAccount, watchAccount } from "./watched-account.ts";

/** Many equal purchases each day. */
const TWINS: readonly Quirk[] = ["everydayPrices", "undatedTexts"];

async function watched(
  quirks: readonly Quirk[],
  { seed = 1, transactionsPerDay = 50 } = {},
): Promise<WatchedAccount> {
  return await watchAccount(
    CALM_BANK,
    { max_historical_days: 4 },
    { seed, transactionsPerDay, quirks: { [CALM_BANK]: [...TWINS, ...quirks] } },
  );
}

/** Asks once a day. */
async function askDaily(account: WatchedAccount, days: number): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    await account.ask();
    await account.wait(1);
  }
}

const MEETING: readonly Quirk[] = [
  ...(["reissuedIds", "numberedIds", "idsFromNewest", "settlingEntries", "renewedOnReconnection"] as const),
  ...(["newInternalIds", "noIds", "noTransactionId", "blankIds", "reusedIds", "changingIds"] as const),
  ...(["unstableInternalIds", "entryReference", "pendingIdReused", "zeroReferences", "lateIds"] as const),
  ...([
    "swappedDates",
    "onlyBookingDate",
    "bookedHolds",
    "movingDates",
    "takenBack",
    "lateArrivals",
  ] as const),
  ...([
    "lingeringPending",
    "pendingToday",
    "repeatedRows",
    "newestTwenty",
    "emptyDays",
    "changedPending",
  ] as const),
  ...(["vanishingPending", "declinedPayments", "missingPending", "oldestFirst"] as const),
];

const STEP = fc.oneof(
  { weight: 4, arbitrary: fc.constant("ask" as const) },
  { weight: 4, arbitrary: fc.constant("wait" as const) },
  { weight: 1, arbitrary: fc.constant("reconnect" as const) },
  { weight: 1, arbitrary: fc.constant("old" as const) },
  { weight: 1, arbitrary: fc.constant("today" as const) },
);

describe("which entries a form may continue", () => {
  it("follows from the rows that the client saw, whatever quirks meet", async () => {
    let marked = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.subarray([...MEETING], { maxLength: 5 }),
        fc.nat(50),
        fc.array(STEP, { minLength: 4, maxLength: 14 }),
        async (quirks, seed, steps) => {
          await using account = await watched(quirks, { seed });
          const first = account.id();
          for (const step of steps) {
            if (step === "wait") await account.wait(1);
            else if (step === "reconnect") await account.reconnect({ max_historical_days: 4 });
            else if (step === "old") await account.ask("", first);
            else if (step === "today") await account.ask(`?date_from=${account.sandbox.now().slice(0, 10)}`);
            else await account.ask();
          }
          marked += expectMarks(account, quirks).filter((size) => size > 0).length;
        },
      ),
      { numRuns: 80 },
    );
    expect(marked).toBeGreaterThan(100);
  });

  it.each<[string, Quirk[]]>([
    ["booking gives ids to pending entries without", []],
    ["booking replaces all ids", ["reissuedIds"]],
    ["ids come a day late", ["lateIds"]],
    ["text and ids settle", ["settlingEntries"]],
  ])("twins and triplets may continue each other when %s", async (_what, quirks) => {
    await using account = await watched(quirks);
    await askDaily(account, 9);
    const sizes = expectMarks(account, quirks);
    for (const size of [1, 2]) expect(sizes.filter((one) => one === size).length).toBeGreaterThan(size);
    const truth = new Map(account.truth().map((one) => [one.id, one]));
    for (const { id, form } of formsOf([...truth.values()])) {
      for (const other of form.mayContinue) {
        const forms = truth.get(other)?.observed ?? [];
        const back = forms.find(({ on, status }) => on === form.on && status === form.status);
        expect(back?.mayContinue, id).toContain(id);
      }
    }
  });

  it("booked twins may continue each other when a reconnection renews all their ids, and not if one id is kept", async () => {
    for (const [kept, least] of [
      [[], 4],
      [["entryReference"], 0],
    ] as const) {
      const quirks = ["renewedOnReconnection", ...kept] as const;
      await using account = await watched(quirks);
      await account.ask();
      await account.reconnect({ max_historical_days: 4 });
      await account.ask();
      expectMarks(account, quirks);
      const renewed = formsOf(account.truth()).filter(
        ({ form, before }) => before?.status === "booked" && form.account === account.id(),
      );
      const marked = renewed.filter(({ form }) => form.mayContinue.length > 0);
      expect(renewed.length).toBeGreaterThan(30);
      if (least === 0) expect(marked).toEqual([]);
      else expect(marked.length).toBeGreaterThan(least);
    }
  });

  it("of a payment that is booked twice by mistake, either may be the one that was pending", async () => {
    await using account = await watched(["takenBack", "reissuedIds"], { transactionsPerDay: 3 });
    await askDaily(account, 60);
    expectMarks(account, ["takenBack", "reissuedIds"]);
    const truth = new Map(account.truth().map((one) => [one.id, one]));
    const twice = [...truth.values()].filter(
      ({ retractedOn, observed: [first] }) => retractedOn !== null && (first?.mayContinue.length ?? 0) > 0,
    );
    expect(twice.length).toBeGreaterThan(0);
    for (const { id, amount, counterparty, observed } of twice) {
      const [other = ""] = observed[0]?.mayContinue ?? [];
      expect(truth.get(other)).toMatchObject({ amount, counterparty, retractedOn: null });
      const [pending, booked] = truth.get(other)?.observed ?? [];
      expect([pending?.status, pending?.mayContinue]).toEqual(["pending", []]);
      expect(booked?.status).toBe("booked");
      expect(booked?.mayContinue).toContain(id);
    }
  });

  it("nothing is left open if the ids of an earlier connection come again", async () => {
    await using account = await watched(["renewedOnReconnection"]);
    const old = account.id();
    await account.ask();
    await account.reconnect({ max_historical_days: 4 });
    await account.ask();
    await account.ask("", old);
    expectMarks(account, ["renewedOnReconnection"]);
    const again = formsOf(account.truth()).filter(
      ({ form, before }) => before?.account === account.id() && form.status === "booked",
    );
    expect(again.length).toBeGreaterThan(30);
    for (const { form } of again) expect([form.account, form.mayContinue]).toEqual([old, []]);
  });

  it("booked twins may continue each other in a new period of internal ids, if they have no others", async () => {
    const daily = async (quirks: Quirk[]) => {
      await using account = await watched(quirks, { transactionsPerDay: 12 });
      const agreement = { max_historical_days: 4, access_valid_for_days: 180 };
      await account.reconnect(agreement);
      for (let day = 0; day < 175; day += 3) {
        await account.ask(`?date_from=${later(account.sandbox.now().slice(0, 10), -12)}`);
        await account.wait(3);
      }
      expectMarks(account, quirks);
      return formsOf(account.truth()).filter(
        ({ form, before }) => before?.status === "booked" && form.mayContinue.length > 0,
      );
    };
    const open = await daily(["newInternalIds", "noTransactionId", "missingPending"]);
    expect(open.length).toBeGreaterThan(3);
    expect(new Set(open.map(({ form }) => form.on)).size).toBe(1);
    expect(await daily(["newInternalIds", "missingPending"])).toEqual([]);
  });

  it("an entry that one response shows in both lists does not continue itself", async () => {
    await using account = await watched(["lingeringPending"]);
    await account.ask();
    expectMarks(account, ["lingeringPending"]);
    const both = account.truth().filter(({ observed }) => observed.length === 2);
    expect(both.length).toBeGreaterThan(10);
    for (const { observed } of both) {
      expect(observed.map(({ status }) => status)).toEqual(["booked", "pending"]);
      expect(observed.flatMap(({ mayContinue }) => mayContinue)).toEqual([]);
    }
  });

  it("pending entries with ids of their own are told apart where the ids of booked ones are unstable", async () => {
    const quirks: Quirk[] = ["reissuedIds", "zeroReferences", "changingIds", "numberedIds"];
    await using account = await watched(quirks);
    await askDaily(account, 4);
    expectMarks(account, quirks);
    const pending = formsOf(account.truth()).filter(({ form }) => form.status === "pending");
    expect(pending.length).toBeGreaterThan(100);
    for (const { form } of pending) expect([form.indistinguishableFrom, form.mayContinue]).toEqual([[], []]);
  });

  it.each<[string, Quirk[]]>([
    ["say where it stands", ["idsFromNewest"]],
    ["are numbered within a day", ["numberedIds"]],
    ["are new with each response", ["changingIds", "unstableInternalIds"]],
  ])(
    "an entry whose ids %s continues itself once it is booked: nobody recognises entries by these",
    async (_what, quirks) => {
      await using account = await watched(quirks);
      await askDaily(account, 8);
      expectMarks(account, quirks);
      const later = formsOf(account.truth()).filter(({ before }) => before?.status === "booked");
      expect(later.length).toBeGreaterThan(50);
      for (const { form } of later) expect(form.mayContinue).toEqual([]);
    },
  );
});

describe("an entry that is not shown again", () => {
  it.each([
    ["taken back while texts and ids settled", ["takenBack", "settlingEntries"]],
    ["released", ["vanishingPending", "reissuedIds"]],
  ] as const)("that was %s may have been the other one of two", async (_what, quirks) => {
    await using account = await watched(quirks);
    // Banks make mistakes from the third of the month on.
    await account.wait(10);
    for (let time = 0; time < 10; time += 1) {
      await account.ask();
      await account.wait(2);
    }
    expect(expectMarks(account, quirks).filter((marks) => marks > 0).length).toBeGreaterThan(0);
    const truth = account.truth();
    const ended = new Set(
      truth.filter(({ vanishedOn, retractedOn }) => vanishedOn ?? retractedOn).map(({ id }) => id),
    );
    expect(
      formsOf(truth).filter(({ form }) => form.mayContinue.some((id) => ended.has(id))).length,
    ).toBeGreaterThan(0);
  });
});

describe("ids that lead somewhere", () => {
  const unstable = { booked: new Set<string>(), pending: new Set<string>() };
  const form = (status: Observation["status"], payload: Row): Observation => ({
    on: "2026-11-23",
    account: "",
    status,
    payload: { amount: "2.80", ...payload },
    form: 0,
    seen: [],
    indistinguishableFrom: [],
    mayContinue: [],
  });
  /** What entries named 0, 1 … may continue if their ids before and after are these. */
  function marksOf(ids: readonly (readonly [before: string, after: string])[]): string[] {
    const changes = ids.map(([one, other], id) => {
      const before = form("pending", one === "" ? {} : { transactionId: one });
      const after = form("booked", other === "" ? {} : { transactionId: other });
      return { id: String(id), before, after, forms: [before, after], last: 0 };
    });
    markCrossings(changes, [], unstable);
    return changes.map(({ after }) => after.mayContinue.join());
  }

  /** What entries without ids may continue if each has the content before, if any, and the content after. */
  function marksOfContents(contents: readonly (readonly [before: string | undefined, after: string])[]) {
    const all = contents.map(([bookingDate, later], id) => {
      const after = form("booked", { bookingDate: later });
      if (bookingDate === undefined) return { id: String(id), before: undefined, after, forms: [after] };
      const before = form("booked", { bookingDate });
      return { id: String(id), before, after, forms: [before, after], last: 0 };
    });
    markCrossings(
      all.filter((one) => one.before !== undefined),
      all.filter(({ before }) => before === undefined),
      unstable,
    );
    return all.map(({ after }) => after.mayContinue.join());
  }

  it.each<[string, [string | undefined, string][], string[]]>([
    [
      "one moved to where the other was",
      [
        ["20", "21"],
        ["21", "22"],
      ],
      ["1", "0"],
    ],
    [
      "one begins where the other was",
      [
        ["20", "21"],
        [undefined, "20"],
      ],
      ["1", "0"],
    ],
    [
      "one begins like the other",
      [
        ["20", "21"],
        [undefined, "21"],
      ],
      ["1", "0"],
    ],
    [
      "one begins elsewhere",
      [
        ["20", "21"],
        [undefined, "22"],
      ],
      ["", ""],
    ],
    [
      "both begin",
      [
        [undefined, "20"],
        [undefined, "20"],
        ["18", "19"],
      ],
      ["", "", ""],
    ],
  ])("without ids, %s", (_what, contents, expected) => {
    expect(marksOfContents(contents)).toEqual(expected);
  });

  it.each([
    [
      "all ids are new",
      [
        ["a", "x"],
        ["b", "y"],
      ],
      ["1", "0"],
    ],
    [
      "there were none before",
      [
        ["", "x"],
        ["", "y"],
      ],
      ["1", "0"],
    ],
    [
      "there are none any more",
      [
        ["a", ""],
        ["b", ""],
      ],
      ["1", "0"],
    ],
    [
      "all had the same",
      [
        ["a", "a"],
        ["a", "a"],
      ],
      ["1", "0"],
    ],
    [
      "all had the same and one has it still",
      [
        ["a", "a"],
        ["a", "y"],
      ],
      ["1", "0"],
    ],
    [
      "one is kept",
      [
        ["a", "a"],
        ["b", "y"],
      ],
      ["", ""],
    ],
    [
      "both are kept",
      [
        ["a", "a"],
        ["b", "b"],
      ],
      ["", ""],
    ],
    [
      "one has moved to the other",
      [
        ["a", "x"],
        ["b", "a"],
      ],
      ["", ""],
    ],
    [
      "they have changed places",
      [
        ["a", "b"],
        ["b", "a"],
      ],
      ["", ""],
    ],
    [
      "all three are new",
      [
        ["a", "x"],
        ["b", "y"],
        ["c", "z"],
      ],
      ["1,2", "0,2", "0,1"],
    ],
    [
      "one of three is kept",
      [
        ["a", "a"],
        ["b", "y"],
        ["c", "z"],
      ],
      ["", "2", "1"],
    ],
    [
      "two of three are kept",
      [
        ["a", "a"],
        ["b", "b"],
        ["c", "z"],
      ],
      ["", "", ""],
    ],
    [
      "they go round",
      [
        ["a", "b"],
        ["b", "c"],
        ["c", "a"],
      ],
      ["", "", ""],
    ],
  ] as const)("if %s", (_what, ids, marks) => {
    expect(marksOf(ids)).toEqual(marks);
  });
});
