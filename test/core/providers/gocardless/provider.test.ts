import { describe, expect, it } from "vitest";
import {
  type ConnectionStage,
  type ConnectionState,
  connectedAccounts,
} from "../../../../packages/core/src/bank/index.ts";
import {
  AccessExpiredError,
  ConfigurationError,
  InstitutionError,
  InvalidResponseError,
  NotCachedError,
  NotFoundError,
} from "../../../../packages/core/src/base/errors.ts";
import type { REQUISITION_STATUSES } from "../../../../packages/sandbox/src/gocardless/statuses.ts";
import { handleAt, RETURN_TO, reconfirmationOf, startProvided } from "./provided.ts";

const DEUTSCHE = "DEUTSCHE_BANK_DEUTDEFF";
const UNKNOWN_ID = "7e944232-bda9-40bc-b784-660c7ab5fe78";

/** What is left of the four calls a day of each kind. */
async function left({ provider }: Awaited<ReturnType<typeof startProvided>>, handle: string) {
  const calls = await provider.callsLeft(handle);
  return [calls.details.remaining, calls.balances.remaining, calls.transactions.remaining];
}

describe("banks", () => {
  it("banks are listed by country or all, with what they offer and everything that the service sent", async () => {
    await using provided = await startProvided();
    const { provider } = provided;
    const german = await provider.banks("DE");
    const all = await provider.banks();
    expect(german.unreadable).toEqual([]);
    expect(german.items.every(({ countries }) => countries.includes("DE"))).toBe(true);
    expect(all.items.length).toBeGreaterThan(german.items.length);
    const bank = german.items.find(({ id }) => id === "COMMERZBANK_COBADEFF");
    expect(bank).toMatchObject({ name: "Commerzbank", bic: "COBADEFF", countries: ["DE"] });
    expect(bank?.logo).toMatch(/^https:/);
    expect(bank?.features).toContain("separate_continuous_history_consent");
    expect(bank?.raw).toMatchObject({ transaction_total_days: "395", max_access_valid_for_days: "180" });
  });

  it("a bank is found by its id, even if it is in no list, and not by another id", async () => {
    await using provided = await startProvided();
    expect((await provided.provider.bank("SANDBOXFINANCE_SFIN0000")).name).toBe("Sandbox Finance");
    await expect(provided.provider.bank("NOBODY_XX")).rejects.toThrow(NotFoundError);
  });

  it("the limits of a bank are returned without a request", async () => {
    await using provided = await startProvided();
    const { provider } = provided;
    const [plain, snapshot, ninety] = await Promise.all(
      [DEUTSCHE, "COMMERZBANK_COBADEFF", "N26_NTSBDEB1"].map(async (id) => await provider.bank(id)),
    );
    provided.asked();
    if (plain === undefined || snapshot === undefined || ninety === undefined) throw new Error("no bank");
    expect(provider.limitsOf(plain)).toEqual({
      historyDays: 365,
      continuousHistoryDays: null,
      consentDays: 180,
    });
    expect(provider.limitsOf(snapshot)).toEqual({
      historyDays: 395,
      continuousHistoryDays: 90,
      consentDays: 180,
    });
    // A separate consent means nothing at a bank that has no more than 90 days anyway.
    expect(provider.limitsOf(ninety)).toEqual({
      historyDays: 90,
      continuousHistoryDays: null,
      consentDays: 180,
    });
    expect(provider.limitsOf({ ...plain, raw: "odd" })).toEqual({
      historyDays: 90,
      continuousHistoryDays: null,
      consentDays: 90,
    });
    expect(provided.asked()).toEqual([]);
  });
});

