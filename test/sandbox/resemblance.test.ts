import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PAYLOAD_QUIRKS, PROFILES } from "../../packages/sandbox/src/banks/quirks.ts";
import { Resemblance } from "../../packages/sandbox/src/gocardless/payload/resemblance.ts";
import {
  stablePart,
  unstableMembers,
} from "../../packages/sandbox/src/gocardless/payload/unstable-members.ts";
import type { Observation, TrueTransaction } from "../../packages/sandbox/src/index.ts";
import { oneBankOfEachKind, play, SCENARIO } from "./scenarios.ts";
import { type Row, type WatchedAccount, watchAccount } from "./watched-account.ts";

/** How each response showed each entry: by entry, the response's account and number, and the list. */
type Shown = Map<string, Map<string, Row>>;

function shownBy(truth: readonly TrueTransaction[]): Shown {
  const place = ({ account, status }: Observation, response: number) => `${account} ${response} ${status}`;
  return new Map(
    truth
      .filter(({ observed }) => observed.length > 0)
      .map(({ id, observed }) => [
        id,
        new Map(
          observed.flatMap((form) =>
            form.seen.map(({ response }): [string, Row] => [place(form, response), form.payload]),
          ),
        ),
      ]),
  );
}

/** All rows of a response, each once also if the bank repeats it. */
function rowsOf({ booked, pending }: Pick<WatchedAccount["responses"][number], "booked" | "pending">): Row[] {
  const isRepeated = (row: Row, at: number) =>
    at > 0 && JSON.stringify(row) === JSON.stringify(booked[at - 1]);
  return [...booked.filter((row, at) => !isRepeated(row, at)), ...pending];
}

/** Members that say only where an entry stands, by the profile of the bank. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  "hard-2": ["transactionId", "internalTransactionId"],
  "hard-4": ["transactionId", "internalTransactionId"],
};

/**
 * The members by which nobody can recognise an entry: those that differ between the last two responses, between which
 * nothing has happened, and those that say only where it stands.
 */
function unstableIn(account: WatchedAccount, profile: string): Set<string> {
  const [before = [], after = []] = account.responses.slice(-2).map(rowsOf);
  const changing = before.flatMap((row, at) =>
    Object.keys(row).filter((name) => JSON.stringify(row[name]) !== JSON.stringify(after[at]?.[name])),
  );
  return new Set([...changing, ...(PLACES[profile] ?? [])]);
}

const without = (row: Row, names: ReadonlySet<string>) =>
  JSON.stringify(Object.entries(row).filter(([name]) => !names.has(name)));

/** For each key, the others that have the same value, sorted. */
function alike(values: ReadonlyMap<string, string>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [key, value] of values) groups.set(value, [...(groups.get(value) ?? []), key]);
  return new Map(
    [...values].map(([key, value]) => [
      key,
      (groups.get(value) ?? []).filter((other) => other !== key).toSorted(),
    ]),
  );
}

/** Checks all marks against what the responses showed. */
function expectMarks(account: WatchedAccount, profile: string): void {
  const truth = account.truth();
  const unstable = unstableIn(account, profile);
  // If two entries are exchanged, each response shows one where it showed the other.
  const lives = new Map(
    [...shownBy(truth)].map(([id, places]): [string, string] => [
      id,
      JSON.stringify([...places].map(([place, row]) => `${place} ${without(row, unstable)}`).toSorted()),
    ]),
  );
  const expected = alike(lives);
  for (const { id, indistinguishableFrom } of truth) {
    expect(indistinguishableFrom.toSorted(), id).toEqual(expected.get(id) ?? []);
  }
  const shownAs = new Map<string, Set<string>>();
  const forms = truth.flatMap(({ id, observed }) =>
    observed.map((form) => ({ id, form, text: `${form.status} ${without(form.payload, unstable)}` })),
  );
  for (const { id, text } of forms) shownAs.set(text, (shownAs.get(text) ?? new Set()).add(id));
  for (const { id, form, text } of forms) {
    expect([id, ...form.indistinguishableFrom].toSorted()).toEqual([...(shownAs.get(text) ?? [])].toSorted());
  }
}

