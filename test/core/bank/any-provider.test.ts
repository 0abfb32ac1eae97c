import { execFile } from "node:child_process";
import { getEventListeners } from "node:events";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import {
  BankDataError,
  ConfigurationError,
  ConnectionError,
  ConsentRefusedError,
  InvalidResponseError,
  TimeoutError,
} from "../../../packages/core/src/base/errors.ts";
import {
  ConsentFailedError,
  ConsentTimeoutError,
  connectBank,
  obtainConsent,
  UnfinishedConnectionError,
} from "../../../packages/core/src/connect/index.ts";
import { BANK, errorOf, SessionService, sessionProvider } from "./session-provider.ts";
import { BLOCKED, EUR, errorFrom, never, USD, WISH, wayOf } from "./ways.ts";

describe("a provider that cannot be polled", () => {
  it("a provider that cannot be polled exchanges the code of the return, once", async () => {
    const service = new SessionService([EUR, USD, BLOCKED]);
    const { way, slept, removed, begun } = wayOf({ returned: async () => service.agree(begun()) });
    const { connection, accounts, accountsError } = await connectBank(
      sessionProvider(service),
      BANK,
      WISH,
      way,
    );
    expect(accountsError).toBeNull();
    expect(connection).toMatchObject({ state: "active", accountHandles: ["uid-3-0", "uid-3-1"] });
    expect(accounts.map(({ handle, currency }) => [handle, currency])).toEqual([
      ["uid-3-0", "EUR"],
      ["uid-3-1", "USD"],
      [null, "EUR"],
    ]);
    expect(service.calls).toEqual(["begin", "finish"]);
    expect(slept.length).toBeLessThanOrEqual(1);
    expect(removed).toEqual([]);
  });

  it("a bank is connected even if its accounts cannot be listed, and the result says why", async () => {
    const service = new SessionService([EUR]);
    const error = errorOf(503, "away");
    const provider = { ...sessionProvider(service), accounts: () => Promise.reject(error) };
    const { way, removed, begun } = wayOf({ returned: async () => service.agree(begun()) });
    const { connection, ...listed } = await connectBank(provider, BANK, WISH, way);
    expect(connection).toMatchObject({ id: "session-3", state: "active" });
    expect(listed).toEqual({ accounts: [], unreadable: [], accountsError: error });
    expect([...service.sessions.keys()]).toEqual(["session-3"]);
    expect(removed).toEqual([]);
  });

  it("a provider that cannot be polled waits for the return, however many polling intervals pass", async () => {
    const service = new SessionService([EUR]);
    let come: (address: string) => void = () => {};
    const looks: unknown[] = [];
    const { way, begun, time } = wayOf({
      returned: () => new Promise((resolve) => (come = resolve)),
      progress: (connection) => {
        looks.push(connection?.state);
        if (looks.length === 5) come(service.agree(begun()));
      },
    });
    expect((await obtainConsent(sessionProvider(service), BANK, WISH, way)).state).toBe("active");
    expect(service.calls).toEqual(["begin", "finish"]);
    expect(looks).toEqual([undefined, undefined, undefined, undefined, undefined, "active"]);
    expect(time()).toBeLessThanOrEqual(10_000);
  });

  it("a connection is looked up after its code was exchanged, as a code works once, and a bank may need more time", async () => {
    const service = new SessionService([EUR]);
    service.stateAfterExchange = "open";
    const { way, begun, slept } = wayOf({
      returned: async () => service.agree(begun()),
      progress: (connection) => {
        if (connection !== undefined && slept.length === 3) service.find(connection.id).state = "active";
      },
    });
    const connection = await obtainConsent(sessionProvider(service), BANK, WISH, way);
    expect(connection.state).toBe("active");
    expect(new Set(service.calls)).toEqual(new Set(["begin", "finish", `connection ${connection.id}`]));
    expect(service.calls.filter((call) => call === "finish")).toHaveLength(1);
  });

  it("a code is exchanged again if the provider could not be reached, but not more often than the poll interval", async () => {
    const service = new SessionService([EUR]);
    service.fail("finish", new ConnectionError("refused", "ECONNREFUSED"));
    service.fail("finish", errorOf(503, "ASPSP_ERROR"));
    const { way, slept, begun } = wayOf({ returned: async () => service.agree(begun()), pollInterval: 500 });
    expect((await obtainConsent(sessionProvider(service), BANK, WISH, way)).state).toBe("active");
    expect(service.calls).toEqual(["begin", "finish", "finish", "finish"]);
    expect(new Set(slept)).toEqual(new Set([500]));
  });

  it("a provider that cannot be polled also waits between two polls after the return", async () => {
    const service = new SessionService([EUR]);
    service.stateAfterExchange = "open";
    const sleeping: number[] = [];
    let asleep = 0;
    const { way, begun } = wayOf({
      returned: async () => service.agree(begun()),
      progress: (connection) => {
        sleeping.push(asleep);
        if (connection !== undefined && sleeping.length === 5) service.find(connection.id).state = "active";
      },
      sleep: async () => {
        asleep += 1;
        await new Promise((resolve) => setImmediate(resolve));
        asleep -= 1;
      },
    });
    await obtainConsent(sessionProvider(service), BANK, WISH, way);
    // The return wakes only once: the sleep that it ended early may last into the next poll.
    expect(sleeping).toEqual([0, 1, 0, 0, 0, 0]);
  });

  it("connecting fails at once if the code is rejected, and removes nothing", async () => {
    const service = new SessionService([EUR]);
    const { way, removed, begun } = wayOf({
      returned: async () => service.agree(begun()).replace("code-", "other-"),
    });
    const error = await errorFrom(obtainConsent(sessionProvider(service), BANK, WISH, way));
    expect(error).toMatchObject({ summary: "WRONG_AUTHORIZATION_CODE" });
    expect(service.calls).toEqual(["begin", "finish"]);
    expect(removed).toEqual([]);
  });

  it("a refusal is reported with its reason, and no code is exchanged", async () => {
    const service = new SessionService([EUR]);
    const { way, begun } = wayOf({ returned: async () => service.refuse(begun()) });
    const error = await errorFrom(obtainConsent(sessionProvider(service), BANK, WISH, way));
    expect(error).toBeInstanceOf(ConsentRefusedError);
    expect(error).toMatchObject({ reason: "cancelled", description: "Cancelled by user" });
    expect(service.calls).toEqual(["begin"]);
  });

  it("reading the address of another connection returns undefined", async () => {
    const service = new SessionService([EUR]);
    const seen: unknown[] = [];
    const { way, begun } = wayOf({
      returned: async (read) => {
        const address = service.agree(begun());
        for (const one of [
          `${address}x`,
          "http://localhost:8000/",
          "favicon.ico",
          service.refuse({ state: "no" }),
        ])
          seen.push(read(one));
        seen.push(read(address));
        return address;
      },
    });
    await obtainConsent(sessionProvider(service), BANK, WISH, way);
    expect(seen).toEqual([undefined, undefined, undefined, undefined, { outcome: "returned" }]);
  });

  it("connecting fails if the end user cannot return, or if waiting for the return fails", async () => {
    const service = new SessionService([EUR]);
    const provider = sessionProvider(service);
    const without = wayOf();
    expect(await errorFrom(obtainConsent(provider, BANK, WISH, without.way))).toEqual(
      new ConfigurationError(
        'sessions cannot be polled: pass "returned", which resolves with the address to which the end user returns.',
      ),
    );
    expect(service.calls).toEqual([]);
    const taken = new Error("Port 8000 is taken");
    const failing = wayOf({ returned: () => Promise.reject(taken) });
    expect(await errorFrom(obtainConsent(provider, BANK, WISH, failing.way))).toBe(taken);
    expect(failing.time()).toBeLessThanOrEqual(2000);
    const foreign = wayOf({ returned: async () => service.agree({ state: "another" }) });
    expect(await errorFrom(obtainConsent(provider, BANK, WISH, foreign.way))).toEqual(
      new ConfigurationError("This address does not belong to the connection that was started."),
    );
    expect(service.calls).toEqual(["begin", "begin"]);
  });

  it("no session is left if the end user stops while the code is exchanged", async () => {
    const service = new SessionService([EUR]);
    const stop = new AbortController();
    const provider = sessionProvider(service);
    const { way, removed, begun } = wayOf({
      returned: async () => service.agree(begun()),
      signal: stop.signal,
    });
    const stopping = {
      ...provider,
      finish: async (...parameters: Parameters<typeof provider.finish>) => {
        stop.abort(new Error("stopped"));
        parameters[2]?.signal?.throwIfAborted();
        return await provider.finish(...parameters);
      },
    };
    expect(await errorFrom(obtainConsent(stopping, BANK, WISH, way))).toEqual(new Error("stopped"));
    expect(service.calls).toEqual(["begin", "finish", "end session-3"]);
    expect([...service.sessions]).toEqual([]);
    expect(removed).toHaveLength(1);
  });

  it("no session is left if the bank is not ready in time, or if the session fails", async () => {
    for (const [state, kind] of [
      ["open", ConsentTimeoutError],
      ["failed", ConsentFailedError],
    ] as const) {
      const service = new SessionService([EUR]);
      service.stateAfterExchange = state;
      const { way, begun } = wayOf({ returned: async () => service.agree(begun()), maxWait: 10_000 });
      expect(await errorFrom(obtainConsent(sessionProvider(service), BANK, WISH, way))).toBeInstanceOf(kind);
      expect(service.calls.at(-1)).toBe("end session-3");
      expect(service.sessions.size).toBe(0);
    }
  });
});