describe("connections", () => {
  it("a connection has the state and the stage of its status, and the status as it was sent", async () => {
    await using provided = await startProvided();
    const { provider, sandbox, connect } = provided;
    const { id } = await connect(DEUTSCHE);
    const meanings: Record<(typeof REQUISITION_STATUSES)[number], [ConnectionState, ConnectionStage | null]> =
      {
        CR: ["open", "link"],
        GC: ["open", "consent"],
        UA: ["open", "login"],
        SA: ["open", "accounts"],
        GA: ["open", "granting"],
        LN: ["active", null],
        EX: ["expired", null],
        SU: ["suspended", null],
        RJ: ["failed", "refused"],
        ER: ["failed", null],
        ID: ["failed", "unverified"],
      };
    for (const status of ["CR", "GC", "UA", "SA", "GA", "LN", "EX", "SU", "RJ", "ER", "ID"] as const) {
      sandbox.setRequisitionStatus(id, status);
      const connection = await provider.connection(id, { forceRefresh: true });
      expect([connection.stateAsSent, connection.state, connection.stage]).toEqual([
        status,
        ...meanings[status],
      ]);
      const { items } = await provider.connections({ forceRefresh: true });
      expect(items.map(({ state, stage }) => [state, stage])).toEqual([meanings[status]]);
    }
  });

  it("a new or missing status means an unknown state and no stage", async () => {
    await using provided = await startProvided();
    for (const status of ["NEW", "", null, undefined, "constructor"]) {
      provided.sandbox.inject({ operation: "requisition", body: { id: "r", status } });
      expect(await provided.provider.connection("r", { forceRefresh: true })).toMatchObject({
        ...{ state: "unknown", stage: null, stateAsSent: status || null },
      });
    }
  });

  it("a connection has the date of consent, the end of access, and the days of history, alone and in the list", async () => {
    await using provided = await startProvided();
    const { provider, connect } = provided;
    const { id } = await connect(DEUTSCHE, { historyDays: 30, consentDays: 60, reference: "household" });
    const expected = {
      id,
      reference: "household",
      bankId: DEUTSCHE,
      state: "active",
      createdAt: new Date("2026-11-23T09:00:00Z"),
      consent: {
        grantedAt: new Date("2026-11-23T09:00:00Z"),
        validUntil: new Date("2027-01-22T09:00:00Z"),
        historyDays: 30,
      },
    };
    const alone = await provider.connection(id);
    expect(alone).toMatchObject(expected);
    expect(alone.accountHandles).toHaveLength(2);
    expect(alone.raw).toMatchObject({
      requisition: { id, accounts: alone.accountHandles, redirect: RETURN_TO },
      agreement: { access_valid_for_days: 60, access_scope: ["balances", "details", "transactions"] },
    });
    const listing = await provider.connections();
    expect(listing).toEqual({ items: [alone], unreadable: [], problems: [] });
  });

  it("a connection that waits for the end user has no consent yet", async () => {
    await using provided = await startProvided();
    const { provider } = provided;
    const begun = await provider.begin(await provider.bank(DEUTSCHE), { returnTo: RETURN_TO });
    const { items } = await provider.connections();
    const consent = { grantedAt: null, validUntil: null, historyDays: null };
    expect(items).toMatchObject([
      { state: "open", consent, accountHandles: [], raw: { agreement: { max_historical_days: 365 } } },
    ]);
    // Looked up alone, as it is every other second while the end user is at the bank, it costs one request.
    provided.asked();
    expect(await provider.connection(begun.connectionId ?? "")).toMatchObject({ state: "open", consent });
    expect(provided.asked()).toEqual([`GET /requisitions/${begun.connectionId}/`]);
  });

  it("connections are listed without an end, and with the error, if the agreements cannot be listed", async () => {
    await using provided = await startProvided();
    const { provider, sandbox, connect } = provided;
    const { id } = await connect(DEUTSCHE);
    sandbox.inject({ operation: "agreements", status: 500, body: {} });
    const listing = await provider.connections({ forceRefresh: true });
    expect(listing.items).toMatchObject([
      { id, state: "active", consent: { grantedAt: null, validUntil: null, historyDays: null } },
    ]);
    expect(listing.problems).toMatchObject([{ name: "ApiError", status: 500 }]);
    sandbox.inject({ operation: "agreement", status: 500, body: {} });
    const alone = await provider.connection(id, { forceRefresh: true });
    expect(alone).toMatchObject({ state: "active", consent: { validUntil: null } });
  });

  it("connections cannot be listed if the requisitions cannot, even if the agreements can", async () => {
    await using provided = await startProvided();
    for (const operations of [["requisitions"], ["requisitions", "agreements"]] as const) {
      for (const operation of operations) provided.sandbox.inject({ operation, status: 500, body: {} });
      await expect(provided.provider.connections({ forceRefresh: true })).rejects.toMatchObject({
        status: 500,
      });
    }
  });

  it("connections are listed, with those that cannot be read in a separate list", async () => {
    await using provided = await startProvided();
    const results = [{ id: "r", status: "LN", accounts: ["a", 5, {}], agreement: "e" }, { no: "id" }];
    const agreements = [{ id: "e", max_historical_days: "many", accepted: "soon" }, 7];
    provided.sandbox.inject({ operation: "requisitions", body: { count: 2, next: null, results } });
    provided.sandbox.inject({ operation: "agreements", body: { count: 2, next: null, results: agreements } });
    const { items, unreadable } = await provided.provider.connections();
    expect(items).toMatchObject([
      {
        id: "r",
        state: "active",
        accountHandles: ["a", "5"],
        consent: { grantedAt: null, validUntil: null, historyDays: null },
        raw: { requisition: results[0], agreement: agreements[0] },
      },
    ]);
    expect(unreadable.map(({ kind, raw }) => [kind, raw])).toEqual([
      ["connection", results[1]],
      ["consent", 7],
    ]);
    const [connection] = items;
    if (connection === undefined) throw new Error("no connection");
    const accounts = await provided.provider.accounts(connection);
    expect(accounts.unreadable).toEqual([
      { kind: "account", reason: "accounts: 1 without an id", raw: results[0] },
    ]);
    expect(accounts.items.map(({ handle, state, error }) => [handle, state, error?.name])).toEqual([
      ["a", "unknown", "NotFoundError"],
      ["5", "unknown", "NotFoundError"],
    ]);
  });

  it("a connection has no accounts with blank ids, which are reported as unreadable", async () => {
    await using provided = await startProvided();
    const { provider, sandbox } = provided;
    const requisition = { id: "r", status: "LN", accounts: ["", " ", "\n", "a"] };
    sandbox.inject({ operation: "requisition", body: requisition });
    const connection = await provider.connection("r");
    expect(connection.accountHandles).toEqual(["a"]);
    provided.asked();
    const { items, unreadable } = await provider.accounts(connection);
    expect(items.map(({ handle }) => handle)).toEqual(["a"]);
    expect(unreadable).toEqual([{ kind: "account", reason: "accounts: 3 without an id", raw: requisition }]);
    expect(provided.asked()).toEqual(["GET /accounts/a/"]);
  });

  it("a connection is not found by an unknown id, and can be ended for good", async () => {
    await using provided = await startProvided();
    const { provider, connect } = provided;
    await expect(provider.connection(UNKNOWN_ID)).rejects.toThrow(NotFoundError);
    await expect(provider.end(UNKNOWN_ID)).rejects.toThrow(NotFoundError);
    const connection = await connect(DEUTSCHE);
    await provider.connections();
    await provider.balances(handleAt(connection));
    await provider.end(connection.id);
    expect((await provider.connections()).items).toEqual([]);
    await expect(provider.connection(connection.id)).rejects.toThrow(NotFoundError);
    await expect(provider.balances(handleAt(connection))).rejects.toMatchObject({ status: 403 });
  });

  it("a connection of a British bank is confirmed again by a link", async () => {
    await using provided = await startProvided();
    const { provider, client, sandbox } = provided;
    const agreement = await client.createAgreement({
      institution_id: "MONZO_MONZGB2L",
      access_valid_for_days: 180,
      reconfirmation: true,
    });
    const requisition = await client.createRequisition({
      institution_id: "MONZO_MONZGB2L",
      agreement: agreement.id,
      redirect: RETURN_TO,
    });
    await sandbox.authorise(requisition.id, { outcome: "linked" });
    sandbox.advanceTime({ days: 80 });
    const { url } = await reconfirmationOf(provider)(requisition.id, { returnTo: `${RETURN_TO}?again` });
    expect(new URL(url).origin).toBe(new URL(sandbox.baseUrl).origin);
    expect(sandbox.reconfirm(agreement.id, "reconfirmed")).toBe(`${RETURN_TO}?again`);
  });

  it("a connection is not confirmed again at a bank that does not ask for it, or without an agreement or a link", async () => {
    await using provided = await startProvided();
    const { provider, sandbox, connect } = provided;
    const { id } = await connect(DEUTSCHE);
    const reconfirm = reconfirmationOf(provider);
    await expect(reconfirm(id, { returnTo: RETURN_TO })).rejects.toMatchObject({ status: 400 });
    sandbox.inject({ operation: "createReconfirmation", body: { created: "2026-11-23T09:00:00Z" } });
    await expect(reconfirm(id, { returnTo: RETURN_TO })).rejects.toThrow(
      new InvalidResponseError(`The service sent no link to confirm connection ${id}.`, {
        status: 200,
        bodyStart: "",
      }),
    );
    sandbox.inject({ operation: "requisition", body: { id, status: "LN", agreement: null }, times: 2 });
    await expect(provider.connection(id, { forceRefresh: true })).resolves.toMatchObject({ state: "active" });
    await expect(reconfirm(id, { returnTo: RETURN_TO })).rejects.toThrow(
      `Connection ${id} has no agreement that could be confirmed.`,
    );
  });
});

