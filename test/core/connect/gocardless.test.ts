import { describe, expect, it } from "vitest";
import { type BegunConnection, connectedAccounts } from "../../../packages/core/src/bank/index.ts";
import { ConsentRefusedError } from "../../../packages/core/src/base/errors.ts";
import { type ConsentWay, connectBank, renewConnection } from "../../../packages/core/src/connect/index.ts";
import type { Authorisation } from "../../../packages/sandbox/src/index.ts";
import { handleAt, RETURN_TO, startProvided } from "../providers/gocardless/provided.ts";

const WISH = { returnTo: RETURN_TO };

/** An end user who decides as soon as the link is shown, and whose browser returns or not. */
function wayOf(
  { sandbox }: Awaited<ReturnType<typeof startProvided>>,
  decision: Authorisation,
  comesBack = false,
): ConsentWay {
  let address: string | null = null;
  return {
    show: async ({ connectionId }: BegunConnection) => {
      address = await sandbox.authorise(connectionId ?? "", decision);
    },
    returned: comesBack ? async () => address ?? "" : undefined,
    now: () => Date.parse(sandbox.now()),
    sleep: async (milliseconds) => {
      sandbox.advanceTime({ seconds: milliseconds / 1000 });
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe("a bank behind GoCardless", () => {
  it.each([true, false])(
    "a bank is connected, with the details of its accounts; the browser came back: %s",
    async (back) => {
      await using provided = await startProvided();
      const { provider } = provided;
      const bank = await provider.bank("DEUTSCHE_BANK_DEUTDEFF");
      const way = wayOf(provided, { outcome: "linked", takesSeconds: 20 }, back);
      const { connection, accounts } = await connectBank(provider, bank, WISH, way);
      expect(connection.state).toBe("active");
      expect(accounts.map(({ detailed, error }) => [detailed, error])).toEqual([
        [true, null],
        [true, null],
      ]);
    },
  );

  it("a bank is not connected if the end user refuses, and nothing is left of the attempt", async () => {
    await using provided = await startProvided();
    const { provider, sandbox } = provided;
    const bank = await provider.bank("DEUTSCHE_BANK_DEUTDEFF");
    const way = wayOf(provided, { outcome: "cancelled" }, true);
    await expect(connectBank(provider, bank, WISH, way)).rejects.toThrow(ConsentRefusedError);
    expect(sandbox.state()).toMatchObject({ requisitions: [], agreements: [] });
  });

  it.each([
    ["keeps the ids of accounts", "DEUTSCHE_BANK_DEUTDEFF"],
    ["gives accounts new ids", "LLOYDS_LOYDGB2L"],
    ["says little of its accounts", "COMMERZBANK_COBADEFF"],
  ])("a bank that %s is connected again, and its accounts are matched", async (kind, id) => {
    await using provided = await startProvided();
    const { provider, sandbox } = provided;
    const bank = await provider.bank(id);
    const way = wayOf(provided, { outcome: "linked" });
    const { connection: old } = await connectBank(provider, bank, WISH, way);
    sandbox.advanceTime({ days: 200 });
    const renewed = await renewConnection(provider, old, bank, { wish: WISH, way });
    const [before, after] = [old.accountHandles, renewed.connection.accountHandles];
    expect(renewed.succession).toEqual(
      kind.startsWith("gives")
        ? { same: [], renamed: before.map((from, at) => ({ from, to: after[at] })), gone: [], added: [] }
        : { same: before, renamed: [], gone: [], added: [] },
    );
    expect(renewed.endError).toBeNull();
    expect((await provider.connections({ forceRefresh: true })).items.map((one) => one.id)).toEqual([
      renewed.connection.id,
    ]);
    for (const handle of after)
      expect((await provider.transactions(handle, { days: 30 })).items.length).toBeGreaterThan(0);
  });

  it("a bank that keeps account ids keeps their details after a renewal, at one call per account", async () => {
    await using provided = await startProvided();
    const { provider, sandbox } = provided;
    const bank = await provider.bank("DEUTSCHE_BANK_DEUTDEFF");
    const way = wayOf(provided, { outcome: "linked" });
    const { connection: old } = await connectBank(provider, bank, WISH, way);
    sandbox.advanceTime({ days: 2 });
    provided.asked();
    const { connection, succession, accounts } = await renewConnection(provider, old, bank, {
      wish: WISH,
      way,
    });
    expect(succession?.same).toEqual(old.accountHandles);
    expect(accounts.map(({ detailed }) => detailed)).toEqual([true, true]);
    const requests = provided.asked();
    const ended = requests.indexOf(`DELETE /requisitions/${old.id}/`);
    expect(ended).toBeGreaterThan(requests.findIndex((one) => one.startsWith("POST /requisitions/")));
    // The details were requested after the old connection had ended, as ending it drops what is cached of its accounts.
    const details = old.accountHandles.map((handle) => `GET /accounts/${handle}/details/`).sort();
    expect(requests.filter((one) => one.endsWith("/details/")).sort()).toEqual(details);
    expect(
      requests
        .slice(ended)
        .filter((one) => one.endsWith("/details/"))
        .sort(),
    ).toEqual(details);
    for (const handle of connection.accountHandles) {
      expect(await provider.details(handle)).toMatchObject({ fromCache: true, stale: false });
      expect((await provider.callsLeft(handle)).details.remaining).toBe(3);
    }
    const again = await provider.accounts(connection, { details: "ask" });
    expect(again.items.map(({ detailed, error }) => [detailed, error])).toEqual([
      [true, null],
      [true, null],
    ]);
    expect(provided.asked().filter((one) => one.endsWith("/details/"))).toEqual([]);
  });

  it("a bank that sends no details is connected, with the error for each account", async () => {
    await using provided = await startProvided();
    const { provider, sandbox } = provided;
    const bank = await provider.bank("DEUTSCHE_BANK_DEUTDEFF");
    const way = wayOf(provided, { outcome: "linked" });
    sandbox.setFaults([{ operation: "details", error: "ServiceError", times: 9 }]);
    const { connection, accounts, accountsError } = await connectBank(provider, bank, WISH, way);
    expect([connection.state, accountsError]).toEqual(["active", null]);
    expect(accounts.map(({ handle, detailed, error }) => [handle, detailed, error?.name])).toEqual([
      [handleAt(connection, 0), false, "InstitutionError"],
      [handleAt(connection, 1), false, "InstitutionError"],
    ]);
  });
});

describe("all accounts of one bank behind GoCardless", () => {
  it("details are requested once per account, even without the cache and although six connections have it", async () => {
    await using provided = await startProvided();
    const { provider, sandbox, connect } = provided;
    for (let count = 0; count < 6; count += 1) await connect("DEUTSCHE_BANK_DEUTDEFF", { accounts: 1 });
    provided.asked();
    const now = Date.parse(sandbox.now());
    for (const options of [{}, { forceRefresh: true }]) {
      const { items } = await connectedAccounts(provider, now, { details: "ask", ...options });
      expect(items.map(({ account }) => [account.detailed, account.error])).toEqual([[true, null]]);
      expect(provided.asked().filter((one) => one.endsWith("/details/"))).toHaveLength(1);
    }
  });

  it("accounts are listed only under their new ids once the bank is reconnected and their currencies are known", async () => {
    await using provided = await startProvided();
    const { provider, sandbox, connect } = provided;
    await connect("LLOYDS_LOYDGB2L", { consentDays: 10 });
    const now = () => Date.parse(sandbox.now());
    await connectedAccounts(provider, now(), { details: "ask" });
    sandbox.advanceTime({ days: 11 });
    const fresh = await connect("LLOYDS_LOYDGB2L", { consentDays: 90 });
    // Without their currency, they may be other accounts.
    const undecided = (await connectedAccounts(provider, now())).items;
    expect(undecided).toHaveLength(2 * fresh.accountHandles.length);
    await provider.accounts(fresh, { details: "ask" });
    const { items } = await connectedAccounts(provider, now());
    expect(items.map(({ account, connection }) => [account.handle, connection.id]).sort()).toEqual(
      fresh.accountHandles.map((handle) => [handle, fresh.id]).sort(),
    );
  });
});
