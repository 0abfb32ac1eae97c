import { describe, expect, it } from "vitest";
import type { BankProvider } from "../../../packages/core/src/bank/index.ts";
import { BankDataError, ConsentRefusedError } from "../../../packages/core/src/base/errors.ts";
import { connectBank, renewConnection } from "../../../packages/core/src/connect/index.ts";
import { BANK, errorOf, SessionService, sessionProvider } from "./session-provider.ts";
import { BLOCKED, EUR, errorFrom, USD, WISH, wayOf } from "./ways.ts";

describe("renewing", () => {
  async function renewed(service: SessionService, change: () => void = () => {}) {
    const provider = sessionProvider(service);
    const first = wayOf({ returned: async () => service.agree(first.begun()) });
    const old = (await connectBank(provider, BANK, WISH, first.way)).connection;
    change();
    const second = wayOf({ returned: async () => service.agree(second.begun()) });
    return { old, ...(await renewConnection(provider, old, BANK, { wish: WISH, way: second.way })) };
  }

  it("maps accounts by what lasts of them, as every handle is new, and ends the old connection", async () => {
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

  it("tells which accounts are gone and which are new", async () => {
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

  it("keeps the new connection if the old one cannot be ended, and says why", async () => {
    const service = new SessionService([EUR]);
    const error = errorOf(500, "away");
    const { endError, connection, old } = await renewed(service, () => service.fail("end", error));
    expect(endError).toBe(error);
    expect([...service.sessions.keys()]).toEqual([old.id, connection.id]);
  });

  /** A provider that takes note of how accounts are listed, and fails if it is told to. */
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

  it("reads of the old accounts what is cached, lists the new ones, ends the old connection, and then asks for details", async () => {
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

  it("keeps the old connection if the new one has no accounts, and says so", async () => {
    const service = new SessionService([EUR]);
    const { old, ...none } = await renewed(service, () => (service.held = []));
    expect(none).toMatchObject({ accounts: [], succession: null, accountsError: null });
    expect(none.endError).toEqual(new BankDataError("The new connection has no accounts."));
    expect([...service.sessions.keys()]).toEqual([old.id, none.connection.id]);
  });

  it("keeps the old connection if the accounts of the new one cannot be listed, and says why", async () => {
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

  it("ends an old connection that had no accounts either", async () => {
    const service = new SessionService();
    const { connection, succession, endError } = await renewed(service);
    expect(succession).toEqual({ same: [], renamed: [], gone: [], added: [] });
    expect(endError).toBeNull();
    expect([...service.sessions.keys()]).toEqual([connection.id]);
  });

  it("maps accounts as they were listed if they cannot be listed again with details, and says why", async () => {
    const service = new SessionService([EUR]);
    const provider = listing(service, (_, details) => details === "ask");
    const { renewed: mapped } = await renewedBy(service, provider);
    expect(mapped.accountsError).toEqual(errorOf(503, "away"));
    expect(mapped.succession?.renamed).toEqual([{ from: "uid-3-0", to: "uid-6-0" }]);
    expect(mapped.endError).toBeNull();
  });

  it("does not hide a defect behind accounts that cannot be listed", async () => {
    const service = new SessionService([EUR]);
    const defect = new TypeError("a defect");
    const provider = { ...sessionProvider(service), accounts: () => Promise.reject(defect) };
    const { way, begun } = wayOf({ returned: async () => service.agree(begun()) });
    await expect(connectBank(provider, BANK, WISH, way)).rejects.toBe(defect);
  });

  it("does not hide a defect behind an old connection that is left", async () => {
    const service = new SessionService([EUR]);
    const defect = new TypeError("a defect");
    await expect(renewed(service, () => service.fail("end", defect))).rejects.toBe(defect);
  });

  it("leaves the old connection as it was if the person refuses", async () => {
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
