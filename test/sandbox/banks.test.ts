import Big from "big.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AccountTransactions } from "../../packages/core/src/index.ts";
import { dateOfDay } from "../../packages/sandbox/src/banks/day.ts";
import { bookedBalance, decimal } from "../../packages/sandbox/src/banks/history.ts";
import {
  accountsAt,
  banks,
  PROFILES,
  type ProfileName,
  truthOf,
} from "../../packages/sandbox/src/banks/index.ts";
import type { TrueTransaction } from "../../packages/sandbox/src/index.ts";
import { plainClient } from "./plain-client.ts";

type Entry = Record<string, unknown> & { transactionAmount: { amount: unknown; currency: string } };

/** The bank of a profile, connected, and asked once. */
async function asked(profile: ProfileName) {
  const bank = banks.find((one) => one.profile === profile);
  if (bank === undefined) throw new Error(`no bank is ${profile}`);
  const client = await plainClient({ rateLimits: false });
  const { accounts } = await client.connect(bank.id, { max_historical_days: 90 });
  const id = String(accounts[0]);
  const ask = async () => {
    const { status, body } = await client.send("GET", `/accounts/${id}/transactions/`);
    expect(status).toBe(200);
    const { booked, pending }: { booked: Entry[]; pending?: Entry[] } = body.transactions;
    return { body, booked, pending: pending ?? [] };
  };
  const truth = () => client.sandbox.truth(id);
  const reported = (status: "booked" | "pending") =>
    truth().flatMap((one) => {
      const seen = one.observed.filter((form) => form.status === status).at(-1);
      return seen === undefined ? [] : [{ one, payload: seen.payload }];
    });
  return {
    client,
    id,
    ask,
    truth,
    reported,
    ...(await ask()),
    [Symbol.asyncDispose]: () => client.sandbox.close(),
  };
}

const minus = (amount: string) => new Big(amount).times(-1).toFixed(2);

