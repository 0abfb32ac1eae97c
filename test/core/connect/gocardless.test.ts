import { describe, expect, it } from "vitest";
import type { BegunConnection } from "../../../packages/core/src/bank/index.ts";
import { ConsentRefusedError } from "../../../packages/core/src/base/errors.ts";
import { type ConsentWay, connectBank, renewConnection } from "../../../packages/core/src/connect/index.ts";
import type { Authorisation } from "../../../packages/sandbox/src/index.ts";
import { RETURN_TO, startProvided } from "../providers/gocardless/provided.ts";

const WISH = { returnTo: RETURN_TO };

/** A person who decides as soon as the link is shown, and comes back to nobody, or to whoever waits for them. */
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
    "is connected, with the details of its accounts; the browser came back: %s",
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

  it("is not connected if the person refuses, and nothing is left of it", async () => {
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
  ])("that %s is connected again, and its accounts are known", async (kind, id) => {
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
});