describe("accounts", () => {
  it("accounts are listed without a call to the bank, from the service's metadata and what is cached", async () => {
    await using provided = await startProvided();
    const { provider, connect } = provided;
    const connection = await connect(DEUTSCHE);
    const handle = handleAt(connection);
    await provider.details(handle);
    const before = await left(provided, handle);
    provided.asked();
    const { items, unreadable } = await provider.accounts(connection);
    await provider.connections();
    expect(unreadable).toEqual([]);
    expect(provided.asked().filter((one) => /details|balances|transactions/.test(one))).toEqual([]);
    expect(await left(provided, handle)).toEqual(before);
    expect(before).toEqual([3, 4, 4]);
    const [first, second] = items;
    expect(first).toMatchObject({
      handle,
      connectionId: connection.id,
      bankId: DEUTSCHE,
      consent: connection.consent,
      state: "ready",
      stateAsSent: "READY",
      detailed: true,
      currency: "EUR",
      kind: "CACC",
      error: null,
    });
    expect(first?.iban).toMatch(/^DE\d{20}$/);
    expect(first?.identities[0]).toEqual({
      ...{ scheme: "iban", scope: null, value: first?.iban, currency: "EUR" },
    });
    expect(first?.holder).not.toBeNull();
    expect(first?.raw).toMatchObject({ metadata: { id: handle }, details: { currency: "EUR" } });
    expect(second).toMatchObject({ detailed: false, currency: null, kind: null, product: null });
    expect(second?.identities[0]?.currency).toBeNull();
    expect(second?.raw).toMatchObject({ metadata: { id: handleAt(connection, 1) }, details: null });
  });

  it("accounts have the bank's details on request, at one call each", async () => {
    await using provided = await startProvided();
    const { provider, connect } = provided;
    const connection = await connect(DEUTSCHE);
    const { items } = await provider.accounts(connection, { details: "ask" });
    expect(items.map(({ detailed, currency }) => [detailed, currency])).toEqual([
      [true, "EUR"],
      [true, "EUR"],
    ]);
    for (const handle of connection.accountHandles) expect(await left(provided, handle)).toEqual([3, 4, 4]);
    await provider.accounts(connection, { details: "ask" });
    for (const handle of connection.accountHandles) expect(await left(provided, handle)).toEqual([3, 4, 4]);
  });

  it("accounts are listed without details that cannot be read, and with the error if they were requested", async () => {
    await using provided = await startProvided();
    const { provider, sandbox, connect } = provided;
    const connection = await connect(DEUTSCHE, { accounts: 1 });
    sandbox.inject({ operation: "details", error: "ServiceError" });
    const ask = { details: "ask", forceRefresh: true } as const;
    const [account] = (await provider.accounts(connection, ask)).items;
    expect(account).toMatchObject({ state: "ready", detailed: false, error: { name: "InstitutionError" } });
    expect(account?.iban).toMatch(/^DE\d{20}$/);
    for (const options of [undefined, {}, { details: "cached" }, { forceRefresh: true }] as const)
      expect((await provider.accounts(connection, options)).items).toMatchObject([
        { state: "ready", detailed: false, error: null },
      ]);
    const cached = await provider.accounts(connection, { details: "ask", onlyIfCached: true });
    expect(cached.items).toMatchObject([{ state: "ready", error: { name: "NotCachedError" } }]);
  });

  it("accounts are listed with what the connection says if nothing can be read, and with the error", async () => {
    await using provided = await startProvided();
    const { provider, sandbox, connect } = provided;
    const connection = await connect(DEUTSCHE, { accounts: 1 });
    const ask = { details: "ask", forceRefresh: true } as const;
    sandbox.setFaults([
      { operation: "account", status: 500, body: {} },
      { operation: "details", error: "ServiceError" },
    ]);
    const [missing] = (await provider.accounts(connection, ask)).items;
    expect(missing).toMatchObject({
      handle: handleAt(connection),
      connectionId: connection.id,
      bankId: DEUTSCHE,
      state: "unknown",
      stateAsSent: null,
      identities: [],
      error: { name: "ApiError", status: 500 },
      raw: { metadata: null, details: null },
    });
  });

  it.each([
    ["DISCOVERED", "processing"],
    ["PROCESSING", "processing"],
    ["READY", "ready"],
    ["ERROR", "failed"],
    ["EXPIRED", "expired"],
    ["SUSPENDED", "suspended"],
  ] as const)("accounts that are %s are %s", async (status, state) => {
    await using provided = await startProvided();
    const connection = await provided.connect(DEUTSCHE, { accounts: 1 });
    provided.sandbox.setAccountStatus(handleAt(connection), status);
    const { items } = await provided.provider.accounts(connection, { forceRefresh: true });
    expect(items).toMatchObject([{ stateAsSent: status, state }]);
  });

  it("an account of several connections is listed once, under the one that still gives access", async () => {
    await using provided = await startProvided();
    const { provider, sandbox, connect } = provided;
    const first = await connect(DEUTSCHE, { consentDays: 10 });
    sandbox.advanceTime({ days: 11 });
    const second = await connect(DEUTSCHE, { consentDays: 30 });
    expect(second.accountHandles).toEqual(first.accountHandles);
    const { items } = await connectedAccounts(provider, Date.parse(sandbox.now()));
    expect(items.map(({ account, connection }) => [account.handle, connection.id])).toEqual(
      second.accountHandles.map((handle) => [handle, second.id]),
    );
  });

  it("details of an account have the time at which they were read, and their source", async () => {
    await using provided = await startProvided();
    const { provider, sandbox, connect } = provided;
    const connection = await connect("ING_INGDDEFF");
    const handle = handleAt(connection);
    const first = await provider.details(handle);
    expect(first).toMatchObject({ asOf: new Date("2026-11-23T09:00:00Z"), fromCache: false, stale: false });
    expect(first.account).toMatchObject({
      handle,
      connectionId: connection.id,
      consent: connection.consent,
      detailed: true,
      state: "ready",
    });
    expect(first.account.holder).toMatch(/ & Kim Taylor$/);
    sandbox.advanceTime({ hours: 2 });
    const second = await provider.details(first.account);
    expect(second).toMatchObject({ asOf: first.asOf, fromCache: true, stale: false });
    expect(await left(provided, handle)).toEqual([3, 4, 4]);
    await expect(provider.details({ handle: null })).rejects.toThrow(ConfigurationError);
  });

  it("the calls left of an account are returned without a request", async () => {
    await using provided = await startProvided();
    const { provider, connect } = provided;
    const handle = handleAt(await connect(DEUTSCHE));
    await provider.balances(handle);
    provided.asked();
    const calls = await provider.callsLeft({ handle });
    expect(calls.balances).toMatchObject({
      limit: 4,
      remaining: 3,
      lastCallAt: new Date("2026-11-23T09:00:00Z"),
    });
    expect(provided.asked()).toEqual([]);
    await expect(provider.callsLeft(" ")).rejects.toThrow(ConfigurationError);
  });
});

