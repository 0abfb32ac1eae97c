import fc from "fast-check";
import { expect, it } from "vitest";
import { dateOf } from "../../../packages/core/src/base/index.ts";
import { Archived } from "./archived.ts";
import { pending, rows, type Said, story } from "./given.ts";
import { HISTORY, type History, START } from "./histories.ts";

const DAY = 86_400_000;
const dayAfter = (days: number) => dateOf(START + days * DAY);

/** Reads a history, and hands each response to `look` with what was known before and after it. */
function read(history: History): Archived {
  const archived = new Archived();
  let at = START;
  for (const { days, said, handle, from, pending: all } of history) {
    at += days * DAY;
    archived.read({ at, coverage: { from, to: null, pending: all }, handle, rows: rows(...said) });
  }
  return archived;
}

it("gives each row one transaction that exists, and no two rows of a list the same unless one repeats the other", () => {
  fc.assert(
    fc.property(HISTORY, (history) => {
      const archived = read(history);
      for (const [response, { said }] of history.entries()) {
        const sent = rows(...said);
        const own = archived.rows.filter(({ place }) => place.response === response);
        expect(own).toHaveLength(sent.length);
        const contents = new Map<string, string>();
        for (const [at, { transaction }] of own.entries()) {
          const content = sent[at]?.content ?? "";
          // What was pending beside its booked form may be one with it.
          const key = `${sent[at]?.status} ${transaction}`;
          expect(archived.transactions.has(transaction)).toBe(true);
          expect(contents.get(key) ?? content).toBe(content);
          contents.set(key, content);
        }
      }
    }),
    { numRuns: 300 },
  );
});

it("never puts two currencies into one transaction, nor two directions unless a sign was turned or lost", () => {
  fc.assert(
    fc.property(HISTORY, (history) => {
      const archived = read(history);
      const sent = history.map(({ said }) => rows(...said));
      const currencies = new Map<string, string>();
      for (const { place, transaction } of archived.rows) {
        const row = sent[place.response]?.find(
          (one) => one.status === place.status && one.position === place.position,
        );
        const currency = row?.entry.currency ?? "";
        expect(currencies.get(transaction) ?? currency).toBe(currency);
        currencies.set(transaction, currency);
      }
    }),
    { numRuns: 300 },
  );
});

it("changes nothing, and writes the same memory, if a response is repeated word for word", () => {
  fc.assert(
    fc.property(HISTORY, (history) => {
      const last = history.at(-1);
      if (last === undefined || last.said.length === 0) return;
      const archived = read([...history, { ...last, days: 0 }]);
      const before = archived.memory;
      const counts = archived.transactions.size;
      const again = archived.read({
        at: START + history.reduce((sum, { days }) => sum + days, 0) * DAY,
        coverage: { from: last.from, to: null, pending: last.pending },
        handle: last.handle,
        rows: rows(...last.said),
      });
      const shown = new Set(again.recognitions.map(({ transaction }) => transaction));
      expect(again.changed.filter(({ id }) => shown.has(id))).toEqual([]);
      expect(archived.transactions.size).toBe(counts);
      if (again.changed.length === 0) expect(archived.memory).toBe(before);
    }),
    { numRuns: 300 },
  );
});

it("gives the same reading for the same response and knowledge", () => {
  fc.assert(
    fc.property(HISTORY, (history) => {
      expect(read(history).readings).toEqual(read(history).readings);
    }),
    { numRuns: 100 },
  );
});

/** Entries of several shops, all of them different. */
const DIFFERENT = fc.integer({ min: 2, max: 9 }).map((count) =>
  Array.from(
    { length: count },
    (_, at): Said => ({
      amount: `-${at + 1}.37`,
      who: `Shop ${at}`,
      booked: dayAfter(at - 12),
      id: `id-${at}`,
    }),
  ),
);

