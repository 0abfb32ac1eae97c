import Big from "big.js";
import { describe, expect, it } from "vitest";
import { dateOfDay, dayNumber } from "../../packages/sandbox/src/banks/day.ts";
import { bookedBalance, bookedBetween } from "../../packages/sandbox/src/banks/history.ts";
import { accountsAt, banks, type SandboxAccount } from "../../packages/sandbox/src/banks/index.ts";
import { accountsPerBankFor } from "../../packages/sandbox/src/gocardless/populate.ts";
import { startSandbox } from "../../packages/sandbox/src/index.ts";
import { plainClient } from "./plain-client.ts";

const SIZES = [
  {},
  { transactionsPerDay: 0 },
  { transactionsPerDay: 40 },
  { count: 5, transactionsPerDay: 1 },
];
/** Early years, when little was saved; a leap day, a year's end, and the end of a century. */
const STARTS = ["1990-01-10", "2024-02-10", "2026-12-10", "2099-12-10"];

/** The lowest and the highest balance of an account in the two months from a date on, after each entry. */
function extremes(account: SandboxAccount, from: string): { lowest: bigint; highest: bigint } {
  const first = dayNumber(from);
  let balance = bookedBalance(account, first - 1);
  let [lowest, highest] = [balance, balance];
  for (const { minor } of bookedBetween(account, first, first + 60)) {
    balance += minor;
    if (balance < lowest) lowest = balance;
    if (balance > highest) highest = balance;
  }
  expect(balance).toBe(bookedBalance(account, first + 60));
  return { lowest, highest };
}

const accountsOf = (kind: SandboxAccount["kind"]) =>
  banks
    .flatMap((bank) => SIZES.flatMap((size) => [1, 2].flatMap((seed) => accountsAt(bank, { seed, ...size }))))
    .filter((account) => account.kind === kind && !account.historyQuirks.includes("lateArrivals"));

describe("what an account holds", () => {
  it.each(["savings", "currency"] as const)(
    "a %s account is never overdrawn, not even within a day",
    (kind) => {
      for (const account of accountsOf(kind)) {
        for (const from of STARTS) {
          expect(extremes(account, from).lowest, `${account.bank} ${from}`).toBeGreaterThanOrEqual(0n);
        }
      }
    },
  );

  it("a card never holds money, and owes nothing if nothing is bought with it", () => {
    for (const account of accountsOf("card")) {
      for (const from of STARTS) {
        const { lowest, highest } = extremes(account, from);
        expect(highest, account.bank).toBeLessThanOrEqual(0n);
        if (account.transactionsPerDay === 0) expect(lowest).toBe(0n);
        else expect(lowest).toBeLessThan(0n);
      }
    }
  });

  it("neither what is only reserved or taken back nor what arrives late breaks these promises", () => {
    const quirks = ["bookedHolds", "takenBack", "fuelHolds", "lateArrivals", "movingDates"] as const;
    for (const [id, isPromised] of [
      ["WISE_TRWIGB22", (balance: bigint) => balance >= 0n],
      ["AMERICAN_EXPRESS_AESUDEF1", (balance: bigint) => balance <= 0n],
    ] as const) {
      const bank = banks.find((one) => one.id === id);
      if (bank === undefined) throw new Error(`There is no bank ${id}.`);
      const accounts = accountsAt({ ...bank, quirks }, { seed: 1, transactionsPerDay: 3 });
      const first = dayNumber("2026-01-01");
      for (const account of accounts.filter(({ kind }) => kind !== "current")) {
        for (let day = first; day < first + 700; day += 1)
          expect(isPromised(bookedBalance(account, day)), `${id} ${dateOfDay(day)}`).toBe(true);
      }
    }
  });

  it("no entry is of nothing", () => {
    for (const account of accountsOf("savings")) {
      const first = dayNumber("1990-01-01");
      for (const { minor } of bookedBetween(account, first, first + 90)) expect(minor).not.toBe(0n);
    }
  });
});

