import { describe, expect, it } from "vitest";
import {
  AccessExpiredError,
  type BankDataError,
  GoCardlessClient,
} from "../../../../packages/core/src/index.ts";
import { startSandbox } from "../../../../packages/sandbox/src/index.ts";

/** A client with a cache, and a sandbox with two linked accounts whose metadata and balances are cached. */
async function connected() {
  const sandbox = await startSandbox({ now: "2026-11-23T09:00:00Z", accounts: 2 });
  const client = new GoCardlessClient({
    ...sandbox.clientOptions(),
    cacheOptions: { backend: "memory" },
    retries: 0,
  });
  const [id, other] = sandbox.state().accounts.map((account) => account.id);
  if (id === undefined || other === undefined) throw new Error("No account was linked.");
  for (const one of [id, other]) {
    await client.getAccount(one);
    await client.getAccountBalances(one);
  }
  const dispose = async () => {
    await client.close();
    await sandbox.close();
  };
  return { sandbox, client, id, other, [Symbol.asyncDispose]: dispose };
}

describe("cached metadata of an account", () => {
  it.each(["balances", "details", "transactions"] as const)(
    "are dropped once its %s are rejected because its access has ended, and what else is cached stays",
    async (kind) => {
      await using made = await connected();
      const { sandbox, client, id, other } = made;
      sandbox.endAccess(id);
      expect((await client.getAccount(id)).status).toBe("READY");
      const read = {
        balances: () => client.getAccountBalances(id, { refresh: true }),
        details: () => client.getAccountDetails(id, { refresh: true }),
        transactions: () => client.getAccountTransactions(id, undefined, { refresh: true }),
      }[kind];
      await expect(read()).rejects.toThrow(AccessExpiredError);
      const sent = sandbox.requests.length;
      expect((await client.getAccountBalances(id)).balances).toHaveLength(2);
      expect((await client.getAccount(other)).status).toBe("READY");
      expect(sandbox.requests).toHaveLength(sent);
      expect((await client.getAccount(id)).status).toBe("EXPIRED");
      const accounts = await client.getAllAccounts();
      expect(accounts.find((account) => account.id === id)?.is_expired).toBe(true);
    },
  );

  it.each([["SUSPENDED"], ["ERROR"]] as const)(
    "are dropped once the account is known to be %s",
    async (status) => {
      await using made = await connected();
      const { sandbox, client, id } = made;
      sandbox.setAccountStatus(id, status);
      const error = await client
        .getAccountBalances(id, { refresh: true })
        .catch((thrown: BankDataError) => thrown);
      expect(error).toMatchObject({ status: 409 });
      expect((await client.getAccount(id)).status).toBe(status);
    },
  );

  it("stay if the request fails for another reason", async () => {
    await using made = await connected();
    const { sandbox, client, id } = made;
    for (const error of ["ServiceError", "RateLimitError", "AccountAccessForbidden", "IpDenied"] as const) {
      sandbox.inject({ operation: "balances", error });
      await client.getAccountBalances(id, { forceRefresh: true }).catch(() => undefined);
    }
    const sent = sandbox.requests.length;
    await client.getAccount(id);
    expect(sandbox.requests).toHaveLength(sent);
  });
});
