import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AccountIdentity, Bank } from "../../../packages/core/src/bank/index.ts";
import {
  type ComparedAccount,
  type ConsentWay,
  connectBank,
  renewConnection,
  successionOf,
} from "../../../packages/core/src/connect/index.ts";
import { GoCardlessClient, goCardlessProvider } from "../../../packages/core/src/index.ts";
import { type Received, type Reply, startService } from "../../support/service.ts";

const REQUISITION = "1e944232-bda9-40bc-b784-660c7ab5fe78";
const AGREEMENT = "2e944232-bda9-40bc-b784-660c7ab5fe78";
const bank: Bank = { id: "BANK", name: "Bank", bic: null, countries: [], logo: null, features: [], raw: {} };
const wish = { returnTo: "http://127.0.0.1/return", reference: "mine" };

/** A service whose one connection gives access to these accounts at once. */
async function connecting(accounts: readonly unknown[], odd: (request: Received) => Reply | undefined) {
  const linked = {
    ...{ id: REQUISITION, status: "LN", agreement: AGREEMENT, reference: "mine", accounts },
    link: "http://127.0.0.1/link",
  };
  const service = await startService((request) => {
    const replaced = odd(request);
    if (replaced !== undefined) return replaced;
    const [, room, id] = request.path.split("/");
    if (room === "requisitions") return { body: linked };
    if (room === "agreements") return { body: { id: AGREEMENT, institution_id: "BANK" } };
    return room === "accounts" ? { body: { id, status: "READY" } } : undefined;
  });
  const client = new GoCardlessClient({
    ...{ secretId: "id", secretKey: "key", baseUrl: service.baseUrl, allowHttp: true },
    cacheOptions: false,
  });
  return {
    service,
    provider: goCardlessProvider(client),
    async [Symbol.asyncDispose]() {
      await client.close();
      await service[Symbol.asyncDispose]();
    },
  };
}

const way: ConsentWay = { show: () => {} };

describe("connecting a bank", () => {
  it("the result says how many accounts could not be understood", async () => {
    await using world = await connecting(["acc-1", { no: "id" }, null], () => undefined);
    const { accounts, unreadable } = await connectBank(world.provider, bank, wish, way);
    expect(accounts.map(({ handle }) => handle)).toEqual(["acc-1"]);
    expect(unreadable).toMatchObject([{ kind: "account", reason: "accounts: 2 without an id" }]);
  });
});

describe("renewing a connection", () => {
  it("stopping while the old accounts are read begins nothing, and keeps the old connection", async () => {
    const stop = new AbortController();
    const reason = new Error("stopped");
    await using world = await connecting(["acc-1"], ({ path }) => {
      if (!path.startsWith("/accounts/")) return undefined;
      // The response never comes: only the signal ends the wait for it.
      return () => stop.abort(reason);
    });
    const old = await world.provider.connection(REQUISITION);
    const renewed = renewConnection(world.provider, old, bank, {
      wish,
      way: { ...way, signal: stop.signal },
    });
    await expect(renewed).rejects.toBe(reason);
    expect(world.service.asked().filter((asked) => !asked.startsWith("GET "))).toEqual([]);
  });
});

describe("what became of accounts when a consent was renewed", () => {
  const account = (handle: string, iban: string | null, currency: string | null): ComparedAccount => {
    const identities: AccountIdentity[] =
      iban === null ? [] : [{ scheme: "iban", scope: null, value: iban, currency }];
    return { handle, identities };
  };

  it("an IBAN with two currencies is two accounts, and accounts without an IBAN are not guessed", () => {
    const old = [account("a", "X", "EUR"), account("b", "X", "USD"), account("c", null, "EUR")];
    const fresh = [account("1", "X", "USD"), account("2", "X", "EUR"), account("3", null, "EUR")];
    expect(successionOf(old, fresh)).toEqual({
      same: [],
      renamed: [
        { from: "a", to: "2" },
        { from: "b", to: "1" },
      ],
      gone: ["c"],
      added: ["3"],
    });
  });

  it("an unknown currency matches if only one account is possible, and is not guessed otherwise", () => {
    expect(successionOf([account("a", "X", null)], [account("1", "X", "EUR")]).renamed).toEqual([
      { from: "a", to: "1" },
    ]);
    const two = [account("1", "X", "EUR"), account("2", "X", "USD")];
    expect(successionOf([account("a", "X", null)], two)).toEqual({
      same: [],
      renamed: [],
      gone: ["a"],
      added: ["1", "2"],
    });
  });

  const accounts = fc
    .uniqueArray(
      fc.record({
        handle: fc.constantFrom("a", "b", "c", "d", "e", "f"),
        iban: fc.constantFrom("X", "Y", null),
        currency: fc.constantFrom("EUR", "USD", null),
      }),
      { selector: ({ handle }) => handle, maxLength: 6 },
    )
    .map((list) => list.map(({ handle, iban, currency }) => account(handle, iban, currency)));

  it("every account is listed once, and no two become one", () => {
    fc.assert(
      fc.property(accounts, accounts, (old, fresh) => {
        const { same, renamed, gone, added } = successionOf(old, fresh);
        const handles = (list: readonly ComparedAccount[]) => list.map(({ handle }) => handle).sort();
        expect([...same, ...renamed.map(({ from }) => from), ...gone].sort()).toEqual(handles(old));
        expect([...same, ...renamed.map(({ to }) => to), ...added].sort()).toEqual(handles(fresh));
      }),
    );
  });
});