describe("what is moved between own accounts", () => {
  it("each conversion is booked on both accounts on one day, at one price", async () => {
    await using client = await plainClient({ rateLimits: false });
    const { accounts } = await client.connect("WISE_TRWIGB22", { max_historical_days: 365 });
    const conversions = [];
    for (const id of accounts) {
      const { body } = await client.send("GET", `/accounts/${id}/transactions/`);
      const booked: Record<string, unknown>[] = body.transactions.booked;
      conversions.push(
        booked.filter((one) => String(one["remittanceInformationUnstructured"]).startsWith("Converted")),
      );
    }
    const sideOf = (one: Record<string, unknown>) => {
      const amount = one["transactionAmount"];
      const [exchange] = [one["currencyExchange"]].flat();
      return {
        on: one["bookingDate"],
        text: one["remittanceInformationUnstructured"],
        amount: JSON.parse(JSON.stringify(amount)),
        other: JSON.parse(JSON.stringify(exchange)),
      };
    };
    const [euros = [], ...others] = conversions.map((list) => list.map(sideOf));
    expect(others.flat().length).toBeGreaterThanOrEqual(22);
    expect(euros).toHaveLength(others.flat().length);
    for (const { on, text, amount, other } of others.flat()) {
      const found = euros.find((one) => one.on === on && one.text === text);
      expect(new Big(other.instructedAmount.amount).eq(new Big(amount.amount).abs())).toBe(false);
      expect(new Big(found?.amount.amount ?? 0).abs().toFixed(2)).toBe(other.instructedAmount.amount);
      expect(found?.other.instructedAmount.amount).toBe(new Big(amount.amount).abs().toFixed(2));
      expect(found?.amount.amount.startsWith("-")).not.toBe(amount.amount.startsWith("-"));
      // A pound costs more than a euro, and a dollar less.
      const price = Number(other.exchangeRate);
      expect(price).toBeGreaterThan(amount.currency === "GBP" ? 1.1 : 0.8);
      expect(price).toBeLessThan(amount.currency === "GBP" ? 1.3 : 1);
      expect(Number(found?.other.exchangeRate) * price).toBeCloseTo(1, 2);
    }
  });

  it("a current account is linked with a savings account beside it, however many accounts there are", async () => {
    for (const accounts of [1, 70, 140, 200, 500])
      expect(accountsPerBankFor(accounts) % 2, `${accounts}`).toBe(0);
    await using sandbox = await startSandbox({ accounts: 200, now: "2026-11-23T09:00:00Z" });
    expect(sandbox.state().accounts).toHaveLength(200);
  });

  it("neither account of Sandbox Finance sends money to the other one without its arriving", () => {
    const [bank] = banks;
    const accounts = bank === undefined ? [] : accountsAt(bank, { seed: 1 });
    const last = dayNumber("2026-11-23");
    for (const account of accounts) {
      const ibans = bookedBetween(account, last - 90, last).map(({ counterpartyIban }) => counterpartyIban);
      for (const { iban } of accounts) expect(ibans).not.toContain(iban);
    }
  });
});

describe("times", () => {
  it.each(["NATWEST_NWBKGB2L", "STARLING_SRLGGB2L", "HSBC_HBUKGB4B"])(
    "no time of an entry or of a balance of %s is later than the clock, even at midnight",
    async (id) => {
      await using client = await plainClient({ rateLimits: false, now: "2026-11-22T23:00:00Z" });
      const { accounts } = await client.connect(id);
      for (let count = 0; count < 8; count += 1) {
        const now = client.sandbox.now();
        const { body } = await client.send("GET", `/accounts/${accounts[0]}/transactions/`);
        const { body: balances } = await client.send("GET", `/accounts/${accounts[0]}/balances/`);
        const times = JSON.stringify([body.transactions, balances]).match(/\d{4}-\d\d-\d\dT[^"]+/g) ?? [];
        expect(times.length).toBeGreaterThan(100);
        for (const time of times) expect(Date.parse(time), time).toBeLessThanOrEqual(Date.parse(now));
        client.sandbox.advanceTime({ hours: count % 2 === 0 ? 1 : 23 });
        await client.logIn();
      }
      expect(client.sandbox.now()).toBe(`${dateOfDay(dayNumber("2026-11-26"))}T23:00:00.000Z`);
    },
  );

  it("purchases at two British banks are not made at the same times", async () => {
    await using client = await plainClient({ rateLimits: false });
    const times = [];
    for (const id of ["NATWEST_NWBKGB2L", "STARLING_SRLGGB2L"]) {
      const { accounts } = await client.connect(id);
      const { body } = await client.send("GET", `/accounts/${accounts[0]}/transactions/`);
      const booked: Record<string, unknown>[] = body.transactions.booked;
      times.push(booked.map((one) => String(one["valueDateTime"])).filter((time) => time.endsWith("Z")));
    }
    const [first = [], second = []] = times;
    expect(first.length).toBeGreaterThan(50);
    expect(first.filter((time) => second.includes(time))).toEqual([]);
  });
});