it("retracts what is missing from two full responses that reach further back, and returns what is seen again", () => {
  fc.assert(
    fc.property(DIFFERENT, fc.nat(), fc.boolean(), (entries, pick, withIds) => {
      const all = withIds ? entries : entries.map(({ id: _, ...rest }) => rest);
      const gone = pick % all.length;
      const rest = all.filter((_, at) => at !== gone);
      const told = story([dayAfter(0), all], [dayAfter(1), rest], [dayAfter(2), rest]);
      expect(told.statuses).toEqual(all.map((_, at) => (at === gone ? "retracted" : "booked")));
      const once = story([dayAfter(0), all], [dayAfter(1), rest], [dayAfter(2), all]);
      expect(once.statuses).toEqual(all.map(() => "booked"));
      const back = story([dayAfter(0), all], [dayAfter(1), rest], [dayAfter(2), rest], [dayAfter(9), all]);
      expect(back.statuses).toEqual(all.map(() => "booked"));
      expect(back.rows[3]).toEqual(back.rows[0]);
    }),
  );
});

it("retracts one of two equal entries, although the other is still seen", () => {
  const twin: Said = { amount: "-3.00", booked: dayAfter(-2) };
  const other: Said = { amount: "-4.00", booked: dayAfter(-3) };
  const told = story(
    [dayAfter(0), [twin, twin, other]],
    [dayAfter(1), [twin, other]],
    [dayAfter(2), [twin, other]],
  );
  expect(told.statuses.toSorted()).toEqual(["booked", "booked", "retracted"]);
});

it("does not retract what lies before the first covered day, or is as old as the oldest row if that day is unknown", () => {
  const [old, young]: [Said, Said] = [
    { amount: "-3.00", booked: dayAfter(-9), who: "A Shop" },
    { amount: "-4.00", booked: dayAfter(-3), who: "B Shop" },
  ];
  for (const from of [dayAfter(-8), null]) {
    const told = story(
      [dayAfter(0), [old, young]],
      [dayAfter(1), [young], { from }],
      [dayAfter(2), [young], { from }],
    );
    expect(told.statuses).toEqual(["booked", "booked"]);
  }
});

it("does not retract what lies after the last covered day", () => {
  const coverage = { from: "2026-01-01", to: dayAfter(-4), pending: false };
  const [old, young]: [Said, Said] = [
    { amount: "-3.00", booked: dayAfter(-9), who: "A Shop" },
    { amount: "-4.00", booked: dayAfter(-3), who: "B Shop" },
  ];
  const snapshot = [old] as const;
  const told = story(
    [dayAfter(0), [old, young]],
    [dayAfter(1), snapshot, { coverage }],
    [dayAfter(2), snapshot, { coverage }],
  );
  expect(told.statuses).toEqual(["booked", "booked"]);
});

it("takes a response that shows nothing, or less than a fifth of what it showed before, for a hiccup", () => {
  const all = Array.from(
    { length: 11 },
    (_, at): Said => ({ amount: `-${at + 1}.00`, who: `Shop ${at}`, booked: dayAfter(-at) }),
  );
  for (const shown of [0, 1, 2]) {
    const some = all.slice(-shown, shown === 0 ? 0 : undefined);
    const told = story([dayAfter(0), all], [dayAfter(1), some], [dayAfter(20), some], [dayAfter(21), some]);
    expect(told.statuses).toEqual(all.map(() => "booked"));
  }
  const told = story([dayAfter(0), all], [dayAfter(1), all.slice(-3)], [dayAfter(20), all.slice(-3)]);
  expect(told.statuses.filter((status) => status === "retracted")).toHaveLength(8);
});

it("lets a pending entry vanish after fourteen days and two responses, not before, and returns it under its id", () => {
  const rent: Said = { amount: "-800.00", booked: dayAfter(-3), who: "Landlord" };
  const hold = pending({ amount: "-50.00", value: dayAfter(-1) });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }), (first, second) => {
      const told = story(
        [dayAfter(0), [rent, hold]],
        [dayAfter(first), [rent]],
        [dayAfter(first + second), [rent]],
      );
      expect(told.statuses).toEqual(["booked", first + second >= 14 ? "vanished" : "pending"]);
      const back = story(
        [dayAfter(0), [rent, hold]],
        [dayAfter(first), [rent]],
        [dayAfter(first + second), [rent]],
        [dayAfter(first + second + 1), [rent, hold]],
      );
      expect([back.rows[3], back.statuses]).toEqual([
        [1, 2],
        ["booked", "pending"],
      ]);
    }),
  );
  expect(story([dayAfter(0), [rent, hold]], [dayAfter(40), [rent]]).statuses).toEqual(["booked", "pending"]);
});

