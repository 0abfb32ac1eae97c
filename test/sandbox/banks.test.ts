import Big from "big.js";
import { describe, expect, it } from "vitest";
import { AccountTransactions } from "../../packages/core/src/index.ts";
import { ALL_QUIRKS, banks, PROFILES, type ProfileName } from "../../packages/sandbox/src/banks/index.ts";
import { PAYLOAD_QUIRKS } from "../../packages/sandbox/src/banks/quirks.ts";
import { plainClient } from "./plain-client.ts";

type Entry = Record<string, unknown> & { transactionAmount: { amount: unknown; currency: string } };

/** A connected account at the first bank with a profile, whose transactions have been read once. */
async function asked(profile: ProfileName) {
  const bank = banks.find((one) => one.profile === profile);
  if (bank === undefined) throw new Error(`No bank has the profile ${profile}.`);
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
  it("a nameless bank sends no ids, and every text twice", async () => {
    await using bank = await asked("nameless");
    for (const entry of bank.booked) {
      expect(entry).not.toHaveProperty("transactionId");
      expect(entry).not.toHaveProperty("internalTransactionId");
      expect(entry["remittanceInformationUnstructuredArray"]).toEqual([
        entry["remittanceInformationUnstructured"],
      ]);
    }
  });

  it("a blank bank sends meaningless ids, a stable entry reference, and nulls", async () => {
    await using bank = await asked("blank");
    expect(new Set(bank.booked.map((entry) => entry["transactionId"]))).toEqual(
      new Set([" ", "NOTPROVIDED"]),
    );
    const references = bank.booked.map((entry) => entry["entryReference"]);
    expect(new Set(references).size).toBe(references.length);
    expect((await bank.ask()).booked.map((entry) => entry["entryReference"])).toEqual(references);
    expect(bank.booked.every((entry) => entry["ultimateCreditor"] === null)).toBe(true);
  });

  it("a batch bank reuses one id for a month and one for all pending entries, and sends the oldest entry first", async () => {
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

  it("a restless bank sends ids that change with each call, and a reference that does not", async () => {
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

  it("a swapped bank swaps the dates, and sends structured text and closing balances only", async () => {
    await using bank = await asked("swapped");
    for (const { one, payload } of bank.reported("booked")) {
      expect(payload).toMatchObject({
        bookingDate: one.valueOn,
        valueDate: one.bookedOn,
        remittanceInformationStructured: one.description,
      });
      expect(payload).not.toHaveProperty("remittanceInformationUnstructured");
    }
    const { balances } = (await bank.client.send("GET", `/accounts/${bank.id}/balances/`)).body;
    expect(balances.map((one: { balanceType: string }) => one.balanceType)).toEqual([
      "closingBooked",
      "expected",
    ]);
    expect(balances[0]).not.toHaveProperty("referenceDate");
  });

  it("an ahead bank sends dates with a time, and value dates in the future", async () => {
    await using bank = await asked("ahead");
    expect(bank.booked.every((entry) => /T00:00:00\.000Z$/.test(String(entry["bookingDate"])))).toBe(true);
    expect(bank.booked.some((entry) => String(entry["valueDate"]) > "2026-11-24")).toBe(true);
  });

  it("a verbose bank sends each text both cut at 140 characters and whole, and undocumented fields", async () => {
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

  it("a terse bank sends additional information only, without a transaction id or a value date", async () => {
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

  it("an inverted bank inverts the signs, and sends everything else as usual", async () => {
    await using bank = await asked("inverted");
    for (const status of ["booked", "pending"] as const) {
      const reported = bank.reported(status);
      expect(reported.length).toBeGreaterThan(0);
      for (const { one, payload } of reported) expect(amountOf(payload)).toBe(minus(one.amount));
    }
  });

  it("a bank with booked entries only sends no list of pending ones", async () => {
    await using bank = await asked("bookedOnly");
    expect(bank.body.transactions).not.toHaveProperty("pending");
    expect(bank.body).not.toHaveProperty("pending");
    expect(bank.reported("pending")).toEqual([]);
    expect(bank.truth().some(({ pendingFrom, bookedOn }) => pendingFrom !== null && bookedOn === null)).toBe(
      true,
    );
  });

  it("a beside bank sends pending entries next to the transactions", async () => {
    await using bank = await asked("beside");
    expect(bank.body.transactions).not.toHaveProperty("pending");
    const reported = bank.reported("pending").map(({ payload }) => payload);
    expect(bank.body.pending).toHaveLength(reported.length);
    expect(bank.body.pending).toEqual(expect.arrayContaining(reported));
    expect(reported.length).toBeGreaterThan(0);
  });

  it("at a fickle bank some pending entries vanish, and others are booked with changes", async () => {
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

  it("a late bank first shows some entries days after their booking date", async () => {
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

  it("a numeric bank sends amounts as numbers", async () => {
    await using bank = await asked("numeric");
    for (const { one, payload } of [...bank.reported("booked"), ...bank.reported("pending")]) {
      expect(amountOf(payload)).toBe(Number(one.amount));
    }
    expect(bank.pending.length).toBeGreaterThan(0);
    const read = AccountTransactions.parse({ ...bank.body });
    expect(read.transactions.booked).toHaveLength(bank.booked.length);
  });

  it("a generous bank includes a credit limit in the available balance, and omits the sign of pending entries", async () => {
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

  it("an encoded bank sends HTML entities and escapes in the text", async () => {
    await using bank = await asked("encoded");
    const text = JSON.stringify(bank.booked);
    for (const sign of ["Fresh &amp; Near", "O&#39;Dell", "Caf\\\\U00E9"]) expect(text).toContain(sign);
    expect(text).not.toContain("é");
  });

  it("Sandbox Finance sends ids like the service's own test bank, and one pending entry without an id", async () => {
    await using bank = await asked("sandboxfinance");
    expect(bank.booked.every((entry) => /^\d{16}-\d$/.test(String(entry["transactionId"])))).toBe(true);
    expect(new Set(bank.booked.map((entry) => entry["transactionId"])).size).toBe(bank.booked.length);
    expect(bank.pending).toHaveLength(1);
    expect(bank.pending[0]).not.toHaveProperty("transactionId");
  });

  it("every profile has a bank, and the documentation lists its banks, its quirks, every habit and every quirk", async () => {
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
    const habits = new Set(banks.flatMap((one) => one.habits));
    for (const habit of habits) {
      const row = documentation.split("\n").find((line) => line.startsWith(`| \`${habit}\` | \``)) ?? "";
      for (const { id } of banks.filter((one) => one.habits.includes(habit)))
        expect(row, habit).toContain(`\`${id}\``);
    }
    const [, table = ""] = /\n\| quirk or habit \|.*\n\|[-|]+\|\n((?:\|.*\n)+)/.exec(documentation) ?? [];
    const listed = [...table.matchAll(/^\| `(\w+)` \| (?:[^|`]|`[^`|]*`)+ \|$/gm)].map(([, quirk]) => quirk);
    expect(listed.toSorted()).toEqual(ALL_QUIRKS.toSorted());
    // The documentation says that they rewrite entries in the order of the table.
    expect(listed.filter((quirk) => PAYLOAD_QUIRKS.some((one) => one === quirk))).toEqual(PAYLOAD_QUIRKS);
  });
});

describe("what a bank allows", () => {
  it("a bank with fewer calls than the service sends the bank's own error", async () => {
    await using client = await plainClient();
    const { accounts } = await client.connect("KBC_KREDBEBB");
    const statuses = [];
    for (let call = 0; call < 3; call += 1) {
      statuses.push((await client.send("GET", `/accounts/${accounts[0]}/balances/`)).body.type ?? "OK");
    }
    expect(statuses).toEqual(["OK", "OK", "RateLimitError"]);
  });

  it("a consent with a long history returns no new entries until there is a separate short one, if the bank requires that", async () => {
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

  it("an account responds with 409 while its bank prepares it", async () => {
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
