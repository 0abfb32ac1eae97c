import { describe, expect, it } from "vitest";
import {
  type AccountIdentity,
  type AccountsOptions,
  type BankAccount,
  type BankProvider,
  bestConnection,
  type Connection,
  type ConnectionListing,
  type ConnectionState,
  connectedAccounts,
  type DetailsReading,
  handleOf,
  stateAt,
  type UnreadableItem,
} from "../../../packages/core/src/bank/index.ts";
import { ConnectionError, NotFoundError } from "../../../packages/core/src/base/errors.ts";
import { accountOf, connectionOf, NO_CONSENT } from "./examples.ts";
import { errorOf, SessionService, sessionProvider } from "./session-provider.ts";

const NOW = Date.parse("2026-11-23T09:00:00Z");
const until = (date: string) => ({ ...NO_CONSENT, validUntil: new Date(date) });
const LATER = until("2027-03-01T00:00:00Z");
const SOON = until("2026-12-01T00:00:00Z");
const PAST = until("2026-11-23T09:00:00Z");

/** A reading of an account with details. */
const detailsOf = (account: BankAccount): DetailsReading => ({
  ...{ account, asOf: new Date(NOW), fromCache: false, stale: false, staleReason: null },
});

/** A provider of these connections, each with its accounts. */
function providerOf(
  listed: readonly {
    connection: Connection;
    accounts: readonly BankAccount[];
    unreadable?: UnreadableItem[];
  }[],
  listing: Partial<ConnectionListing> = {},
) {
  const asked: { id: string; options: AccountsOptions | undefined }[] = [];
  let most = 0;
  let running = 0;
  const provider: BankProvider = {
    ...sessionProvider(new SessionService()),
    connections: async () => ({
      items: listed.map(({ connection }) => connection),
      unreadable: [],
      problems: [],
      ...listing,
    }),
    accounts: async ({ id }, options) => {
      asked.push({ id, options });
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      const found = listed.find(({ connection }) => connection.id === id);
      return { items: found?.accounts ?? [], unreadable: found?.unreadable ?? [] };
    },
  };
  return { provider, asked, most: () => most };
}

describe("the state of a connection", () => {
  it("a connection is expired once its consent has ended, even if the provider has not noticed", () => {
    const connection = connectionOf({ consent: PAST });
    expect(stateAt(connection, NOW - 1)).toBe("active");
    expect(stateAt(connection, NOW)).toBe("expired");
    expect(stateAt(connectionOf({ consent: NO_CONSENT }), NOW)).toBe("active");
  });

  it("a connection that gives no access keeps the provider's state", () => {
    for (const state of ["open", "expired", "suspended", "ended", "failed", "unknown"] as const)
      expect(stateAt(connectionOf({ state, consent: PAST }), NOW)).toBe(state);
  });
});

describe("the best connection", () => {
  const active = connectionOf({ id: "soon", consent: SOON });
  const longer = connectionOf({ id: "later", consent: LATER });
  const unlimited = connectionOf({ id: "unknown end" });

  it("the best connection gives access, even if another one lasts longer", () => {
    for (const state of [
      "open",
      "expired",
      "suspended",
      "ended",
      "failed",
      "unknown",
    ] satisfies ConnectionState[]) {
      const other = connectionOf({ id: "other", state, consent: LATER });
      expect(bestConnection([other, active], NOW)).toBe(active);
      expect(bestConnection([active, other], NOW)).toBe(active);
    }
    expect(bestConnection([connectionOf({ consent: PAST }), unlimited], NOW)).toBe(unlimited);
  });

  it("the best connection is the one that lasts longest, and the first of equals", () => {
    expect(bestConnection([active, longer, unlimited], NOW)).toBe(longer);
    expect(bestConnection([unlimited, longer, active], NOW)).toBe(longer);
    expect(bestConnection([unlimited, active], NOW)).toBe(active);
    const twin = connectionOf({ id: "twin", consent: LATER });
    expect(bestConnection([longer, twin], NOW)).toBe(longer);
    expect(bestConnection([twin, longer], NOW)).toBe(twin);
  });

  it("the best connection is undefined if there are none", () => {
    expect(bestConnection([], NOW)).toBeUndefined();
  });
});

