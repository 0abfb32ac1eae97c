import { describe, expect, it } from "vitest";
import type { BankProvider } from "../../../packages/core/src/bank/index.ts";
import { BankDataError, ConsentRefusedError } from "../../../packages/core/src/base/errors.ts";
import { connectBank, renewConnection } from "../../../packages/core/src/connect/index.ts";
import { BANK, errorOf, SessionService, sessionProvider } from "./session-provider.ts";
import { BLOCKED, EUR, errorFrom, USD, WISH, wayOf } from "./ways.ts";

describe("renewing a connection", () => {
  async function renewed(service: SessionService, change: () => void = () => {}) {
    const provider = sessionProvider(service);
    const first = wayOf({ returned: async () => service.agree(first.begun()) });
    const old = (await connectBank(provider, BANK, WISH, first.way)).connection;
    change();
    const second = wayOf({ returned: async () => service.agree(second.begun()) });
    return { old, ...(await renewConnection(provider, old, BANK, { wish: WISH, way: second.way })) };
  }

  it("accounts are matched by identities that last, as every handle is new, and the old connection ends", async () => {
    const service = new SessionService([EUR, USD, BLOCKED]);
    const { old, connection, succession, endError, accounts } = await renewed(service);
    expect(succession).toEqual({
      same: [],
      renamed: [
        { from: "uid-3-0", to: "uid-6-0" },
        { from: "uid-3-1", to: "uid-6-1" },
      ],
      gone: [],
      added: [],
    });
    expect(accounts).toHaveLength(3);
    expect(endError).toBeNull();
    expect(service.calls).toEqual(["begin", "finish", "begin", "finish", `end ${old.id}`]);
    expect([...service.sessions.keys()]).toEqual([connection.id]);
  });

  it("the succession says which accounts are gone and which are new", async () => {
    const service = new SessionService([EUR, USD]);
    const other = { ...EUR, hash: "W10=.other" };
    const { succession } = await renewed(service, () => (service.held = [other, EUR]));
    expect(succession).toEqual({
      same: [],
      renamed: [{ from: "uid-3-0", to: "uid-6-1" }],
      gone: ["uid-3-1"],
      added: ["uid-6-0"],
    });
  });

  it("the new connection stays if the old one cannot be ended, and the result says why", async () => {
    const service = new SessionService([EUR]);
    const error = errorOf(500, "away");
    const { endError, connection, old } = await renewed(service, () => service.fail("end", error));
    expect(endError).toBe(error);
    expect([...service.sessions.keys()]).toEqual([old.id, connection.id]);
  });

  /** A provider that records how accounts are listed, and fails if the test wants it to. */
  function listing(
    service: SessionService,
    failing: (id: string, details?: string) => boolean = () => false,
  ) {
    const plain = sessionProvider(service);
    const provider: typeof plain = {
      ...plain,
      accounts: async (connection, options) => {
        service.calls.push(`accounts ${connection.id} ${options?.details}`);
        if (failing(connection.id, options?.details)) throw errorOf(503, "away");
        return await plain.accounts(connection, options);
      },
    };
    return provider;
  }

  /** Connects with one provider, and renews with another; the calls are those of the renewal. */
  async function renewedBy(service: SessionService, provider: BankProvider) {
    const first = wayOf({ returned: async () => service.agree(first.begun()) });
    const { connection: old } = await connectBank(sessionProvider(service), BANK, WISH, first.way);
    service.calls.length = 0;
    const second = wayOf({ returned: async () => service.agree(second.begun()) });
    return {
      old,
      renewed: await renewConnection(provider, old, BANK, { wish: WISH, way: second.way }),
    };
  }

  it("renewing reads cached details of old accounts, lists the new ones, ends the old connection, and then requests details", async () => {
    const service = new SessionService([EUR]);
    await renewedBy(service, listing(service));
    expect(service.calls).toEqual([
      "accounts session-3 cached",
      "begin",
      "finish",
      "accounts session-6 cached",
      "end session-3",
      "accounts session-6 ask",
    ]);
  });

  it("the old connection stays if the new one has no accounts, and the result says so", async () => {
    const service = new SessionService([EUR]);
    const { old, ...none } = await renewed(service, () => (service.held = []));
    expect(none).toMatchObject({ accounts: [], succession: null, accountsError: null });
    expect(none.endError).toEqual(new BankDataError("The new connection has no accounts."));
    expect([...service.sessions.keys()]).toEqual([old.id, none.connection.id]);
  });

  it("the old connection stays if the new accounts cannot be listed, and the result says why", async () => {
    for (const held of [[EUR], []]) {
      const service = new SessionService(held);
      const provider = listing(service, (id) => id === "session-6");
      const { old, renewed: unlisted } = await renewedBy(service, provider);
      const error = errorOf(503, "away");
      expect(unlisted).toMatchObject({ accounts: [], unreadable: [], succession: null });
      expect([unlisted.accountsError, unlisted.endError]).toEqual([error, error]);
      expect([...service.sessions.keys()]).toEqual([old.id, unlisted.connection.id]);
    }
  });

  it("an old connection that also had no accounts is ended", async () => {
    const service = new SessionService();
    const { connection, succession, endError } = await renewed(service);
    expect(succession).toEqual({ same: [], renamed: [], gone: [], added: [] });
    expect(endError).toBeNull();
    expect([...service.sessions.keys()]).toEqual([connection.id]);
  });

  it("accounts are matched as first listed if they cannot be listed again with details, and the result says why", async () => {
    const service = new SessionService([EUR]);
    const provider = listing(service, (_, details) => details === "ask");
    const { renewed: mapped } = await renewedBy(service, provider);
    expect(mapped.accountsError).toEqual(errorOf(503, "away"));
    expect(mapped.succession?.renamed).toEqual([{ from: "uid-3-0", to: "uid-6-0" }]);
    expect(mapped.endError).toBeNull();
  });

  it("a programming error while listing accounts is thrown", async () => {
    const service = new SessionService([EUR]);
    const defect = new TypeError("a defect");
    const provider = { ...sessionProvider(service), accounts: () => Promise.reject(defect) };
    const { way, begun } = wayOf({ returned: async () => service.agree(begun()) });
    await expect(connectBank(provider, BANK, WISH, way)).rejects.toBe(defect);
  });

  it("a programming error while ending the old connection is thrown", async () => {
    const service = new SessionService([EUR]);
    const defect = new TypeError("a defect");
    await expect(renewed(service, () => service.fail("end", defect))).rejects.toBe(defect);
  });

  it("the old connection is unchanged if the end user refuses", async () => {
    const service = new SessionService([EUR]);
    const provider = sessionProvider(service);
    const first = wayOf({ returned: async () => service.agree(first.begun()) });
    const { connection: old } = await connectBank(provider, BANK, WISH, first.way);
    const second = wayOf({ returned: async () => service.refuse(second.begun()) });
    const renewal = renewConnection(provider, old, BANK, { wish: WISH, way: second.way });
    expect(await errorFrom(renewal)).toBeInstanceOf(ConsentRefusedError);
    expect([...service.sessions.keys()]).toEqual([old.id]);
  });
});
