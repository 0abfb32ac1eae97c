import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { markCrossings } from "../../packages/sandbox/src/gocardless/payload/crossings.ts";
import type { Observation, sandboxQuirks, TrueTransaction } from "../../packages/sandbox/src/index.ts";
import { CALM_BANK, later } from "./daily-lives.ts";
import { type Row, type WatchedAccount, watchAccount } from "./watched-account.ts";

type Quirk = (typeof sandboxQuirks)[number];

const IDS = ["transactionId", "internalTransactionId", "entryReference"];

/** The ids of booked entries that change with each response, or say only where an entry stands. */
const UNSTABLE: { readonly [quirk in Quirk]?: readonly string[] } = {
  numberedIds: ["transactionId", "internalTransactionId"],
  idsFromNewest: ["transactionId", "internalTransactionId"],
  changingIds: ["transactionId"],
  unstableInternalIds: ["internalTransactionId"],
};

/** A row that a response showed, as far as a reader can recognise an entry by it. */
interface Sight {
  content: string;
  ids: string[];
  form: Observation;
}

/** What each response showed of each entry: the row in the list of booked ones if it was in both. */
function sights(account: WatchedAccount, truth: readonly TrueTransaction[], quirks: readonly Quirk[]) {
  const unstable = new Set(quirks.flatMap((quirk) => UNSTABLE[quirk] ?? []));
  const all = account.responses.map(() => new Map<string, Sight[]>());
  const index = new Map(
    account.responses.map((one, at): [string, number] => [`${one.account} ${one.response}`, at]),
  );
  for (const { id, observed } of truth) {
    for (const form of observed) {
      for (const { response, position } of form.seen) {
        const at = index.get(`${form.account} ${response}`) ?? -1;
        const row: Row = account.responses[at]?.[form.status][position] ?? {};
        const stable = Object.entries(row).filter(
          ([name]) => form.status === "pending" || !unstable.has(name),
        );
        const ids = stable.filter(([name]) => IDS.includes(name)).map((one) => JSON.stringify(one));
        const content = `${form.status} ${JSON.stringify(stable.filter(([name]) => !IDS.includes(name)))}`;
        const shown = all[at]?.get(id) ?? [];
        const sight = { content, ids, form };
        all[at]?.set(id, form.status === "booked" ? [sight, ...shown] : [...shown, sight]);
      }
    }
  }
  return all;
}

/** For each form, the entries that it may continue, told from the rows that the client saw. */
function expectedMarks(
  account: WatchedAccount,
  truth: readonly TrueTransaction[],
  quirks: readonly Quirk[],
): Map<Observation, string[]> {
  const all = sights(account, truth, quirks);
  const marks = new Map<Observation, string[]>();
  const seen = new Set<Observation>();
  const last = new Map<string, Sight>();
  const had = new Map<string, Set<string>>();
  for (const shown of all) {
    const changed = [...shown].flatMap(([id, [sight]]) => {
      const before = last.get(id);
      if (sight === undefined || before === undefined || seen.has(sight.form)) return [];
      const isSame = before.content === sight.content && String(before.ids) === String(sight.ids);
      return isSame ? [] : [{ id, before, sight }];
    });
    for (const one of changed) {
      const others = changed.filter((other) => {
        if (other === one || other.before.content !== one.before.content) return false;
        if (other.sight.content !== one.sight.content) return false;
        const isKnown = (id: string, to: string) => had.get(to)?.has(id) === true;
        return [...one.sight.ids, ...other.sight.ids].every(
          (id) => isKnown(id, one.id) === isKnown(id, other.id),
        );
      });
      marks.set(
        one.sight.form,
        others.map(({ id }) => id),
      );
    }
    for (const [id, [sight, ...others]] of shown) {
      if (sight !== undefined) last.set(id, sight);
      for (const one of [sight, ...others]) {
        if (one === undefined) continue;
        seen.add(one.form);
        had.set(id, new Set([...(had.get(id) ?? []), ...one.ids]));
      }
    }
  }
  return marks;
}

function expectMarks(account: WatchedAccount, quirks: readonly Quirk[]): number[] {
  const truth = account.truth();
  const marks = expectedMarks(account, truth, quirks);
  const sizes: number[] = [];
  for (const { id, observed } of truth) {
    for (const form of observed) {
      expect(form.mayContinue.toSorted(), `${id} ${JSON.stringify(form)}`).toEqual(
        (marks.get(form) ?? []).toSorted(),
      );
      sizes.push(form.mayContinue.length);
    }
  }
  return sizes;
}

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

/** All forms of all entries, each with its entry and the form before it. */
function formsOf(truth: readonly TrueTransaction[]) {
  return truth.flatMap(({ id, observed }) =>
    observed.map((form, at) => ({ id, form, before: observed[at - 1] })),
  );
}

const MEETING: readonly Quirk[] = [
  ...["reissuedIds", "numberedIds", "idsFromNewest", "settlingEntries", "renewedOnReconnection"],
  ...["newInternalIds", "noIds", "noTransactionId", "blankIds", "reusedIds", "changingIds"],
  ...["unstableInternalIds", "entryReference", "pendingIdReused", "zeroReferences", "lateIds"],
  ...["swappedDates", "onlyBookingDate", "bookedHolds", "movingDates", "takenBack", "lateArrivals"],
  ...["lingeringPending", "pendingToday", "repeatedRows", "newestTwenty", "emptyDays", "changedPending"],
  ...["vanishingPending", "declinedPayments", "missingPending", "oldestFirst"],
] as Quirk[];

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

describe("ids that lead somewhere", () => {
  const unstable = { booked: new Set<string>(), pending: new Set<string>() };
  const form = (status: Observation["status"], payload: Row): Observation => ({
    on: "2026-11-23",
    account: "",
    status,
    payload: { amount: "2.80", ...payload },
    seen: [],
    indistinguishableFrom: [],
    mayContinue: [],
  });
  /** What entries named 0, 1 … may continue if their ids before and after are these. */
  function marksOf(ids: readonly (readonly [before: string, after: string])[]): string[] {
    const changes = ids.map(([one, other], id) => {
      const before = form("pending", one === "" ? {} : { transactionId: one });
      const after = form("booked", other === "" ? {} : { transactionId: other });
      return { id: String(id), before, after, forms: [before, after] };
    });
    markCrossings(changes, unstable);
    return changes.map(({ after }) => after.mayContinue.join());
  }

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
