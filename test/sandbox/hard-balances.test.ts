import Big from "big.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PROFILES } from "../../packages/sandbox/src/banks/index.ts";
import { HISTORY_QUIRKS } from "../../packages/sandbox/src/banks/quirks.ts";
import { type Quirk, sandboxQuirks } from "../../packages/sandbox/src/index.ts";
import {
  type AccountDay,
  amountOf,
  type Listed,
  readDaily,
  sumOf,
  type WatchedBalances,
} from "./daily-balances.ts";

/** All that changes what happens, or what a balance says of it. */
const HISTORIES: readonly Quirk[] = [
  ...HISTORY_QUIRKS,
  "lingeringPending",
  "pendingToday",
  "runningBalance",
  "lastChange",
];
/** These leave out entries on some days, so that a response does not explain a balance. */
const CUT: readonly Quirk[] = ["newestTwenty", "emptyDays"];
const OTHERS = sandboxQuirks.filter((quirk) => !HISTORIES.includes(quirk) && !CUT.includes(quirk));
/** A current and a savings account, two cards, accounts in three currencies, and one in kronor. */
const BANKS = ["BAWAG_BAWAATWW", "AMERICAN_EXPRESS_AESUDEF1", "SANDBOX_HARD_4", "SEB_ESSESESS"];
/** Just before the ends of February, with and without a leap day, and of a year. */
const STARTS = ["2026-02-19", "2028-02-21", "2026-12-22"];

const CASE = fc.record({
  bank: fc.constantFrom(...BANKS),
  seed: fc.nat(1000),
  start: fc.constantFrom(...STARTS),
  transactionsPerDay: fc.constantFrom(undefined, 0, 5),
  histories: fc.subarray([...HISTORIES]),
  others: fc.subarray(OTHERS, { maxLength: 8 }),
});

const balanceIn = ({ balances }: AccountDay, type: string) =>
  balances.find((one) => one.balanceType === type);
const amountIn = (day: AccountDay, type: string) => amountOf(balanceIn(day, type)?.balanceAmount);

/** The booked balance at the end of a day: some banks only tell that of the day before. */
function bookedOn({ days }: WatchedBalances, at: number, closing: boolean): Big | undefined {
  const day = days[closing ? at + 1 : at];
  return day && amountIn(day, closing ? "closingBooked" : "interimBooked");
}

/** Checks that the booked balances of any two days differ by what the lists of booked entries differ by. */
function expectBooked(account: WatchedBalances, quirks: readonly Quirk[]): void {
  const sign = quirks.includes("invertedSigns") ? -1 : 1;
  const before = account.days.flatMap((day, at) => {
    const booked = bookedOn(account, at, quirks.includes("closingBalances"));
    return booked === undefined ? [] : [booked.minus(sumOf(day.booked).times(sign)).toFixed(2)];
  });
  expect(before.length).toBeGreaterThan(account.days.length - 2);
  expect(new Set(before)).toEqual(new Set([before[0]]));
}

/** Checks that the available balance is the booked one and all that is pending, what is booked as well not counted. */
function expectAvailable(account: WatchedBalances, quirks: readonly Quirk[]): void {
  if (quirks.includes("missingPending")) return;
  const closing = quirks.includes("closingBalances");
  for (const [at, day] of account.days.entries()) {
    const booked = bookedOn(account, at, closing);
    if (booked === undefined) continue;
    const ids = new Set(day.booked.map(({ id }) => id));
    const pending = day.pending.filter(({ id }) => !ids.has(id));
    const reserved = pending.reduce((sum, { amount }) => sum.minus(amount.abs()), new Big(0));
    const limit = !closing && quirks.includes("creditLimitInAvailable") ? 1000 : 0;
    const available = amountIn(day, closing ? "expected" : "interimAvailable").minus(limit);
    expect(available.toFixed(2), day.date).toBe(booked.plus(reserved).toFixed(2));
  }
}

/** Checks that each balance after an entry continues that of the one before, up to the balance of the account. */
function expectRunning(account: WatchedBalances, quirks: readonly Quirk[]): void {
  if (!quirks.includes("runningBalance")) return;
  const sign = quirks.includes("invertedSigns") ? -1 : 1;
  const after = ({ row }: Listed) => {
    const member = row["balanceAfterTransaction"];
    if (typeof member !== "object" || member === null || !("balanceAmount" in member))
      throw new Error("There is no balance after a booked entry.");
    return amountOf(member.balanceAmount);
  };
  for (const [at, { booked, date }] of account.days.entries()) {
    const oldestFirst = quirks.includes("oldestFirst") ? booked : booked.toReversed();
    // Before that, entries are missing whose value date is not in the range.
    const rows = oldestFirst.slice(20);
    for (const [place, one] of rows.entries()) {
      const next = rows[place + 1];
      const rest =
        next === undefined ? bookedOn(account, at, quirks.includes("closingBalances")) : after(next);
      const expected = next === undefined ? after(one) : after(one).plus(next.amount.times(sign));
      if (rest !== undefined) expect(expected.toFixed(2), `${date} ${one.id}`).toBe(rest.toFixed(2));
    }
  }
}