describe("all connected accounts", () => {
  it("accounts are listed once each, under their most useful connection, in the original order", async () => {
    const old = connectionOf({ id: "old", state: "expired", consent: PAST });
    const short = connectionOf({ id: "short", consent: SOON });
    const long = connectionOf({ id: "long", consent: LATER });
    const account = (handle: string, connectionId: string) => accountOf({ handle, connectionId });
    const { provider } = providerOf([
      { connection: old, accounts: [account("a", "old"), account("only old", "old")] },
      { connection: long, accounts: [account("a", "long"), account("b", "long")] },
      { connection: short, accounts: [account("a", "short"), account("b", "short")] },
    ]);
    const { items } = await connectedAccounts(provider, NOW);
    expect(
      items.map(({ account, connection }) => [account.handle, account.connectionId, connection.id]),
    ).toEqual([
      ["a", "long", "long"],
      ["only old", "old", "old"],
      ["b", "long", "long"],
    ]);
  });

  it("accounts without a handle are matched by an identity, and listed separately without one", async () => {
    const blocked = accountOf({
      handle: null,
      identities: [{ scheme: "iban", scope: null, value: "1", currency: "EUR" }],
    });
    const nameless = accountOf({ handle: null, identities: [] });
    const consent = (until: string) => ({ grantedAt: null, validUntil: new Date(until), historyDays: null });
    const { provider } = providerOf([
      {
        connection: connectionOf({ id: "1", consent: consent("2027-01-01") }),
        accounts: [blocked, accountOf({ handle: "a" }), nameless],
      },
      {
        connection: connectionOf({ id: "2", consent: consent("2027-02-01") }),
        accounts: [nameless, blocked],
      },
    ]);
    const { items } = await connectedAccounts(provider, NOW);
    expect(items.map(({ account, connection }) => [account.handle, connection.id])).toEqual([
      [null, "2"],
      ["a", "1"],
      [null, "1"],
      [null, "2"],
    ]);
  });

  it("the list reports unreadable connections and accounts, and additional data that could not be read", async () => {
    const missing: UnreadableItem = { kind: "account", reason: "no id", raw: {} };
    const odd: UnreadableItem = { kind: "connection", reason: "odd", raw: 5 };
    const problem = new ConnectionError("away", null);
    const connection = connectionOf();
    const { provider } = providerOf([{ connection, accounts: [], unreadable: [missing] }], {
      unreadable: [odd],
      problems: [problem],
    });
    expect(await connectedAccounts(provider, NOW)).toEqual({
      items: [],
      connections: [connection],
      unreadable: [odd, missing],
      problems: [problem],
    });
  });

  it("an account that could not be read is listed with the error", async () => {
    const error = new NotFoundError("gone", errorOf(404, "gone"));
    const { provider } = providerOf([{ connection: connectionOf(), accounts: [accountOf({ error })] }]);
    expect((await connectedAccounts(provider, NOW)).items[0]?.account.error).toBe(error);
  });

  it("accounts are listed with the same options, from at most four connections at once", async () => {
    const listed = Array.from({ length: 9 }, (_, at) => ({
      connection: connectionOf({ id: String(at) }),
      accounts: [accountOf({ handle: String(at) })],
    }));
    const { provider, asked, most } = providerOf(listed);
    const options: AccountsOptions = { refresh: true, timeout: 5000 };
    expect((await connectedAccounts(provider, NOW, options)).items).toHaveLength(9);
    expect(asked).toEqual(listed.map(({ connection }) => ({ id: connection.id, options })));
    expect(most()).toBe(4);
  });

  it("options that only details have are passed only when details are requested", async () => {
    const listed = [{ connection: connectionOf({ id: "1" }), accounts: [accountOf({ handle: "a" })] }];
    const { provider } = providerOf(listed);
    const seen: [string, unknown][] = [];
    const noting: BankProvider = {
      ...provider,
      connections: async (options) => {
        seen.push(["connections", options]);
        return await provider.connections(options);
      },
      accounts: async (connection, options) => {
        seen.push(["accounts", options]);
        return await provider.accounts(connection, options);
      },
      details: async (account, options) => {
        seen.push(["details", options]);
        return detailsOf(accountOf({ handle: handleOf(account), detailed: true }));
      },
    };
    const { items } = await connectedAccounts(noting, NOW, { details: "ask", force: true, refresh: true });
    expect(items.map(({ account }) => account.detailed)).toEqual([true]);
    expect(seen).toEqual([
      ["connections", { refresh: true }],
      ["accounts", { refresh: true }],
      ["details", { refresh: true, force: true }],
    ]);
    seen.length = 0;
    await connectedAccounts(noting, NOW, { details: "cached", force: true });
    expect(seen).toEqual([
      ["connections", {}],
      ["accounts", {}],
    ]);
  });

  it("details are requested once per account, however many connections have it", async () => {
    const account = accountOf({ handle: "a" });
    const listed = Array.from({ length: 6 }, (_, at) => ({
      connection: connectionOf({ id: String(at) }),
      accounts: [account, accountOf({ handle: null }), accountOf({ handle: `own ${at}` })],
    }));
    const { provider } = providerOf(listed);
    const asked: string[] = [];
    const counting: BankProvider = {
      ...provider,
      details: async (one) => {
        asked.push(handleOf(one));
        return detailsOf(accountOf({ handle: handleOf(one), detailed: true }));
      },
    };
    await connectedAccounts(counting, NOW, { details: "ask", forceRefresh: true });
    expect(asked.sort()).toEqual(["a", ...listed.map((_, at) => `own ${at}`)]);
  });

  it("an account whose details cannot be read has the error, and an unreadable account is not asked for details", async () => {
    const error = new ConnectionError("away", null);
    const unread = new NotFoundError("gone", errorOf(404, "gone"));
    const { provider } = providerOf([
      {
        connection: connectionOf(),
        accounts: [accountOf({ handle: "a", label: "Giro" }), accountOf({ handle: "b", error: unread })],
      },
    ]);
    const asked: string[] = [];
    const failing: BankProvider = {
      ...provider,
      details: (account) => {
        asked.push(handleOf(account));
        return Promise.reject(error);
      },
    };
    const { items } = await connectedAccounts(failing, NOW, { details: "ask" });
    expect(items.map(({ account }) => [account.label, account.error])).toEqual([
      ["Giro", error],
      [null, unread],
    ]);
    expect(asked).toEqual(["a"]);
    const defect = new TypeError("a defect");
    const broken = { ...provider, details: () => Promise.reject(defect) };
    await expect(connectedAccounts(broken, NOW, { details: "ask" })).rejects.toBe(defect);
  });

  it("no accounts are listed if the connections cannot be listed", async () => {
    const error = new ConnectionError("away", null);
    const provider = { ...providerOf([]).provider, connections: () => Promise.reject(error) };
    await expect(connectedAccounts(provider, NOW)).rejects.toBe(error);
  });
});

