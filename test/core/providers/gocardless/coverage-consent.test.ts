import { describe, expect, it } from "vitest";
import { goCardlessProvider } from "../../../../packages/core/src/providers/gocardless/provider.ts";
import { handleAt, startProvided } from "./provided.ts";

const DEUTSCHE = "DEUTSCHE_BANK_DEUTDEFF";

/** The coverage of a response of which nothing is known. */
const NOTHING = { from: null, to: null, pending: false };

describe("coverage follows the consent under which a response was given", () => {
  const asOf = new Date("2026-11-23T09:00:00Z");

  /** An account that was read under a short history, and connected again under the same id with a longer one. */
  async function reconnected() {
    const provided = await startProvided();
    const { provider, connect, sandbox } = provided;
    const old = await connect(DEUTSCHE, { historyDays: 40, consentDays: 20 });
    const handle = handleAt(old);
    await provider.transactions(handle);
    sandbox.advanceTime({ hours: 1 });
    const fresh = await connect(DEUTSCHE, { historyDays: 365 });
    expect(handleAt(fresh)).toBe(handle);
    return { provided, old, fresh, handle };
  }

  it("a cached response covers the history of the old consent while that one is listed, and nothing more", async () => {
    const { provided, handle } = await reconnected();
    await using _ = provided;
    const { provider, sandbox } = provided;
    const cached = await provider.transactions(handle);
    expect(cached).toMatchObject({ fromCache: true, asOf });
    expect(cached.coverage).toEqual({ from: "2026-10-14", to: null, pending: true });
    // Once the old consent is over, the response is still one of its time.
    sandbox.advanceTime({ days: 30 });
    const later = await provider.transactions(handle, {}, { onlyIfCached: true });
    expect(later).toMatchObject({ fromCache: true, asOf, coverage: cached.coverage });
  });

  it("a cached response covers nothing once the old consent is no longer listed", async () => {
    const { provided, old, fresh, handle } = await reconnected();
    await using _ = provided;
    const { provider } = provided;
    // Ended by another program, so that this one still has the response.
    await goCardlessProvider(provided.clientWith()).end(old.id);
    const { items } = await provider.connections({ forceRefresh: true });
    expect(items.map(({ id }) => id)).toEqual([fresh.id]);
    const cached = await provider.transactions(handle);
    expect(cached).toMatchObject({ fromCache: true, asOf, coverage: NOTHING });
    const again = await provider.transactions(handle, {}, { forceRefresh: true });
    expect(again.coverage).toEqual({ from: "2025-11-23", to: null, pending: true });
  });

  it("a cached response covers nothing with an account of the new consent", async () => {
    const { provided, fresh } = await reconnected();
    await using _ = provided;
    const [account] = (await provided.provider.accounts(fresh)).items;
    if (account === undefined) throw new Error("no account");
    const cached = await provided.provider.transactions(account);
    expect(cached).toMatchObject({ fromCache: true, asOf, coverage: NOTHING });
  });

  it("a response covers nothing with an account that was kept from a consent that has ended", async () => {
    const { provided, old, handle } = await reconnected();
    await using _ = provided;
    const { provider, sandbox } = provided;
    const [kept] = (await provider.accounts(old)).items;
    if (kept === undefined) throw new Error("no account");
    sandbox.advanceTime({ days: 20 });
    const read = await provider.transactions(kept, {}, { forceRefresh: true });
    expect(read).toMatchObject({ fromCache: false, coverage: NOTHING });
    expect((await provider.transactions(handle)).coverage.from).toBe("2025-12-13");
  });

  it("a consent counts from the moment it was granted until its end, exclusive", async () => {
    await using provided = await startProvided();
    const { provider, connect } = provided;
    const handle = handleAt(await connect(DEUTSCHE));
    const moment = (milliseconds: number) => new Date(asOf.getTime() + milliseconds);
    for (const [grantedAt, validUntil, from] of [
      [moment(0), moment(1), "2026-10-14"],
      [moment(0), null, "2026-10-14"],
      [moment(1), null, null],
      [moment(-1), moment(0), null],
    ] as const) {
      const account = { handle, bankId: DEUTSCHE, consent: { grantedAt, validUntil, historyDays: 40 } };
      const { coverage } = await provider.transactions(account);
      expect(coverage).toEqual(from === null ? NOTHING : { from, to: null, pending: true });
    }
  });

  it("a stale response in an outage covers what it covered at its own time", async () => {
    await using provided = await startProvided();
    const { provider, connect, sandbox } = provided;
    const handle = handleAt(await connect(DEUTSCHE, { historyDays: 60, consentDays: 2 }));
    await provider.transactions(handle);
    sandbox.advanceTime({ days: 1 });
    sandbox.setFaults([{ path: /transactions/, error: "ServiceError", times: 9 }]);
    const coverage = { from: "2026-09-24", to: null, pending: true };
    expect(await provider.transactions(handle)).toMatchObject({ asOf, stale: true, coverage });
    // A consent that was given since does not make it claim more.
    await connect(DEUTSCHE, { historyDays: 365 });
    expect(await provider.transactions(handle)).toMatchObject({ asOf, stale: true, coverage });
  });

  it.each([
    [40, 90],
    [90, 40],
  ])("of two valid consents with %i and %i days, the shorter history counts", async (first, second) => {
    await using provided = await startProvided();
    const { provider, connect } = provided;
    const handle = handleAt(await connect(DEUTSCHE, { historyDays: first }));
    await connect(DEUTSCHE, { historyDays: second });
    expect((await provider.transactions(handle)).coverage.from).toBe("2026-10-14");
  });

  it("a response covers nothing if the history of one of two valid consents is unknown", async () => {
    await using provided = await startProvided();
    const { provider, connect, sandbox } = provided;
    const handle = handleAt(await connect(DEUTSCHE, { historyDays: 90 }));
    const { requisitions, agreements } = sandbox.state();
    const page = (results: unknown[]) => ({ body: { count: results.length, next: null, results }, times: 2 });
    const other = { id: "r", agreement: "e", status: "LN", accounts: [handle] };
    const odd = { id: "e", accepted: "2026-11-23T08:00:00Z", access_valid_for_days: 90 };
    sandbox.inject({ operation: "requisitions", ...page([...requisitions, other]) });
    sandbox.inject({ operation: "agreements", ...page([...agreements, odd]) });
    const { items } = await provider.connections({ forceRefresh: true });
    expect(items.map(({ consent }) => consent.historyDays)).toEqual([90, null]);
    expect((await provider.transactions(handle)).coverage).toEqual(NOTHING);
  });

  it("a response covers nothing if the consent of one of two active connections is unknown", async () => {
    await using provided = await startProvided();
    const { provider, connect, sandbox } = provided;
    const handle = handleAt(await connect(DEUTSCHE, { historyDays: 90 }));
    const unknown = await connect(DEUTSCHE, { historyDays: 40 });
    const known = sandbox.state().agreements.filter((one) => one.max_historical_days === 90);
    const listKnown = () =>
      sandbox.inject({
        operation: "agreements",
        body: { count: 1, next: null, results: known },
        times: 2,
      });
    listKnown();
    const { items } = await provider.connections({ forceRefresh: true });
    expect(items.map(({ consent }) => consent.historyDays).sort()).toEqual([90, null]);
    expect((await provider.transactions(handle)).coverage).toEqual(NOTHING);
    // Once it gives no access any more, it does not count.
    sandbox.setRequisitionStatus(unknown.id, "EX");
    listKnown();
    await provider.connections({ forceRefresh: true });
    expect((await provider.transactions(handle, {}, { forceRefresh: true })).coverage.from).toBe(
      "2026-08-25",
    );
  });
});