describe("balances", () => {
  it("balances have a kind, a date and everything that the bank sent", async () => {
    await using provided = await startProvided();
    const { provider, connect } = provided;
    const reading = await provider.balances(handleAt(await connect("UNICREDIT_UNCRITMM")));
    expect(reading).toMatchObject({ asOf: new Date("2026-11-23T09:00:00Z"), fromCache: false, stale: false });
    expect(
      reading.items.map(({ kind, kindAsSent, date, creditLimitIncluded }) => [
        kind,
        kindAsSent,
        date,
        creditLimitIncluded,
      ]),
    ).toEqual([
      ["interimBooked", "interimBooked", "2026-11-23", null],
      ["interimAvailable", "interimAvailable", "2026-11-23", true],
    ]);
    for (const { amount, currency, raw } of reading.items)
      expect(raw).toMatchObject({ balanceAmount: { amount, currency } });
  });

  it("unreadable balances are in a separate list, and an unknown kind is kept as it was sent", async () => {
    await using provided = await startProvided();
    const { provider, connect, sandbox } = provided;
    const handle = handleAt(await connect(DEUTSCHE));
    const odd = { balanceAmount: { amount: "much", currency: "EUR" }, balanceType: "expected" };
    const balanceAmount = { amount: "1e2", currency: "EUR" };
    sandbox.inject({
      operation: "balances",
      body: {
        balances: [
          odd,
          { balanceAmount, balanceType: "ITAV", referenceDate: "2026-11-22T00:00:00Z" },
          { balanceAmount },
        ],
      },
    });
    const { items, unreadable } = await provider.balances(handle);
    expect(items).toMatchObject([
      { amount: "100", kind: null, kindAsSent: "ITAV", date: "2026-11-22" },
      { amount: "100", kind: null, kindAsSent: null, date: null },
    ]);
    expect(unreadable).toMatchObject([{ kind: "balance", raw: odd }]);
  });
});

