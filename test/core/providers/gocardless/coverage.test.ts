import { describe, expect, it } from "vitest";
import type { TransactionsReading } from "../../../../packages/core/src/bank/index.ts";
import { goCardlessProvider } from "../../../../packages/core/src/providers/gocardless/provider.ts";
import { handleAt, startProvided } from "./provided.ts";

const DEUTSCHE = "DEUTSCHE_BANK_DEUTDEFF";
const COMMERZBANK = "COMMERZBANK_COBADEFF";

/** The coverage of a response of which nothing is known. */
const NOTHING = { from: null, to: null, pending: false };

/** A row as it is compared, without regard to order. */
function rows(list: readonly (readonly (string | null | undefined)[])[]): string[] {
  return list.map((row) => JSON.stringify(row)).sort();
}

const booked = ({ items }: TransactionsReading) => items.filter(({ status }) => status === "booked");
const pending = ({ items }: TransactionsReading) => items.filter(({ status }) => status === "pending");

describe("coverage", () => {
  it("a response covers what was requested, up to its own time, with pending entries", async () => {
    await using provided = await startProvided();
    const { provider, connect } = provided;
    const handle = handleAt(await connect(DEUTSCHE));
    const cover = async (range: Parameters<typeof provider.transactions>[1]) =>
      (await provider.transactions(handle, range)).coverage;
    expect(await cover({ days: 40 })).toEqual({ from: "2026-10-14", to: null, pending: true });
    expect(await cover({ from: "2026-10-01" })).toEqual({ from: "2026-10-01", to: null, pending: true });
    expect(await cover({ from: "2026-10-01", to: "2026-11-23" })).toEqual({
      from: "2026-10-01",
      to: null,
      pending: true,
    });
    expect(await cover({ from: "2026-10-01", to: "2026-11-22" })).toEqual({
      from: "2026-10-01",
      to: "2026-11-22",
      pending: false,
    });
  });

  it("pending entries are covered only if the range begins at least 31 days back, as a payment may be pending that long", async () => {
    await using provided = await startProvided();
    const { provider, connect } = provided;
    const connection = await connect(DEUTSCHE);
    const ranges = [
      [{ days: 1 }, false],
      [{ days: 2 }, false],
      [{ days: 30 }, false],
      [{ from: "2026-10-24" }, false],
      [{ days: 31 }, true],
      [{ from: "2026-10-23" }, true],
      [{ days: 90 }, true],
      [{}, true],
    ] as const;
    for (const [at, [range, isWhole]] of ranges.entries()) {
      // An account has four calls a day.
      const { coverage } = await provider.transactions(handleAt(connection, at < 4 ? 0 : 1), range);
      expect([coverage.pending, coverage.to], JSON.stringify(range)).toEqual([isWhole, null]);
    }
  });

  it("pending entries are not covered if the consent shows at most 30 days, regardless of what was requested", async () => {
    await using provided = await startProvided();
    const { provider, connect } = provided;
    for (const [historyDays, isWhole] of [
      [30, false],
      [31, true],
    ] as const) {
      const [account] = (await provider.accounts(await connect(DEUTSCHE, { historyDays }))).items;
      if (account === undefined) throw new Error("no account");
      for (const range of [{}, { days: 90 }, { from: "2026-01-01" }])
        expect((await provider.transactions(account, range)).coverage.pending).toBe(isWhole);
    }
  });

  it("coverage begins no earlier than the history of the consent, counted from the day of the response", async () => {
    await using provided = await startProvided();
    const { provider, connect, sandbox } = provided;
    const handle = handleAt(await connect(DEUTSCHE, { historyDays: 60 }));
    const from = async (range: Parameters<typeof provider.transactions>[1]) =>
      (await provider.transactions(handle, range, { forceRefresh: true })).coverage.from;
    expect(await from({})).toBe("2026-09-24");
    expect(await from({ days: 365 })).toBe("2026-09-24");
    expect(await from({ from: "2026-01-01" })).toBe("2026-09-24");
    expect(await from({ days: 59 })).toBe("2026-09-25");
    sandbox.advanceTime({ days: 10 });
    expect(await from({})).toBe("2026-10-04");
  });

  it("the covered range contains every booked entry that really happened within it", async () => {
    await using provided = await startProvided();
    const { provider, connect, sandbox } = provided;
    const handle = handleAt(await connect(DEUTSCHE, { historyDays: 60 }));
    sandbox.advanceTime({ days: 10 });
    const reading = await provider.transactions(handle);
    const { from } = reading.coverage;
    if (from === null) throw new Error("no coverage");
    const within = sandbox.truth(handle).filter(({ bookedOn }) => bookedOn !== null && bookedOn >= from);
    const shown = booked(reading).filter(({ bookingDate }) => (bookingDate ?? "") >= from);
    expect(within.length).toBeGreaterThan(20);
    expect(rows(shown.map((one) => [one.amount, one.bookingDate]))).toEqual(
      rows(within.map((one) => [one.amount, one.bookedOn])),
    );
  });

  it("coverage is unknown if the history of the consent is", async () => {
    await using provided = await startProvided();
    const { provider, connect, sandbox } = provided;
    const handle = handleAt(await connect(DEUTSCHE));
    sandbox.inject({ operation: "agreements", status: 500, body: {} });
    expect((await provider.transactions(handle, { days: 40 })).coverage).toEqual(NOTHING);
    const uncached = goCardlessProvider(provided.clientWith({ cacheOptions: false }));
    sandbox.inject({ operation: "requisitions", status: 500, body: {} });
    expect((await uncached.transactions(handle, { days: 29 })).coverage.from).toBeNull();
    expect(
      (
        await provider.transactions(
          { handle, consent: { grantedAt: new Date("2026-11-22"), validUntil: null, historyDays: null } },
          { days: 28 },
        )
      ).coverage,
    ).toEqual(NOTHING);
  });

  it("coverage is unknown if the date of consent is", async () => {
    await using provided = await startProvided();
    const { provider, connect } = provided;
    const handle = handleAt(await connect(DEUTSCHE));
    const consent = { grantedAt: null, validUntil: null, historyDays: 90 };
    expect((await provider.transactions({ handle, consent, bankId: DEUTSCHE })).coverage).toEqual(NOTHING);
  });

  it.each([
    ["newer", { historyDays: 90, consentDays: 10 }, { historyDays: 30, consentDays: 60 }],
    ["older", { historyDays: 30, consentDays: 60 }, { historyDays: 90, consentDays: 2 }],
  ])(
    "coverage follows the connection that still gives access, if that is the %s of two",
    async (which, one, other) => {
      await using provided = await startProvided();
      const { provider, connect, sandbox } = provided;
      const first = await connect(DEUTSCHE, one);
      sandbox.advanceTime({ days: 8 });
      const second = await connect(DEUTSCHE, other);
      sandbox.advanceTime({ days: 3 });
      const handle = handleAt(second);
      expect(handle).toBe(handleAt(first));
      expect((await provider.transactions(handle)).coverage.from).toBe("2026-11-04");
      const { account } = await provider.details(handle);
      expect(account.connectionId).toBe((which === "newer" ? second : first).id);
    },
  );

  it("coverage is known from an account without looking anything up", async () => {
    await using provided = await startProvided();
    const { provider, connect } = provided;
    const connection = await connect(DEUTSCHE, { historyDays: 60 });
    const [account] = (await provider.accounts(connection)).items;
    if (account === undefined) throw new Error("no account");
    provided.asked();
    expect((await provider.transactions(account)).coverage.from).toBe("2026-09-24");
    expect(provided.asked()).toEqual([`GET /accounts/${account.handle}/transactions/`]);
  });

  it("coverage for a history that no service has is at most what was requested", async () => {
    await using provided = await startProvided();
    const { provider, connect } = provided;
    const handle = handleAt(await connect(DEUTSCHE));
    for (const historyDays of [Number.MAX_SAFE_INTEGER, 100_000, 731]) {
      const account = {
        handle,
        consent: { grantedAt: new Date("2026-11-23T09:00:00Z"), validUntil: null, historyDays },
        bankId: DEUTSCHE,
      };
      for (const range of [{}, { days: 5000 }, { days: Number.MAX_SAFE_INTEGER }])
        expect((await provider.transactions(account, range)).coverage.from).toBe("2024-11-23");
    }
  });

  it("coverage of a snapshot ends with the day of the consent, and has no pending entries", async () => {
    await using provided = await startProvided();
    const { provider, connect, sandbox } = provided;
    const connection = await connect(COMMERZBANK, { historyDays: 395 });
    const handle = handleAt(connection);
    expect((await provider.transactions(handle)).coverage).toEqual({
      from: "2025-10-24",
      to: null,
      pending: true,
    });
    sandbox.advanceTime({ days: 3 });
    const later = { from: "2025-10-27", to: "2026-11-23", pending: false };
    expect((await provider.transactions(handle, {}, { refresh: true })).coverage).toEqual(later);
    const [account] = (await provider.accounts(connection)).items;
    if (account === undefined) throw new Error("no account");
    for (const bankId of [null, "NOBODY_XX"])
      expect((await provider.transactions({ ...account, bankId })).coverage).toEqual(later);
    expect((await provider.transactions({ ...account, bankId: DEUTSCHE })).coverage).toEqual({
      ...later,
      to: null,
      pending: true,
    });
  });

  it("coverage at a bank with snapshots continues if the consent has no more history than that", async () => {
    await using provided = await startProvided();
    const { provider, connect, sandbox } = provided;
    const handle = handleAt(await connect(COMMERZBANK, { historyDays: 90 }));
    sandbox.advanceTime({ days: 3 });
    expect((await provider.transactions(handle)).coverage).toEqual({
      from: "2026-08-28",
      to: null,
      pending: true,
    });
  });

  it("coverage of a snapshot of an unknown day is unknown", async () => {
    await using provided = await startProvided();
    const { provider, connect } = provided;
    const handle = handleAt(await connect(COMMERZBANK, { historyDays: 395 }));
    const consent = { grantedAt: null, validUntil: null, historyDays: 395 };
    expect((await provider.transactions({ handle, consent, bankId: COMMERZBANK })).coverage).toEqual(NOTHING);
  });

  it("pending entries are not covered if the bank sends no list of them", async () => {
    await using provided = await startProvided();
    const { provider, connect } = provided;
    const without = handleAt(await connect("LA_BANQUE_POSTALE_PSSTFRPP"));
    const { coverage } = await provider.transactions(without, { days: 40 });
    expect(coverage).toEqual({ from: "2026-10-14", to: null, pending: false });
    const beside = await provider.transactions(handleAt(await connect("METRO_BANK_MYMBGB2L")), { days: 40 });
    expect(beside.coverage.pending).toBe(true);
    expect(pending(beside).length).toBeGreaterThan(0);
  });

  it("booked entries are not covered if the bank sends no list of them", async () => {
    await using provided = await startProvided();
    const { provider, connect, sandbox } = provided;
    const handle = handleAt(await connect(DEUTSCHE));
    for (const lists of [{ pending: [] }, { booked: null, pending: [] }]) {
      sandbox.inject({ operation: "transactions", body: { transactions: lists } });
      const { coverage } = await provider.transactions(handle, { days: 40 }, { forceRefresh: true });
      expect(coverage).toEqual({ from: null, to: null, pending: true });
    }
    sandbox.inject({ operation: "transactions", body: { transactions: { booked: [] } } });
    const empty = await provider.transactions(handle, { days: 40 }, { forceRefresh: true });
    expect(empty.coverage).toEqual({ from: "2026-10-14", to: null, pending: false });
  });

  it("coverage of a cached response refers to its own time", async () => {
    await using provided = await startProvided({ now: "2026-11-23T22:00:00Z" });
    const { provider, connect, sandbox } = provided;
    const handle = handleAt(await connect(DEUTSCHE));
    await provider.transactions(handle, { days: 40 });
    await provider.transactions(handle, { from: "2026-10-01", to: "2026-11-23" });
    sandbox.advanceTime({ hours: 4 });
    const reading = await provider.transactions(handle, { days: 40 });
    expect(reading).toMatchObject({ fromCache: true, asOf: new Date("2026-11-23T22:00:00Z") });
    expect(reading.coverage).toEqual({ from: "2026-10-14", to: null, pending: true });
    // The end of yesterday's response was the moment of it, which is before the end of the day that is asked for now.
    const today = await provider.transactions(handle, { from: "2026-10-01", to: "2026-11-24" });
    expect(today).toMatchObject({ fromCache: true, asOf: new Date("2026-11-23T22:00:00Z") });
    expect(today.coverage).toEqual({ from: "2026-10-01", to: null, pending: true });
    const yesterday = await provider.transactions(handle, { from: "2026-10-01", to: "2026-11-23" });
    expect(yesterday).toMatchObject({ fromCache: false, coverage: { to: "2026-11-23", pending: false } });
  });
});