/** Checks that the last change is on each day on which the booked balance differs from the day before. */
function expectLastChange({ days }: WatchedBalances, quirks: readonly Quirk[]): void {
  if (!quirks.includes("lastChange") || quirks.includes("closingBalances")) return;
  for (const [at, day] of days.entries()) {
    const balance = balanceIn(day, "interimBooked");
    const changedOn = balance?.lastChangeDateTime?.slice(0, 10) ?? "";
    expect(changedOn <= day.date).toBe(true);
    const { lastCommittedTransaction: last } = balance ?? {};
    if (last !== undefined && day.booked.length > 0) expect(day.booked.map(({ id }) => id)).toContain(last);
    const before = days[at - 1];
    if (before === undefined) continue;
    const ids = ({ booked }: AccountDay) => booked.map(({ id, amount }) => `${id} ${amount}`).toSorted();
    const isOther = String(ids(before)) !== String(ids(day));
    if (isOther) expect(changedOn, day.date).toBe(day.date);
    else if (!quirks.includes("bookedHolds")) expect(changedOn < day.date, day.date).toBe(true);
  }
}

/** Checks what the documentation promises of savings accounts, of those in another currency, and of cards. */
function expectPromises(account: WatchedBalances, bank: string, closing: boolean): void {
  const [type, currency] = account.kind.split(" ");
  for (const at of account.days.keys()) {
    const booked = bookedOn(account, at, closing) ?? new Big(0);
    if (type === "SVGS" || (bank === "SANDBOX_HARD_4" && currency !== "EUR"))
      expect(booked.gte(0)).toBe(true);
    if (bank.startsWith("AMERICAN")) expect(booked.lte(0)).toBe(true);
  }
}

/** Checks that what was taken back, released or booked is in the lists for as long as the truth says. */
function expectAsTrue({ days, truth }: WatchedBalances): void {
  const last = days.at(-1);
  if (last === undefined) return;
  const today = new Set(last.booked.map(({ id }) => id));
  const start = String(days[0]?.date);
  for (const { id, bookedOn: booked, retractedOn, vanishedOn, pendingFrom } of truth) {
    const on = (list: "booked" | "pending") =>
      days.filter((day) => day[list].some((one) => one.id === id)).map(({ date }) => date);
    const end = retractedOn ?? vanishedOn;
    if (end !== null)
      for (const date of [...on("booked"), ...on("pending")]) expect(date < end, id).toBe(true);
    if (retractedOn !== null) expect([on("pending"), pendingFrom, vanishedOn]).toEqual([[], null, null]);
    if (booked !== null && booked > start) expect(today.has(id), id).toBe(retractedOn === null);
    if (booked === null && pendingFrom === null) expect(on("booked"), id).toEqual([]);
  }
}

function expectExplained(account: WatchedBalances, bank: string, quirks: readonly Quirk[]): void {
  expectBooked(account, quirks);
  expectAvailable(account, quirks);
  expectRunning(account, quirks);
  expectLastChange(account, quirks);
  expectPromises(account, bank, quirks.includes("closingBalances"));
  expectAsTrue(account);
}

describe("the balances of an account", () => {
  it("are explained by what the lists say on each day, whatever quirks a bank combines", async () => {
    await fc.assert(
      fc.asyncProperty(CASE, async ({ bank, seed, start, transactionsPerDay, histories, others }) => {
        const quirks = [...histories, ...others];
        const options = { seed, transactionsPerDay, now: `${start}T09:00:00Z`, quirks: { [bank]: quirks } };
        for (const account of await readDaily(bank, { days: 16, ...options }))
          expectExplained(account, bank, quirks);
      }),
      { numRuns: 25 },
    );
  });

  it.each<[string, number, readonly Quirk[]]>([
    ["SANDBOX_HARD_1", 2, PROFILES["hard-1"]],
    ["SANDBOX_HARD_3", 2, PROFILES["hard-3"]],
    ["SANDBOX_HARD_4", 3, PROFILES["hard-4"]],
    ["BAWAG_BAWAATWW", 2, ["lastChange", "takenBack", "lateArrivals"]],
    ["BAWAG_BAWAATWW", 2, ["lastChange", "bookedHolds", "vanishingPending"]],
    ["BAWAG_BAWAATWW", 2, ["lastChange", "lateArrivals", "closingBalances"]],
    ["BAWAG_BAWAATWW", 2, ["runningBalance", "lastChange", "lateArrivals"]],
    ["BAWAG_BAWAATWW", 2, ["runningBalance", "bookedHolds", "movingDates", "takenBack", "repeatedRows"]],
    ["AMERICAN_EXPRESS_AESUDEF1", 2, ["lateArrivals", "fuelHolds", "bookedHolds"]],
    ["SANDBOX_HARD_4", 3, ["bookedHolds", "takenBack", "fuelHolds"]],
  ])(
    "of all accounts at %s (%i) are explained over two months if its quirks are %j",
    async (bank, count, quirks) => {
      // Accounts in dollars and pounds are used on few days otherwise.
      const transactionsPerDay = bank === "SANDBOX_HARD_4" ? 3 : undefined;
      const options = { now: "2027-01-10T09:00:00Z", quirks: { [bank]: quirks }, transactionsPerDay };
      const accounts = await readDaily(bank, { days: 60, ...options });
      expect(accounts).toHaveLength(count);
      for (const account of accounts) expectExplained(account, bank, quirks);
    },
  );
});