it("makes nothing pending missing if the response does not cover the pending list", () => {
  const rent: Said = { amount: "-800.00", booked: dayAfter(-3), who: "Landlord" };
  const coverage = { from: "2026-01-01", to: null, pending: false };
  const hold = pending({ amount: "-50.00", value: dayAfter(-1) });
  const told = story(
    [dayAfter(0), [rent, hold]],
    [dayAfter(15), [rent], { coverage }],
    [dayAfter(40), [rent], { coverage }],
  );
  expect(told.statuses).toEqual(["booked", "pending"]);
});

it("books a pending entry that had vanished, after all", () => {
  const rent: Said = { amount: "-800.00", booked: dayAfter(-3), who: "Landlord" };
  const hold = pending({ amount: "-50.00", value: dayAfter(-1) });
  const told = story(
    [dayAfter(0), [rent, hold]],
    [dayAfter(5), [rent]],
    [dayAfter(15), [rent]],
    [dayAfter(17), [rent, { amount: "-50.00", value: dayAfter(-1), booked: dayAfter(17), id: "late" }]],
  );
  expect(told.rows[3]).toEqual([1, 2]);
  expect(told.statuses).toEqual(["booked", "booked"]);
});

it("counts days by the order of the responses if the clock jumps back", () => {
  const rent: Said = { amount: "-800.00", booked: dayAfter(-3), who: "Landlord" };
  const hold = pending({ amount: "-50.00", value: dayAfter(-1) });
  const told = story(
    [dayAfter(0), [rent, hold]],
    [dayAfter(-200), [rent]],
    [dayAfter(-199), [rent]],
    [dayAfter(13), [rent]],
  );
  expect(told.statuses).toEqual(["booked", "pending"]);
});

it("keeps what is scheduled until its date has passed, and books it under its id", () => {
  const rent: Said = { amount: "-800.00", booked: dayAfter(-3), who: "Landlord" };
  const order: Said = { list: "scheduled", amount: "-70.00", value: dayAfter(40), who: "Gym" };
  const waiting = story([dayAfter(0), [rent, order]], [dayAfter(10), [rent]], [dayAfter(30), [rent]]);
  expect(waiting.statuses).toEqual(["booked", "scheduled"]);
  const booked = story(
    [dayAfter(0), [rent, order]],
    [dayAfter(40), [rent, { ...order, list: "booked", booked: dayAfter(40) }]],
  );
  expect([booked.rows[1], booked.statuses]).toEqual([
    [1, 2],
    ["booked", "booked"],
  ]);
});

it("never takes a void entry for a booked one", () => {
  const card: Said = { amount: "-9.00", value: dayAfter(0), who: "Kiosk", id: "k" };
  const told = story(
    [dayAfter(0), [{ ...card, list: "pending" }]],
    [dayAfter(1), [{ ...card, list: "void" }]],
    [dayAfter(2), [{ ...card, booked: dayAfter(2) }]],
  );
  expect([told.rows, told.statuses]).toEqual([
    [[1], [1], [2]],
    ["void", "booked"],
  ]);
});

it("takes the time that grows with the rows, not with their square", () => {
  const many = (count: number, salt: string): Said[] =>
    Array.from({ length: count }, (_, at) => ({
      amount: `-${at % 40}.00`,
      who: `Shop ${at % 30}`,
      booked: dayAfter(-(at % 90)),
      id: `${salt}${at}`,
    }));
  const timeOf = (count: number) => {
    const [first, second] = [many(count, "a"), many(count, "b")];
    const archived = new Archived();
    const start = performance.now();
    for (const said of [first, second])
      archived.read({
        at: START,
        coverage: { from: "2026-01-01", to: null, pending: true },
        rows: rows(...said),
      });
    return performance.now() - start;
  };
  timeOf(500);
  const [few, more] = [timeOf(1500), timeOf(6000)];
  // Four times the rows; quadratic work would take sixteen times as long.
  expect(more).toBeLessThan(Math.max(1000, few * 10));
});