describe("an account that got another handle", () => {
  const active = (id: string, consent = LATER) => connectionOf({ id, consent });
  const ended = (id: string) => connectionOf({ id, state: "expired", consent: PAST });
  const iban = (currency: string | null): AccountIdentity => ({
    ...{ scheme: "iban", scope: null, value: "FI2112345600000785", currency },
  });
  const euros = (handle: string | null) => accountOf({ handle, identities: [iban("EUR")] });

  /** The handles that are listed, regardless of the order of connections. */
  async function handlesOf(listed: readonly { connection: Connection; accounts: readonly BankAccount[] }[]) {
    const forwards = await connectedAccounts(providerOf(listed).provider, NOW);
    const backwards = await connectedAccounts(providerOf([...listed].reverse()).provider, NOW);
    const handles = ({ items }: typeof forwards) =>
      items.map(({ account, connection }) => `${account.handle} of ${connection.id}`).sort();
    expect(handles(backwards)).toEqual(handles(forwards));
    return handles(forwards);
  }

  it("an account with a new handle in an active connection is listed only under that one", async () => {
    const [old, fresh] = [ended("old"), active("fresh")];
    const accounts = [
      { connection: old, accounts: [euros("before")] },
      { connection: fresh, accounts: [euros("now")] },
    ];
    expect(await handlesOf(accounts)).toEqual(["now of fresh"]);
    const third = { connection: ended("oldest"), accounts: [euros("first")] };
    expect(await handlesOf([third, ...accounts])).toEqual(["now of fresh"]);
  });

  it("an account is listed under both handles if they are not certainly the same, for example without a currency", async () => {
    for (const identities of [[iban(null)], [iban("USD")], []])
      expect(
        await handlesOf([
          { connection: ended("old"), accounts: [accountOf({ handle: "before", identities })] },
          { connection: active("fresh"), accounts: [euros("now")] },
        ]),
      ).toEqual(["before of old", "now of fresh"]);
  });

  it("an account is listed under both handles if both can be read, as their histories may differ", async () => {
    expect(
      await handlesOf([
        { connection: active("one"), accounts: [euros("a")] },
        { connection: active("other", SOON), accounts: [euros("b")] },
        { connection: ended("old"), accounts: [euros("c")] },
      ]),
    ).toEqual(["a of one", "b of other"]);
  });

  it("an account whose access the bank has ended is listed only under its new handle, although its consent lasts", async () => {
    const dead = { ...euros("dead"), state: "expired" } as const;
    expect(
      await handlesOf([
        { connection: active("long", LATER), accounts: [dead] },
        { connection: active("short", SOON), accounts: [euros("alive")] },
      ]),
    ).toEqual(["alive of short"]);
  });

  it("an account is listed under the handle that can be read, even if a connection without access to it lasts longer", async () => {
    expect(
      await handlesOf([
        { connection: active("short", SOON), accounts: [euros("a")] },
        { connection: active("long", LATER), accounts: [euros(null)] },
      ]),
    ).toEqual(["a of short"]);
  });
});