describe("a provider that can be polled", () => {
  it("a provider that can be polled needs no return, as the browser may never come back", async () => {
    for (const returned of [undefined, (_: unknown, signal: AbortSignal) => never(signal)]) {
      const service = new SessionService([EUR]);
      const { way, slept } = wayOf({
        returned,
        progress: (connection) => {
          if (connection !== undefined && slept.length === 3) service.find(connection.id).state = "active";
        },
      });
      const connection = await obtainConsent(sessionProvider(service, { polls: true }), BANK, WISH, way);
      expect(connection.state).toBe("active");
      expect(slept).toEqual([2000, 2000, 2000, 2000]);
    }
  });

  it("polling continues if waiting for the return fails, or if the return belongs to another connection", async () => {
    for (const returned of [
      () => Promise.reject(new Error("Port 8000 is taken")),
      async () => "http://localhost:8000/?code=1&state=another",
    ]) {
      const service = new SessionService([EUR]);
      const { way, slept } = wayOf({
        returned,
        progress: (connection) => {
          if (connection !== undefined && slept.length === 3) service.find(connection.id).state = "active";
        },
      });
      const connection = await obtainConsent(sessionProvider(service, { polls: true }), BANK, WISH, way);
      expect(connection.state).toBe("active");
    }
  });

  it("a return triggers a poll at once", async () => {
    const service = new SessionService([EUR]);
    let come: (address: string) => void = () => {};
    const { way, begun } = wayOf({
      returned: () => new Promise((resolve) => (come = resolve)),
      sleep: (_, signal) => {
        service.find(begun().connectionId ?? "").state = "active";
        come(service.agree(begun()));
        return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
      },
    });
    expect((await obtainConsent(sessionProvider(service, { polls: true }), BANK, WISH, way)).state).toBe(
      "active",
    );
    expect(service.calls).toEqual(["begin", "connection session-2", "connection session-2"]);
  });

  it("a bank is connected despite a refusal in the return if the provider reports it as active", async () => {
    const service = new SessionService([EUR]);
    const { way, begun } = wayOf({
      show: (link) => {
        service.find(link.connectionId ?? "").state = "active";
      },
      returned: async () => service.refuse(begun()),
    });
    expect((await obtainConsent(sessionProvider(service, { polls: true }), BANK, WISH, way)).state).toBe(
      "active",
    );
  });

  it("an unfinished connection is removed after a refusal, and this is reported", async () => {
    const service = new SessionService([EUR]);
    const { way, removed, begun } = wayOf({ returned: async () => service.refuse(begun(), "server_error") });
    const error = await errorFrom(obtainConsent(sessionProvider(service, { polls: true }), BANK, WISH, way));
    expect(error).toMatchObject({ name: "ConsentRefusedError", code: "server_error", reason: "unknown" });
    expect(service.sessions.size).toBe(0);
    expect(removed).toHaveLength(1);
  });

  it("polling continues after failures that say nothing about the connection", async () => {
    const service = new SessionService([EUR]);
    const transient = [
      new ConnectionError("reset", "ECONNRESET"),
      new TimeoutError("slow", 30_000),
      new InvalidResponseError("odd", { status: 200, bodyStart: "" }),
      errorOf(503, "away"),
      errorOf(500, "broken"),
      errorOf(429, "too often"),
    ];
    for (const error of transient) service.fail("connection", error);
    const seen: unknown[] = [];
    const { way } = wayOf({
      show: (link) => {
        service.find(link.connectionId ?? "").state = "active";
      },
      progress: (connection) => seen.push(connection?.state),
    });
    await obtainConsent(sessionProvider(service, { polls: true }), BANK, WISH, way);
    expect(seen).toEqual([...transient.map(() => undefined), "active"]);
  });

  it("any other failure ends the wait at once, and the unfinished connection is removed", async () => {
    for (const error of [errorOf(403, "not active"), errorOf(401, "key"), new TypeError("a defect")]) {
      const service = new SessionService([EUR]);
      service.fail("connection", error);
      const { way } = wayOf();
      expect(await errorFrom(obtainConsent(sessionProvider(service, { polls: true }), BANK, WISH, way))).toBe(
        error,
      );
      expect(service.calls).toEqual(["begin", "connection session-2", "end session-2"]);
    }
  });

  it.each(["expired", "suspended", "ended", "failed"] as const)(
    "a connection that is %s ends the wait",
    async (state) => {
      const service = new SessionService([EUR]);
      const { way } = wayOf({
        show: (link) => {
          service.find(link.connectionId ?? "").state = state;
        },
      });
      const error = await errorFrom(
        obtainConsent(sessionProvider(service, { polls: true }), BANK, WISH, way),
      );
      if (!(error instanceof ConsentFailedError)) throw error;
      expect(error.message).toBe(
        `The connection is ${state} (${state.toUpperCase()}) and gives no access. Connect the bank again.`,
      );
      expect(error.connection.state).toBe(state);
      expect(service.sessions.size).toBe(0);
    },
  );

  it.each(["open", "unknown"] as const)(
    "the wait ends after 45 minutes if the connection stays %s",
    async (state) => {
      const service = new SessionService([EUR]);
      const { way, removed, time } = wayOf({
        show: (link) => {
          service.find(link.connectionId ?? "").state = state;
        },
      });
      const error = await errorFrom(
        obtainConsent(sessionProvider(service, { polls: true }), BANK, WISH, way),
      );
      expect(error).toEqual(new ConsentTimeoutError("The link was not used in time."));
      expect(time()).toBe(45 * 60_000 + 2000);
      expect(removed).toEqual([time()]);
      expect(service.sessions.size).toBe(0);
    },
  );

  it('the error says "no status" if the provider sent none', async () => {
    const service = new SessionService([EUR]);
    const provider = sessionProvider(service, { polls: true });
    const silent: typeof provider = {
      ...provider,
      connection: async (...parameters) => ({
        ...(await provider.connection(...parameters)),
        ...{ state: "failed", stateAsSent: null },
      }),
    };
    const error = await errorFrom(obtainConsent(silent, BANK, WISH, wayOf().way));
    expect(error).toMatchObject({
      name: "ConsentFailedError",
      message: "The connection is failed (no status) and gives no access. Connect the bank again.",
    });
  });

  it.each([Number.NaN, -1])("a longest wait of %d allows one poll", async (maxWait) => {
    const service = new SessionService([EUR]);
    const { way, slept } = wayOf({ maxWait });
    const error = await errorFrom(obtainConsent(sessionProvider(service, { polls: true }), BANK, WISH, way));
    expect(error).toBeInstanceOf(ConsentTimeoutError);
    expect(slept).toEqual([]);
    expect(service.calls).toEqual(["begin", "connection session-2", "end session-2"]);
  });

  it("the poll interval and the longest wait can be set", async () => {
    const service = new SessionService([EUR]);
    const { way, slept } = wayOf({ maxWait: 3000, pollInterval: 1000 });
    await errorFrom(obtainConsent(sessionProvider(service, { polls: true }), BANK, WISH, way));
    expect(slept).toEqual([1000, 1000, 1000, 1000]);
  });
});