describe("a bank with a profile", () => {
  it("nameless: no ids at all, the text twice", async () => {
    await using bank = await asked("nameless");
    for (const entry of bank.booked) {
      expect(entry).not.toHaveProperty("transactionId");
      expect(entry).not.toHaveProperty("internalTransactionId");
      expect(entry["remittanceInformationUnstructuredArray"]).toEqual([
        entry["remittanceInformationUnstructured"],
      ]);
    }
  });

  it("blank: ids that say nothing, a steadier entry reference, nulls", async () => {
    await using bank = await asked("blank");
    expect(new Set(bank.booked.map((entry) => entry["transactionId"]))).toEqual(
      new Set([" ", "NOTPROVIDED"]),
    );
    const references = bank.booked.map((entry) => entry["entryReference"]);
    expect(new Set(references).size).toBe(references.length);
    expect((await bank.ask()).booked.map((entry) => entry["entryReference"])).toEqual(references);
    expect(bank.booked.every((entry) => entry["ultimateCreditor"] === null)).toBe(true);
  });

  it("batch: an id a month for all, one id for what is pending, the oldest first", async () => {
    await using bank = await asked("batch");
    const ids = bank.booked.map((entry) => entry["transactionId"]);
    expect(new Set(ids).size).toBeLessThanOrEqual(4);
    expect(ids.length).toBeGreaterThan(40);
    bank.client.sandbox.advanceTime({ hours: 23 });
    const { pending } = await bank.ask();
    expect(new Set(pending.map((entry) => entry["transactionId"]))).toEqual(new Set(["PENDING"]));
    const dates = bank.booked.map((entry) => String(entry["bookingDate"]));
    expect(dates).toEqual(dates.toSorted());
  });

  it("restless: ids that change from call to call, a reference that does not", async () => {
    await using bank = await asked("restless");
    const again = (await bank.ask()).booked;
    for (const [at, entry] of bank.booked.entries()) {
      expect(again[at]?.["transactionId"]).not.toBe(entry["transactionId"]);
      expect(again[at]?.["internalTransactionId"]).not.toBe(entry["internalTransactionId"]);
      expect(again[at]?.["entryReference"]).toBe(entry["entryReference"]);
    }
    const [one] = bank.reported("booked");
    expect(one?.one.observed).toHaveLength(2);
  });

  it("swapped: the dates the wrong way round, and structured text alone", async () => {
    await using bank = await asked("swapped");
    for (const { one, payload } of bank.reported("booked")) {
      expect(payload).toMatchObject({
        bookingDate: one.valueOn,
        valueDate: one.bookedOn,
        remittanceInformationStructured: one.description,
      });
      expect(payload).not.toHaveProperty("remittanceInformationUnstructured");
    }
  });

  it("ahead: dates with a time, and values in the future", async () => {
    await using bank = await asked("ahead");
    expect(bank.booked.every((entry) => /T00:00:00\.000Z$/.test(String(entry["bookingDate"])))).toBe(true);
    expect(bank.booked.some((entry) => String(entry["valueDate"]) > "2026-11-24")).toBe(true);
  });

  it("verbose: text cut at 140 beside the whole, fields that nobody documents", async () => {
    await using bank = await asked("verbose");
    for (const { one, payload } of bank.reported("booked")) {
      expect(String(payload["remittanceInformationUnstructured"])).toHaveLength(140);
      expect(String(payload["remittanceInformationUnstructuredArray"])).toContain(
        `${one.description} Terminal`,
      );
      expect(payload).toHaveProperty("additionalDataStructured.cardInstrument");
    }
    const { account } = (await bank.client.send("GET", `/accounts/${bank.id}/details/`)).body;
    expect(account).toMatchObject({ ownerAddressUnstructured: ["12 Harbour Street", "Springfield"] });
    expect(account.linkedAccounts).toBeTypeOf("string");
  });

  it("terse: additional information alone, no transaction id, no value date", async () => {
    await using bank = await asked("terse");
    for (const { one, payload } of bank.reported("booked")) {
      expect(payload["additionalInformation"]).toContain(one.description);
      for (const name of [
        "transactionId",
        "valueDate",
        "creditorName",
        "remittanceInformationUnstructured",
      ]) {
        expect(payload).not.toHaveProperty(name);
      }
      expect(payload).toHaveProperty("internalTransactionId");
    }
  });

  it("card: signs turned round, nothing said of pending ones", async () => {
    await using bank = await asked("card");
    expect(bank.body.transactions).not.toHaveProperty("pending");
    expect(bank.reported("pending")).toEqual([]);
    for (const { one, payload } of bank.reported("booked")) {
      expect(amountOf(payload)).toBe(minus(one.amount));
    }
    const { balances } = (await bank.client.send("GET", `/accounts/${bank.id}/balances/`)).body;
    expect(balances.map((one: { balanceType: string }) => one.balanceType)).toEqual([
      "closingBooked",
      "expected",
    ]);
    expect(balances[0]).not.toHaveProperty("referenceDate");
  });

  it("fickle: pending ones vanish, and come back changed", async () => {
    await using bank = await asked("fickle");
    for (let day = 0; day < 20; day += 1) {
      bank.client.sandbox.advanceTime({ days: 1 });
      await bank.client.logIn();
      await bank.ask();
    }
    const seen = bank.truth().filter(({ observed }) => observed[0]?.status === "pending");
    const vanished = seen.filter(({ vanishedOn }) => vanishedOn !== null);
    expect(vanished.length).toBeGreaterThan(0);
    for (const { bookedOn, observed } of vanished) {
      expect(bookedOn).toBeNull();
      expect(observed.every(({ status }) => status === "pending")).toBe(true);
    }
    const changed = seen.filter(
      ({ bookedOn, amount, observed }) =>
        bookedOn !== null &&
        amountOf(observed[0]?.payload) !== amount &&
        amountOf(observed.at(-1)?.payload) === amount,
    );
    expect(changed.length).toBeGreaterThan(0);
    expect(changed[0]?.observed[0]?.payload["remittanceInformationUnstructured"]).toMatch(/^Reserved/);
  });

  it("late: entries turn up days after the date that they bear", async () => {
    await using bank = await asked("late");
    const firstSeen = new Map<string, string>();
    for (let day = 0; day < 20; day += 1) {
      for (const { one } of bank.reported("booked")) {
        if (!firstSeen.has(one.id)) firstSeen.set(one.id, bank.client.sandbox.now().slice(0, 10));
      }
      bank.client.sandbox.advanceTime({ days: 1 });
      await bank.client.logIn();
      await bank.ask();
    }
    const late = bank
      .reported("booked")
      .filter(({ one }) => (one.bookedOn ?? "") > "2026-11-24")
      .filter(({ one, payload }) => (firstSeen.get(one.id) ?? "") > String(payload["bookingDate"]));
    expect(late.length).toBeGreaterThan(0);
  });

  it("numeric: amounts as numbers, an object for the exchange, pending beside the transactions", async () => {
    await using bank = await asked("numeric");
    expect(bank.booked.every(({ transactionAmount }) => typeof transactionAmount.amount === "number")).toBe(
      true,
    );
    expect(bank.body.transactions).not.toHaveProperty("pending");
    expect(bank.body.pending.length).toBeGreaterThan(0);
    const exchanges = bank.booked
      .map((entry) => entry["currencyExchange"])
      .filter((one) => one !== undefined);
    expect(exchanges.length).toBeGreaterThan(0);
    expect(exchanges.some(Array.isArray)).toBe(false);
    const read = AccountTransactions.parse({ ...bank.body });
    expect(read.transactions.booked).toHaveLength(bank.booked.length);
  });

  it("generous: a credit limit inside what is available, pending ones without their sign", async () => {
    await using bank = await asked("generous");
    const { balances } = (await bank.client.send("GET", `/accounts/${bank.id}/balances/`)).body;
    const [booked, available] = balances;
    expect(available).toMatchObject({ balanceType: "interimAvailable", creditLimitIncluded: true });
    const pending = bank.reported("pending").reduce((sum, { one }) => sum.plus(one.amount), new Big(0));
    const real = new Big(booked.balanceAmount.amount).plus(pending);
    expect(new Big(available.balanceAmount.amount).minus(real).toFixed(2)).toBe("1000.00");
    expect(bank.pending.length).toBeGreaterThan(0);
    expect(bank.pending.every(({ transactionAmount }) => Number(transactionAmount.amount) >= 0)).toBe(true);
  });

  it("encoded: HTML entities and escapes in the text", async () => {
    await using bank = await asked("encoded");
    const text = JSON.stringify(bank.booked);
    for (const sign of ["Fresh &amp; Near", "O&#39;Dell", "Caf\\\\U00E9"]) expect(text).toContain(sign);
    expect(text).not.toContain("é");
  });

  it("sandboxfinance: ids as the service's own test bank has them, and one pending entry without", async () => {
    await using bank = await asked("sandboxfinance");
    expect(bank.booked.every((entry) => /^\d{16}-\d$/.test(String(entry["transactionId"])))).toBe(true);
    expect(new Set(bank.booked.map((entry) => entry["transactionId"])).size).toBe(bank.booked.length);
    expect(bank.pending).toHaveLength(1);
    expect(bank.pending[0]).not.toHaveProperty("transactionId");
  });

  it("of each kind is there, and the table of the documentation names every quirk of it", async () => {
    const { readFile } = await import("node:fs/promises");
    const documentation = await readFile(new URL("../../docs/sandbox.md", import.meta.url), "utf8");
    for (const [profile, quirks] of Object.entries(PROFILES)) {
      const having = banks.filter((one) => one.profile === profile);
      expect(having.length, profile).toBeGreaterThan(0);
      if (quirks.length === 0) continue;
      const row = documentation.split("\n").find((line) => line.startsWith(`| \`${profile}\` |`)) ?? "";
      for (const quirk of quirks) expect(row, profile).toContain(`\`${quirk}\``);
      for (const { id } of having) expect(row, profile).toContain(`\`${id}\``);
    }
    expect(Object.keys(PROFILES).length).toBeGreaterThanOrEqual(14);
  });
});