/** Pairs of equal purchases: the same days, counterparty, text and amount. */
function twinsIn(truth: readonly TrueTransaction[]): [TrueTransaction, TrueTransaction][] {
  const keys = new Map(
    truth.map((one) => [
      one.id,
      `${one.valueOn} ${one.pendingFrom} ${one.bookedOn} ${one.counterparty} ${one.description} ${one.amount}`,
    ]),
  );
  const others = alike(keys);
  return truth.flatMap((one) => {
    const [other, ...more] = truth.filter(({ id }) => others.get(one.id)?.includes(id));
    const pair = other !== undefined && more.length === 0 && one.id < other.id;
    return pair ? [[one, other] satisfies [TrueTransaction, TrueTransaction]] : [];
  });
}

/** An account with many purchases, asked once a day. */
async function asked(bank: string, { days = 25, daily = 0, transactionsPerDay = 80 } = {}) {
  const account = await watchAccount(bank, { max_historical_days: days }, { transactionsPerDay });
  await account.ask();
  for (let day = 0; day < daily; day += 1) {
    await account.wait(1);
    await account.ask();
  }
  return account;
}

const lists = ({ observed }: TrueTransaction) => observed.map(({ status }) => status);

describe("entries that no reader can tell apart", () => {
  it.each(oneBankOfEachKind.map((bank) => [bank.profile, bank.id, bank] as const))(
    "at the %s bank %s exchanging two marked entries changes no response, and any other two differ in one",
    async (_profile, _id, bank) => {
      await fc.assert(
        fc.asyncProperty(SCENARIO, async (scenario) => {
          await using account = await play(bank, scenario);
          expectMarks(account, bank.profile);
        }),
        { numRuns: 5 },
      );
    },
  );

  it("two equal purchases are marked at a bank that sends no ids", async () => {
    await using account = await asked("DKB_BYLADEM1", { daily: 2 });
    const twins = twinsIn(account.truth()).filter(([one]) => one.observed.length > 0);
    expect(twins.length).toBeGreaterThan(3);
    for (const [one, other] of twins) {
      expect(one.indistinguishableFrom).toEqual([other.id]);
      expect(other.indistinguishableFrom).toEqual([one.id]);
      for (const form of one.observed) expect(form.indistinguishableFrom).toEqual([other.id]);
    }
  });

  it("two equal purchases are marked at a bank whose only different members change with each response", async () => {
    await using account = await asked("OTP_OTPVHUHB", { daily: 2 });
    const twins = twinsIn(account.truth()).filter(([one]) => one.observed.at(-1)?.status === "booked");
    const marked = twins.filter(([one, other]) => one.indistinguishableFrom.includes(other.id));
    expect(marked.length).toBeGreaterThan(3);
    const [one, other] = marked[0] ?? [];
    expect(one?.observed.at(-1)?.payload["internalTransactionId"]).not.toBe(
      other?.observed.at(-1)?.payload["internalTransactionId"],
    );
  });

  it("two equal pending entries without ids are marked until they are booked with ids of their own", async () => {
    await using account = await asked("DEUTSCHE_BANK_DEUTDEFF", { daily: 12 });
    const booked = () => twinsIn(account.truth()).filter(([one]) => String(lists(one)) === "pending,booked");
    const pair = booked().find(([one]) => (one.pendingFrom ?? "") > "2026-11-23");
    expect(booked().length).toBeGreaterThan(0);
    for (const [one, other] of booked()) {
      expect([one.indistinguishableFrom, other.indistinguishableFrom]).toEqual([[], []]);
      expect(one.observed.map((form) => form.indistinguishableFrom)).toEqual([[other.id], []]);
    }
    // Seen only while they were pending, they are the same to the reader.
    const at = pair?.[0].pendingFrom ?? "";
    await using early = await watchAccount("DEUTSCHE_BANK_DEUTDEFF", {}, { transactionsPerDay: 80 });
    await early.wait((Date.parse(at) - Date.parse("2026-11-23")) / 86_400_000);
    await early.ask();
    const twin = early.truth().find(({ id }) => id === pair?.[0].id);
    expect(twin?.indistinguishableFrom).toEqual([pair?.[1].id]);
  });

  it("of two equal purchases of which one arrives late, the rows are marked and the entries are not", async () => {
    await using account = await asked("OTP_OTPVHUHB", { daily: 40 });
    const apart = twinsIn(account.truth())
      .filter((pair) => pair.every((one) => one.observed.at(-1)?.status === "booked"))
      .filter(([one, other]) => !one.indistinguishableFrom.includes(other.id))
      .filter(([one, other]) => {
        const first = ({ observed }: TrueTransaction) =>
          observed.find(({ status }) => status === "booked")?.on;
        return first(one) !== first(other);
      });
    expect(apart.length).toBeGreaterThan(0);
    for (const [one, other] of apart) {
      expect(one.observed.at(-1)?.indistinguishableFrom).toEqual([other.id]);
      expect(other.observed.at(-1)?.indistinguishableFrom).toEqual([one.id]);
    }
  });

  it("entries that no response showed are not marked", async () => {
    await using account = await asked("DKB_BYLADEM1");
    await account.wait(30);
    const unseen = twinsIn(account.truth()).filter(([one]) => one.observed.length === 0);
    expect(unseen.length).toBeGreaterThan(0);
    for (const pair of unseen) expect(pair.map((one) => one.indistinguishableFrom)).toEqual([[], []]);
  });

  it("groups do not overlap: an entry that resembles two others while pending is in one group with neither", () => {
    const resemblance = new Resemblance();
    const pending = resemblance.formOf("pending", "coffee");
    const first = resemblance.formOf("booked", "coffee 1");
    const second = resemblance.formOf("booked", "coffee 2");
    for (const id of ["vanished", "one", "two", "three"]) resemblance.note(id, 0, pending);
    resemblance.note("one", 1, first);
    resemblance.note("two", 1, second);
    resemblance.note("three", 1, second);
    expect(resemblance.groups()).toEqual([["vanished"], ["one"], ["two", "three"]]);
    expect(resemblance.shownAs(pending).size).toBe(4);
    expect([...resemblance.shownAs(second)]).toEqual(["two", "three"]);
  });

  it("entries differ if a response showed one of them only, or each in another list", () => {
    const resemblance = new Resemblance();
    const pending = resemblance.formOf("pending", "coffee");
    const booked = resemblance.formOf("booked", "coffee");
    resemblance.note("one", 0, pending);
    resemblance.note("two", 0, booked);
    resemblance.note("three", 1, pending);
    expect(resemblance.groups()).toEqual([["one"], ["two"], ["three"]]);
    expect([...resemblance.shownAs(pending)]).toEqual(["one", "three"]);
  });

  it.each(oneBankOfEachKind.map((bank) => [bank.id, bank] as const))(
    "between two responses at one time, %s changes only the members that count as unstable",
    async (_id, bank) => {
      await using account = await watchAccount(bank.id, { max_historical_days: 60 });
      await account.ask();
      await account.ask();
      const quirks = PAYLOAD_QUIRKS.filter((quirk) => PROFILES[bank.profile].some((one) => one === quirk));
      const unstable = unstableMembers(quirks);
      const stable = account.responses.map((response) => [
        ...rowsOf({ ...response, pending: [] }).map((row) => stablePart(row, unstable.booked)),
        ...response.pending.map((row) => stablePart(row, unstable.pending)),
      ]);
      expect(stable[0]).toEqual(stable[1]);
      expect(unstableIn(account, bank.profile)).toEqual(unstable.booked);
    },
  );
});
