import Big from "big.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dateOfDay } from "../../packages/sandbox/src/banks/day.ts";
import { bookedBalance } from "../../packages/sandbox/src/banks/history.ts";
import { accountsAt, banks, truthOf } from "../../packages/sandbox/src/banks/index.ts";
import { decimal } from "../../packages/sandbox/src/banks/money.ts";
import { startSandbox, type TrueTransaction } from "../../packages/sandbox/src/index.ts";
import { expectEveryRowOnce } from "./every-row-once.ts";
import { oneBankOfEachKind, play, SCENARIO } from "./scenarios.ts";
import { watchAccount } from "./watched-account.ts";

const text = (value: unknown) => JSON.stringify(value);
const observedIn = (truth: readonly TrueTransaction[]) => truth.filter(({ observed }) => observed.length > 0);

/** All but the banks that list holds as booked: their balances include what is not booked yet. */
const unusual = banks.filter(({ profile }) => !["calm", "hard-1", "hard-3"].includes(profile));
describe("what happened", () => {
  it("booked transactions add up to the difference of the balances at every bank with quirks", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...unusual),
        fc.nat(400),
        fc.integer({ min: 1, max: 60 }),
        (bank, first, length) => {
          const [account] = accountsAt(bank, { seed: 3 });
          if (account === undefined) throw new Error("no account");
          const day = 20_000 + first;
          const from = dateOfDay(day - 10);
          const bookedBy = (on: number) =>
            truthOf(account, from, new Date(`${dateOfDay(on)}T12:00:00Z`), new Map())
              .filter(({ bookedOn, retractedOn }) => bookedOn !== null && retractedOn === null)
              .reduce((sum, { amount }) => sum.plus(amount), new Big(0));
          const moved = bookedBy(day + length).minus(bookedBy(day));
          expect(new Big(decimal(bookedBalance(account, day))).plus(moved).toFixed(2)).toBe(
            decimal(bookedBalance(account, day + length)),
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it("the truth is also served as JSON, and is an error for payloads of the tester's own", async () => {
    await using account = await watchAccount("DEUTSCHE_BANK_DEUTDEFF", { max_historical_days: 90 });
    await account.ask();
    const root = new URL("/_sandbox/", account.sandbox.baseUrl);
    const served = await (await fetch(new URL(`accounts/${account.id()}/truth`, root))).json();
    expect(served).toEqual(JSON.parse(text(account.truth())));
    const one: TrueTransaction | undefined = account
      .truth()
      .find(({ pendingFrom, bookedOn }) => pendingFrom && bookedOn);
    expect(one?.observed).toHaveLength(1);
    account.sandbox.setTransactions(account.id(), { booked: [] });
    expect(account.truth).toThrow("payloads of your own");
    expect(() => account.sandbox.truth("nobody")).toThrow("There is no account nobody");
  });

  it("the truth lists an entry before the history that a response showed for its value date", async () => {
    await using account = await watchAccount("CREDIT_AGRICOLE_AGRIFRPP", { max_historical_days: 395 });
    const before = account.truth().map(({ id }) => id);
    await account.ask();
    expect(account.truth().map(({ id }) => id)).toEqual(before);
    const booked = account.responses[0]?.booked.length;
    const known = account
      .truth()
      .filter(({ observed }) => observed.some(({ status }) => status === "booked"));
    expect(known.length).toBe(booked);
    const start = "2025-10-24";
    const early = known.filter(({ bookedOn }) => (bookedOn ?? "") < start);
    expect(early.length).toBeGreaterThan(0);
    expect(early.every(({ valueOn, pendingFrom }) => valueOn >= start && (pendingFrom ?? "") < start)).toBe(
      true,
    );
  });

  it.each(oneBankOfEachKind.map((bank) => [bank.profile, bank.id, bank] as const))(
    "at the %s bank %s the truth assigns every row of every response to exactly one entry",
    async (_profile, _id, bank) => {
      await fc.assert(
        fc.asyncProperty(SCENARIO, async (scenario) => {
          await using account = await play(bank, scenario);
          expectEveryRowOnce(account, account.truth());
        }),
        { numRuns: 5 },
      );
    },
  );

  it("a form has the date and all places at which it was shown, and forms are listed oldest first", async () => {
    await using account = await watchAccount("DEUTSCHE_BANK_DEUTDEFF", { max_historical_days: 2 });
    await account.ask();
    await account.wait(5);
    await account.ask("?date_from=2026-11-28");
    await account.ask("?date_from=2026-11-21");
    const one = account.truth().find(({ observed }) => observed.length === 2);
    const id = account.id();
    expect(one?.observed).toMatchObject([
      { on: "2026-11-23", account: id, status: "pending" },
      { on: "2026-11-28", account: id, status: "booked" },
    ]);
    expect(one?.observed[0]?.seen).toEqual([{ response: 0, position: expect.any(Number) }]);
    expect(one?.observed[1]?.seen.map(({ response }) => response)).toEqual([2]);
    await account.ask("?date_from=2026-11-21");
    const again = account.truth().find(({ id: same }) => same === one?.id);
    expect(again?.observed[1]?.seen.map(({ response }) => response)).toEqual([2, 3]);
    expect(again?.observed[1]?.on).toBe("2026-11-28");
  });
});

describe("a restored sandbox", () => {
  it("what a response showed stays in the truth even if the clock is set back", async () => {
    await using account = await watchAccount("DEUTSCHE_BANK_DEUTDEFF", { max_historical_days: 30 });
    await account.ask();
    const state = account.sandbox.save();
    await using earlier = await startSandbox({ state, now: "2026-11-01T09:00:00Z" });
    expectEveryRowOnce(account, earlier.truth(account.id()));
  });
});

describe("an account with several ids", () => {
  const bank = "DKB_BYLADEM1";

  it("the truth is the same under each of them, from the start of the longest history, and names the id that showed a form", async () => {
    await using account = await watchAccount(bank, { max_historical_days: 60 });
    const old = account.id();
    await account.ask();
    await account.wait(2);
    await account.reconnect({ max_historical_days: 10 });
    expect(account.id()).not.toBe(old);
    await account.ask();
    expect(account.sandbox.truth(old)).toEqual(account.truth());
    expectEveryRowOnce(account, account.truth());
    expect(account.truth().some(({ pendingFrom }) => (pendingFrom ?? "9") < "2026-10-01")).toBe(true);
    const accounts = account.truth().map(({ observed }) => observed.map((form) => form.account));
    expect(accounts.filter((one) => String(one) === `${old},${account.id()}`).length).toBeGreaterThan(3);
  });

  it("forms that two of them showed at one time are listed in the order of the responses", async () => {
    await using account = await watchAccount(bank, { max_historical_days: 10 });
    const old = account.id();
    await account.reconnect({ max_historical_days: 10 });
    const order = [account.id(), old, account.id()];
    for (const id of order) await account.send("GET", `/accounts/${id}/transactions/`);
    const [one] = account.truth().filter(({ observed }) => observed.length > 0);
    expect(one?.observed.map((form) => form.account)).toEqual(order);
    expect(one?.observed.map(({ seen }) => seen[0]?.response)).toEqual([0, 0, 1]);
  });

  it("the truth keeps what was read before the requisition was deleted", async () => {
    await using account = await watchAccount(bank, { max_historical_days: 60 });
    await account.ask();
    const before = observedIn(account.truth()).length;
    await account.disconnect();
    expect(observedIn(account.truth()).length).toBe(before);
    await account.reconnect({ max_historical_days: 5 });
    expect(observedIn(account.truth()).length).toBe(before);
    expect(before).toBeGreaterThan(40);
  });

  it("payloads of the tester's own show nothing that really happened", async () => {
    await using account = await watchAccount(bank, { max_historical_days: 60 });
    account.sandbox.setTransactions(account.id(), { booked: [{ transactionId: "mine" }] });
    await account.ask();
    expect(account.responses[0]?.booked).toEqual([{ transactionId: "mine" }]);
    await account.reconnect({ max_historical_days: 60 });
    expect(account.truth().length).toBeGreaterThan(40);
    expect(observedIn(account.truth())).toEqual([]);
  });
});
