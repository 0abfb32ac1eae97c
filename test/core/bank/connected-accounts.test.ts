import { describe, expect, it } from "vitest";
import {
  type AccountsOptions,
  type BankAccount,
  type BankProvider,
  bestConnection,
  type Connection,
  type ConnectionListing,
  type ConnectionState,
  connectedAccounts,
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
  it("is expired once its consent is past its end, even if the provider has not noticed", () => {
    const connection = connectionOf({ consent: PAST });
    expect(stateAt(connection, NOW - 1)).toBe("active");
    expect(stateAt(connection, NOW)).toBe("expired");
    expect(stateAt(connectionOf({ consent: NO_CONSENT }), NOW)).toBe("active");
  });

  it("is what the provider says if it gives no access anyway", () => {
    for (const state of ["open", "expired", "suspended", "ended", "failed", "unknown"] as const)
      expect(stateAt(connectionOf({ state, consent: PAST }), NOW)).toBe(state);
  });
});

describe("the best of several connections", () => {
  const active = connectionOf({ id: "soon", consent: SOON });
  const longer = connectionOf({ id: "later", consent: LATER });
  const unlimited = connectionOf({ id: "unknown end" });

  it("is one that gives access, before one that lasts longer", () => {
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

  it("is the one that lasts longest, whose end is known, and the first of equals", () => {
    expect(bestConnection([active, longer, unlimited], NOW)).toBe(longer);
    expect(bestConnection([unlimited, longer, active], NOW)).toBe(longer);
    expect(bestConnection([unlimited, active], NOW)).toBe(active);
    const twin = connectionOf({ id: "twin", consent: LATER });
    expect(bestConnection([longer, twin], NOW)).toBe(longer);
    expect(bestConnection([twin, longer], NOW)).toBe(twin);
  });

  it("is none of none", () => {
    expect(bestConnection([], NOW)).toBeUndefined();
  });
});

describe("all connected accounts", () => {
  it("are listed each once, under the connection that is the most use, in the order in which they came", async () => {
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

  it("are known again by an identity if they have no handle, and are listed each without one", async () => {
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

  it("tell what is missing of them: unreadable connections and accounts, and what could not be read beside", async () => {
    const missing: UnreadableItem = { kind: "account", reason: "no id", raw: {} };
    const odd: UnreadableItem = { kind: "connection", reason: "odd", raw: 5 };
    const problem = new ConnectionError("away", null);
    const { provider } = providerOf([{ connection: connectionOf(), accounts: [], unreadable: [missing] }], {
      unreadable: [odd],
      problems: [problem],
    });
    expect(await connectedAccounts(provider, NOW)).toEqual({
      items: [],
      unreadable: [odd, missing],
      problems: [problem],
    });
  });

  it("have one that could not be read, with why", async () => {
    const error = new NotFoundError("gone", errorOf(404, "gone"));
    const { provider } = providerOf([{ connection: connectionOf(), accounts: [accountOf({ error })] }]);
    expect((await connectedAccounts(provider, NOW)).items[0]?.account.error).toBe(error);
  });

  it("are asked for with the same options, of at most four connections at once", async () => {
    const listed = Array.from({ length: 9 }, (_, at) => ({
      connection: connectionOf({ id: String(at) }),
      accounts: [accountOf({ handle: String(at) })],
    }));
    const { provider, asked, most } = providerOf(listed);
    const options: AccountsOptions = { details: "ask", refresh: true };
    expect((await connectedAccounts(provider, NOW, options)).items).toHaveLength(9);
    expect(asked).toEqual(listed.map(({ connection }) => ({ id: connection.id, options })));
    expect(most()).toBe(4);
  });

  it("cannot be listed if the connections cannot", async () => {
    const error = new ConnectionError("away", null);
    const provider = { ...providerOf([]).provider, connections: () => Promise.reject(error) };
    await expect(connectedAccounts(provider, NOW)).rejects.toBe(error);
  });
});
