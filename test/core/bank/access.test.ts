import { describe, expect, it } from "vitest";
import { type AccountState, accessAt, hasLostAccess } from "../../../packages/core/src/bank/index.ts";
import { accountOf, connectionOf, NO_CONSENT } from "./examples.ts";

const NOW = Date.parse("2026-11-23T09:00:00Z");
const accounts = (...states: AccountState[]) =>
  states.map((state, at) => accountOf({ handle: `acc-${at}`, state }));
const stateWith = (...states: AccountState[]) => accessAt(connectionOf({}), accounts(...states), NOW).state;

describe("the access that a connection gives", () => {
  it("is that of its accounts, if access to all of them has ended", () => {
    expect(stateWith("expired")).toBe("expired");
    expect(stateWith("suspended", "suspended")).toBe("suspended");
    expect(stateWith("failed")).toBe("failed");
    expect(stateWith("failed", "suspended", "expired")).toBe("expired");
    expect(stateWith("failed", "suspended")).toBe("suspended");
  });

  it("lasts while one account can still be read, or may be, and names those that cannot", () => {
    for (const other of ["ready", "processing", "unknown"] as const) {
      const { state, lost } = accessAt(connectionOf({}), accounts("expired", other, "suspended"), NOW);
      expect([state, lost.map(({ handle }) => handle)]).toEqual(["active", ["acc-0", "acc-2"]]);
    }
    expect(stateWith()).toBe("active");
  });

  it("is that of the connection, if that has ended itself", () => {
    const consent = { ...NO_CONSENT, validUntil: new Date(NOW) };
    const ended = accessAt(connectionOf({ consent }), accounts("suspended", "ready"), NOW);
    expect(ended).toEqual({ state: "expired", lost: [] });
    for (const state of ["open", "suspended", "ended", "failed", "unknown"] as const)
      expect(accessAt(connectionOf({ state }), accounts("expired"), NOW)).toEqual({ state, lost: [] });
  });

  it("is lost for an account only in states that a new connection alone changes", () => {
    const states: AccountState[] = ["ready", "processing", "unknown", "expired", "suspended", "failed"];
    expect(states.filter((state) => hasLostAccess({ state }))).toEqual(["expired", "suspended", "failed"]);
  });
});