describe("the truth behind the payloads", () => {
  const unusual = banks.filter(({ profile }) => profile !== "calm");

  it("of any bank: what is booked adds up to the balance, nothing vanishes but what never counted", () => {
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
              .filter(({ bookedOn }) => bookedOn !== null)
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

  it("shows every entry of a response exactly once, whatever the bank makes of it", async () => {
    for (const profile of ["storm", "fickle", "late", "restless", "card"] as const) {
      await using bank = await asked(profile);
      const today = bank.client.sandbox.now().slice(0, 10);
      const seen = bank
        .truth()
        .flatMap(({ observed }) =>
          observed.map(({ on, status, payload }) => ({ on, status, text: JSON.stringify(payload) })),
        );
      const shown = [
        ...bank.booked.map((entry) => ({ on: today, status: "booked", text: JSON.stringify(entry) })),
        ...bank.pending.map((entry) => ({ on: today, status: "pending", text: JSON.stringify(entry) })),
      ];
      const sorted = (list: { text: string }[]) => list.toSorted((a, b) => (a.text < b.text ? -1 : 1));
      expect(sorted(seen)).toEqual(sorted(shown));
    }
  });

  it("is served as JSON, and rejected for payloads of one's own", async () => {
    await using bank = await asked("calm");
    const root = new URL("/_sandbox/", bank.client.sandbox.baseUrl);
    const served = await (await fetch(new URL(`accounts/${bank.id}/truth`, root))).json();
    expect(served).toEqual(JSON.parse(JSON.stringify(bank.truth())));
    const one: TrueTransaction | undefined = bank
      .truth()
      .find(({ pendingFrom, bookedOn }) => pendingFrom && bookedOn);
    expect(one?.observed).toHaveLength(1);
    bank.client.sandbox.setTransactions(bank.id, { booked: [] });
    expect(bank.truth).toThrow("payloads of your own");
    expect(() => bank.client.sandbox.truth("nobody")).toThrow("There is no account nobody");
  });
});

describe("what a bank allows", () => {
  it("less than the service: its own error response, in its own words", async () => {
    await using client = await plainClient();
    const { accounts } = await client.connect("KBC_KREDBEBB");
    const statuses = [];
    for (let call = 0; call < 3; call += 1) {
      statuses.push((await client.send("GET", `/accounts/${accounts[0]}/balances/`)).body.type ?? "answered");
    }
    expect(statuses).toEqual(["answered", "answered", "RateLimitError"]);
  });

  it("a separate consent for what comes: a long history stands still until there is a short one", async () => {
    await using client = await plainClient({ rateLimits: false });
    const newest = async (id: string) =>
      (await client.send("GET", `/accounts/${id}/transactions/`)).body.transactions.booked[0].bookingDate;
    const { accounts } = await client.connect("COMMERZBANK_COBADEFF", { max_historical_days: 365 });
    client.sandbox.advanceTime({ days: 20 });
    await client.logIn();
    const id = String(accounts[0]);
    expect((await newest(id)) <= "2026-11-23").toBe(true);
    expect(
      (await client.send("GET", `/accounts/${id}/transactions/`)).body.transactions.pending.length,
    ).toBeGreaterThan(0);
    const again = await client.connect("COMMERZBANK_COBADEFF", { max_historical_days: 90 });
    expect(again.accounts).toEqual(accounts);
    expect((await newest(id)) > "2026-12-01").toBe(true);
    const { booked } = (await client.send("GET", `/accounts/${id}/transactions/`)).body.transactions;
    expect(booked.at(-1).bookingDate < "2026-02-01").toBe(true);
  });

  it("accounts that are prepared first: 409 until they are ready", async () => {
    await using client = await plainClient();
    const { accounts } = await client.connect("SANTANDER_BSCHESMM");
    const look = async () => {
      const data = await client.send("GET", `/accounts/${accounts[0]}/balances/`);
      const { status } = (await client.send("GET", `/accounts/${accounts[0]}/`)).body;
      return [data.status, data.body.status ?? null, status];
    };
    expect(await look()).toEqual([409, "DISCOVERED", "DISCOVERED"]);
    client.sandbox.advanceTime({ seconds: 50 });
    expect(await look()).toEqual([409, "PROCESSING", "PROCESSING"]);
    client.sandbox.advanceTime({ seconds: 40 });
    expect(await look()).toEqual([200, null, "READY"]);
  });
});

function amountOf(payload: Record<string, unknown> | undefined): unknown {
  const amount = payload?.["transactionAmount"];
  return typeof amount === "object" && amount !== null && "amount" in amount ? amount.amount : undefined;
}