describe("stopping", () => {
  it("stopping before anything was started starts nothing", async () => {
    const service = new SessionService();
    const { way } = wayOf({ signal: AbortSignal.abort(new Error("stopped")) });
    const provider = sessionProvider(service, { polls: true });
    expect(await errorFrom(obtainConsent(provider, BANK, WISH, way))).toEqual(new Error("stopped"));
    expect(service.calls).toEqual([]);
  });

  it.each(["show", "progress", "sleep"] as const)(
    "stopping during %s removes the unfinished connection",
    async (at) => {
      const service = new SessionService();
      const stop = new AbortController();
      const { way, removed } = wayOf({
        signal: stop.signal,
        returned: (_, signal) => never(signal),
        [at]: async () => stop.abort(new Error("stopped")),
      });
      const provider = sessionProvider(service, { polls: true });
      expect(await errorFrom(obtainConsent(provider, BANK, WISH, way))).toEqual(new Error("stopped"));
      expect(service.sessions.size).toBe(0);
      expect(removed).toHaveLength(1);
    },
  );

  it.each(["as", "after"])(
    "stopping %s the link is shown removes the unfinished connection, even if showing it never ends",
    async (when) => {
      const service = new SessionService();
      const stop = new AbortController();
      const abort = () => stop.abort(new Error("stopped"));
      const { way, removed } = wayOf({
        signal: stop.signal,
        show: () => {
          if (when === "as") abort();
          else setImmediate(abort);
          return new Promise<never>(() => {});
        },
      });
      const provider = sessionProvider(service, { polls: true });
      expect(await errorFrom(obtainConsent(provider, BANK, WISH, way))).toEqual(new Error("stopped"));
      expect(service.calls).toEqual(["begin", "end session-2"]);
      expect(removed).toHaveLength(1);
    },
  );

  it("a finished wait leaves no listener on its signal, and no unhandled rejection", async () => {
    const stop = new AbortController();
    const { signal } = stop;
    const { way } = wayOf({
      signal,
      show: async (link) => {
        await new Promise((resolve) => setImmediate(resolve));
        service.find(link.connectionId ?? "").state = "active";
      },
    });
    const service = new SessionService();
    await obtainConsent(sessionProvider(service, { polls: true }), BANK, WISH, way);
    expect(getEventListeners(signal, "abort")).toEqual([]);
    stop.abort(new Error("too late"));
    await new Promise((resolve) => setImmediate(resolve));
    expect(service.sessions.size).toBe(1);
  });

  it("stopping during a request to the provider removes the unfinished connection, and rejects with the reason", async () => {
    const service = new SessionService();
    const stop = new AbortController();
    const provider = sessionProvider(service, { polls: true });
    const { way } = wayOf({ signal: stop.signal });
    const hanging = {
      ...provider,
      connection: async (_: string, { signal }: { signal?: AbortSignal | undefined } = {}) => {
        if (signal === undefined) throw new Error("no signal was given");
        setImmediate(() => stop.abort(new Error("stopped")));
        await never(signal).catch(() => {});
        throw new TypeError("it was cut off");
      },
    };
    expect(await errorFrom(obtainConsent(hanging, BANK, WISH, way))).toEqual(new Error("stopped"));
    expect(service.sessions.size).toBe(0);
  });

  it("stopping, like any other end, aborts the wait for the return", async () => {
    const service = new SessionService();
    const signals: AbortSignal[] = [];
    const { way } = wayOf({
      returned: (_, signal) => {
        signals.push(signal);
        return never(signal);
      },
      maxWait: 1000,
    });
    await errorFrom(obtainConsent(sessionProvider(service, { polls: true }), BANK, WISH, way));
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe("a progress callback that throws", () => {
  it("a progress callback that throws on the active connection makes the call reject, and the connection stays", async () => {
    for (const polls of [true, false]) {
      const service = new SessionService([EUR]);
      const { way, removed, begun } = wayOf({
        returned: async () => {
          const { connectionId } = begun();
          if (connectionId !== null) service.find(connectionId).state = "active";
          return service.agree(begun());
        },
        progress: (connection) => {
          if (connection?.state === "active") throw new Error("no terminal");
        },
      });
      const provider = sessionProvider(service, { polls });
      expect(await errorFrom(obtainConsent(provider, BANK, WISH, way))).toEqual(new Error("no terminal"));
      expect([...service.sessions.values()].map(({ state }) => state)).toEqual(["active"]);
      expect(service.calls.filter((call) => call.startsWith("end"))).toEqual([]);
      expect(removed).toEqual([]);
    }
  });

  it("a progress callback that throws earlier makes the call reject, and the unfinished connection is removed", async () => {
    const service = new SessionService([EUR]);
    const { way, removed } = wayOf({
      progress: () => {
        throw new Error("no terminal");
      },
    });
    const provider = sessionProvider(service, { polls: true });
    expect(await errorFrom(obtainConsent(provider, BANK, WISH, way))).toEqual(new Error("no terminal"));
    expect(service.sessions.size).toBe(0);
    expect(removed).toHaveLength(1);
  });
});

describe("an unfinished connection that cannot be removed", () => {
  it("the error names the connection that is left, why connecting failed, and why it could not be removed", async () => {
    const service = new SessionService();
    const removalError = errorOf(503, "away");
    service.fail("end", removalError);
    const { way, removed, begun } = wayOf({ returned: async () => service.refuse(begun()) });
    const wish = { ...WISH, reference: "household" };
    const error = await errorFrom(obtainConsent(sessionProvider(service, { polls: true }), BANK, wish, way));
    if (!(error instanceof UnfinishedConnectionError)) throw error;
    expect(error).toBeInstanceOf(BankDataError);
    expect(error).toMatchObject({ connectionId: "session-2", reference: "household", removalError });
    expect(error.cause).toBeInstanceOf(ConsentRefusedError);
    expect(error.message).toBe(
      "The bank was not connected: access_denied The unfinished connection household could not be removed: away",
    );
    expect(removed).toEqual([]);
  });

  it("a connection that is already gone is not reported as left", async () => {
    const service = new SessionService();
    const { way, removed } = wayOf({ show: () => service.sessions.clear() });
    const error = await errorFrom(obtainConsent(sessionProvider(service, { polls: true }), BANK, WISH, way));
    expect(error).toMatchObject({ name: "NotFoundError" });
    expect(removed).toHaveLength(1);
  });
});

it("the error is passed on if a connection cannot be started", async () => {
  const service = new SessionService();
  const error = errorOf(422, "WRONG_ASPSP_PROVIDED");
  service.fail("begin", error);
  const { way } = wayOf({ show: () => Promise.reject(new Error("shown")) });
  expect(await errorFrom(obtainConsent(sessionProvider(service, { polls: true }), BANK, WISH, way))).toBe(
    error,
  );
});

it("a connection is removed if its link cannot be shown", async () => {
  const service = new SessionService();
  const { way } = wayOf({ show: () => Promise.reject(new Error("no terminal")) });
  const provider = sessionProvider(service, { polls: true });
  expect(await errorFrom(obtainConsent(provider, BANK, WISH, way))).toEqual(new Error("no terminal"));
  expect(service.calls).toEqual(["begin", "end session-2"]);
});

describe("a process that connects a bank", () => {
  it.each(["linked", "refused", "late", "failing"])(
    "a connecting process ends by itself, without an unhandled rejection, if the return is %s",
    async (outcome) => {
      const script = new URL("./connecting-process.ts", import.meta.url).pathname;
      const { stdout, stderr } = await promisify(execFile)(
        process.execPath,
        ["--conditions=bankdata-source", "--unhandled-rejections=strict", script, outcome],
        { timeout: 15_000 },
      );
      expect(stderr.replaceAll(/^.*(?:ExperimentalWarning|--trace-warnings).*\n/gm, "")).toBe("");
      const expected = {
        linked: "active",
        refused: "ConsentRefusedError",
        late: "active",
        failing: "active",
      };
      expect(stdout).toBe(`${Reflect.get(expected, outcome)}\n`);
    },
  );
});
