import { describe, expect, it } from "vitest";
import { accountName } from "../../packages/cli/src/accounts/connected-accounts.ts";
import { accounts } from "../../packages/cli/src/commands/accounts.run.ts";
import { balances } from "../../packages/cli/src/commands/balances.run.ts";
import { connections } from "../../packages/cli/src/commands/connections.run.ts";
import { details } from "../../packages/cli/src/commands/details.run.ts";
import { quota } from "../../packages/cli/src/commands/quota.run.ts";
import type { BankProvider } from "../../packages/core/src/bank/index.ts";
import { GoCardlessClient, goCardlessProvider } from "../../packages/core/src/index.ts";
import { startSandbox } from "../../packages/sandbox/src/index.ts";
import { connected } from "./e2e/command.ts";
import { sessionOf } from "./session-of.ts";

/** A bank that is connected, and shows some of its accounts without giving access to their data. */
async function bankThatBlocks(isBlocked: (at: number) => boolean) {
  const sandbox = await startSandbox({ seed: 1 });
  const { accounts: handles = [] } = await connected(sandbox, "DEUTSCHE_BANK_DEUTDEFF");
  const client = new GoCardlessClient({
    ...sandbox.credentials,
    baseUrl: sandbox.baseUrl,
    cacheOptions: { backend: "memory" },
  });
  const provider: BankProvider = {
    ...goCardlessProvider(client),
    async accounts(connection, options) {
      const { items, unreadable } = await goCardlessProvider(client).accounts(connection, options);
      return {
        items: items.map((account, at) => (isBlocked(at) ? { ...account, handle: null } : account)),
        unreadable,
      };
    },
  };
  return {
    provider,
    handles,
    ibans: sandbox.state().accounts.map(({ iban }) => iban),
    async [Symbol.asyncDispose]() {
      await client.close();
      await sandbox.close();
    },
  };
}

describe("accounts whose data the bank does not share", () => {
  it("accounts lists a blocked account, in the table and with --json", async () => {
    await using bank = await bankThatBlocks((at) => at === 1);
    using person = sessionOf(bank.provider);
    expect(await accounts(person.session)).toBe(0);
    expect(person.out.text).toMatch(
      new RegExp(`^Savings Account\t${bank.ibans[1]}\t.*\tready\t\\d{4}-\\d\\d-\\d\\d\t$`, "m"),
    );
    using program = sessionOf(bank.provider, { json: true });
    expect(await accounts(program.session)).toBe(0);
    expect(JSON.parse(program.out.text)).toMatchObject([
      { accountId: bank.handles[0] },
      { accountId: null, accountIban: bank.ibans[1], error: null },
    ]);
  });

  it("commands that need calls leave a blocked account out, with a warning", async () => {
    await using bank = await bankThatBlocks((at) => at === 1);
    const note =
      "The bank gives no access to the data of 1 account, which is left out here: Savings Account.\n";
    using reading = sessionOf(bank.provider);
    expect(await balances(reading.session, undefined, {})).toBe(0);
    expect(reading.err.text).toMatch(new RegExp(`^${note}As of just now`));
    expect(reading.out.text).not.toContain("Savings Account");
    using quiet = sessionOf(bank.provider, { quiet: true });
    expect(await balances(quiet.session, undefined, {})).toBe(0);
    expect(quiet.err.text).toBe(note);
    using counting = sessionOf(bank.provider, { json: true });
    expect(await quota(counting.session, undefined)).toBe(0);
    expect(counting.err.text).toBe(note);
    const items: { accountId: string }[] = JSON.parse(counting.out.text);
    expect(new Set(items.map(({ accountId }) => accountId))).toEqual(new Set([bank.handles[0]]));
  });

  it("a blocked account is an error if it is named, or if there is no other", async () => {
    await using bank = await bankThatBlocks((at) => at === 1);
    using person = sessionOf(bank.provider);
    await expect(balances(person.session, bank.ibans[1] ?? "", {})).rejects.toMatchObject({
      message: "Savings Account: the bank gives no access to its data.",
      exitCode: 1,
    });
    await using all = await bankThatBlocks(() => true);
    using nobody = sessionOf(all.provider);
    await expect(details(nobody.session, undefined, {})).rejects.toMatchObject({
      message: "The bank gives no access to the data of any account.",
      next: "bankdata accounts",
    });
  });
});

describe("notes about what to do next", () => {
  it.each([true, false])("a command in a note has --sandbox if that is used: %j", async (sandbox) => {
    await using bank = await bankThatBlocks(() => false);
    const { items } = await bank.provider.connections();
    const expired = items.map((item) => ({ ...item, state: "expired" as const }));
    const flag = sandbox ? " --sandbox" : "";
    for (const [list, code, note] of [
      [[], 0, `No bank is connected. Connect one with: bankdata connect${flag}\n`],
      [expired, 3, `Renew it: bankdata connect${flag} --renew ${items[0]?.reference}\n`],
    ] as const) {
      const connected = async () => ({ items: list, unreadable: [], problems: [] });
      using person = sessionOf({ ...bank.provider, connections: connected }, { sandbox });
      expect(await connections(person.session)).toBe(code);
      expect(person.err.text.endsWith(note), person.err.text).toBe(true);
    }
  });
});

describe("names of accounts", () => {
  it("an account is called by its alias, its label, its holder, the beginning of its handle, or its IBAN", async () => {
    await using bank = await bankThatBlocks(() => false);
    const { items: connections } = await bank.provider.connections();
    const [connection] = connections;
    if (connection === undefined) throw new Error("nothing is connected");
    const [account] = (await bank.provider.accounts(connection)).items;
    if (account === undefined) throw new Error("there is no account");
    const named = { ...account, alias: "Mine", label: "Giro", holder: "Jo", handle: "7e944232-bda9" };
    expect([
      accountName(named),
      accountName({ ...named, alias: null }),
      accountName({ ...named, alias: null, label: " " }),
      accountName({ ...named, alias: null, label: null, holder: null }),
      accountName({ ...named, alias: null, label: null, holder: null, handle: null }),
    ]).toEqual(["Mine", "Giro", "Jo", "7e944232", account.iban]);
  });
});