describe("what was read", () => {
  it("a reading is stale if nothing newer could be read, and has the time of the response", async () => {
    await using provided = await startProvided();
    const { provider, connect, sandbox } = provided;
    const handle = handleAt(await connect(DEUTSCHE));
    await provider.balances(handle);
    await provider.transactions(handle, { days: 40 });
    sandbox.advanceTime({ days: 1 });
    sandbox.setFaults([{ path: /balances|transactions/, error: "ServiceError", times: 9 }]);
    const asOf = new Date("2026-11-23T09:00:00Z");
    expect(await provider.balances(handle)).toMatchObject({ asOf, fromCache: true, stale: true });
    expect(await provider.transactions(handle, { days: 40 })).toMatchObject({
      ...{ asOf, fromCache: true, stale: true },
      coverage: { from: "2026-10-14", to: null, pending: true },
    });
    await expect(provider.balances(handle, { forceRefresh: true })).rejects.toThrow(InstitutionError);
  });

  it("a reading comes from the cache with onlyIfCached, however old it is", async () => {
    await using provided = await startProvided();
    const { provider, connect, sandbox } = provided;
    const connection = await connect(DEUTSCHE);
    const handle = handleAt(connection);
    const cached = { onlyIfCached: true };
    for (const read of [
      () => provider.balances(handle, cached),
      () => provider.transactions(handle, { days: 30 }, cached),
      () => provider.details(handle, cached),
    ])
      await expect(read()).rejects.toThrow(NotCachedError);
    await provider.balances(handle);
    const transactions = await provider.transactions(handle, { days: 30 });
    await provider.details(handle);
    sandbox.advanceTime({ days: 40 });
    provided.asked();
    expect((await provider.balances(handle, cached)).fromCache).toBe(true);
    const again = await provider.transactions(handle, { days: 30 }, cached);
    expect(again.items).toEqual(transactions.items);
    expect(again).toMatchObject({ asOf: transactions.asOf, fromCache: true });
    expect((await provider.details(handle, cached)).account.detailed).toBe(true);
    expect((await provider.accounts(connection, cached)).items).toHaveLength(2);
    await provider.connections(cached);
    expect(provided.asked()).toEqual([]);
  });

  it("a reading rejects with AccessExpiredError if access has expired", async () => {
    await using provided = await startProvided();
    const { provider, connect, sandbox } = provided;
    const connection = await connect(DEUTSCHE, { consentDays: 1 });
    sandbox.advanceTime({ days: 2 });
    await expect(provider.balances(handleAt(connection))).rejects.toThrow(AccessExpiredError);
    expect((await provider.connection(connection.id, { forceRefresh: true })).state).toBe("expired");
  });
});

describe("what the provider is given", () => {
  it("an option, a wish or a range that no provider knows is rejected before anything is sent", async () => {
    await using provided = await startProvided();
    const { provider, sandbox } = provided;
    const bank = await provider.bank("N26_NTSBDEB1");
    const [connection] = (await provider.connections()).items;
    const sent = sandbox.requests.length;
    const wish = { returnTo: RETURN_TO, historyDay: 3 };
    await expect(provider.begin(bank, wish)).rejects.toThrow("did you mean historyDays?");
    const range: object = { form: "2026-11-01" };
    await expect(provider.transactions("a", range)).rejects.toThrow("did you mean from?");
    const options: object = { detials: "ask" };
    if (connection !== undefined) {
      await expect(provider.accounts(connection, options)).rejects.toThrow("did you mean details?");
    }
    await expect(provider.balances("a", { refersh: true } as object)).rejects.toThrow(
      "did you mean refresh?",
    );
    expect(sandbox.requests.length).toBe(sent);
  });
});
