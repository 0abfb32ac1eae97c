import { describe, expect, it } from "vitest";
import { connectionInWords } from "../../packages/cli/src/ui/connection-words.ts";
import { explain } from "../../packages/cli/src/ui/failure.ts";
import { line } from "../../packages/cli/src/ui/printable.ts";
import { refusalInWords } from "../../packages/cli/src/ui/refusal-words.ts";
import type { Connection, ConnectionState } from "../../packages/core/src/bank/index.ts";
import {
  AccessExpiredError,
  ApiError,
  ConfigurationError,
  ConsentRefusedError,
  NotFoundError,
  type RefusalReason,
} from "../../packages/core/src/base/errors.ts";
import {
  ConsentFailedError,
  ConsentTimeoutError,
  UnfinishedConnectionError,
} from "../../packages/core/src/connect/index.ts";
import { requisitionStatuses } from "../../packages/core/src/index.ts";
import { neutralConnection } from "../../packages/core/src/providers/gocardless/neutral/connection.ts";

const NOW = Date.UTC(2026, 2, 1);

function connection(
  state: ConnectionState,
  stateAsSent: string | null,
  validUntil: Date | null = null,
): Connection {
  const consent = { grantedAt: null, validUntil, historyDays: null };
  const unknown = { reference: null, bankId: null, createdAt: null, raw: null };
  return { id: "c", ...unknown, state, stage: null, stateAsSent, consent, accountHandles: [] };
}

const words = (...args: Parameters<typeof connection>) => connectionInWords(connection(...args), NOW);

describe("states of a connection in words", () => {
  it("every status of the service has words", () => {
    const shown = Object.keys(requisitionStatuses).map((status) => [
      status,
      connectionInWords(neutralConnection({ id: "c", status }, undefined), NOW),
    ]);
    expect(Object.fromEntries(shown)).toEqual({
      CR: "waiting for you to open its link",
      ID: "stopped, as your identity was not confirmed",
      GC: "waiting for you to agree",
      UA: "waiting for you to log in at the bank",
      SA: "waiting for you to pick accounts",
      GA: "waiting for the bank to grant access",
      LN: "connected",
      RJ: "refused",
      ER: "failed",
      SU: "suspended after too many failures",
      EX: "ended",
    });
  });

  it("a known state is shown in words, and an unknown status as it was sent", () => {
    expect([words("open", "PENDING_AUTHORIZATION"), words("active", "AUTHORIZED")]).toEqual([
      "waiting for you or the bank",
      "connected",
    ]);
    expect([words("ended", "REVOKED"), words("failed", null)]).toEqual(["ended", "failed"]);
    expect([words("unknown", "XY"), words("unknown", null)]).toEqual(["XY", "unknown"]);
    expect(words("unknown", "constructor")).toBe("constructor");
  });

  it("a connection is shown as ended once its consent is over, even if the provider still reports it as active", () => {
    expect(words("active", "LN", new Date(NOW + 1))).toBe("connected");
    expect(words("active", "LN", new Date(NOW))).toBe("ended");
  });
});

describe("why a bank was not connected, in the terminal", () => {
  const refused = (reason: RefusalReason, code: string, description: string) =>
    new ConsentRefusedError("The bank was not connected.", { reason, code, description });

  it.each<[RefusalReason, string]>([
    ["cancelled", "You cancelled before you agreed. Nothing was connected."],
    ["rejected", "The bank rejected the session. Try again; if it keeps happening, ask the bank."],
    ["unverified", "Your identity could not be verified. Check what you entered and try again."],
    ["bankFailed", "The bank has a technical fault. Try again later."],
    ["bankTimeout", "The bank did not respond in time. Try again."],
    ["providerFailed", "The service has a technical fault. Try again later."],
    ["linkUsed", "This link has already been used. Start again for a new one."],
    [
      "limitReached",
      "Your plan allows no more connections. Remove one that you no longer need (bankdata disconnect).",
    ],
    ["unknown", "Connecting the bank failed with TheCode: the details"],
  ])("a refusal with the reason %s is explained with the command to begin again", (reason, message) => {
    expect(explain(refused(reason, "TheCode", "the details"))).toMatchObject({
      message,
      next: "bankdata connect",
      exitCode: 1,
    });
  });

  it("an unknown refusal is shown without characters that steer a terminal", () => {
    expect(refusalInWords(refused("unknown", "New\u001b[2JError", "odd\u0007"))).toBe(
      "Connecting the bank failed with New[2JError: odd",
    );
    expect(refusalInWords(refused("unknown", "NewError", ""))).toBe(
      "Connecting the bank failed with NewError",
    );
  });

  it("an unused link and a failed connection are explained with the command to begin again", () => {
    expect(explain(new ConsentTimeoutError("…"))).toMatchObject({
      message: "The link was not used in time.",
      next: "bankdata connect",
      exitCode: 1,
    });
    expect(
      explain(new ConsentFailedError("…", { ...connection("failed", "RJ"), stage: "refused" })),
    ).toMatchObject({
      message: "The connection is refused.",
      next: "bankdata connect",
      exitCode: 1,
    });
    expect(explain(new ConsentFailedError("…", connection("suspended", "X"))).message).toBe(
      "The connection is suspended after too many failures.",
    );
  });

  it("an unfinished connection is explained with both reasons and a reference that can be typed", () => {
    const removalError = new ApiError("The plan does not allow it.", {
      ...{ status: 402, method: "DELETE", path: "/requisitions/c/", summary: "Payment required" },
      ...{ detail: "Pay first", type: null, fields: {}, sent: true },
    });
    const cause = refused("cancelled", "UserCancelledSession", "");
    const left = (reference: string) =>
      explain(new UnfinishedConnectionError("…", { connectionId: "c", reference, cause, removalError }));
    expect(left("dkb-2026-03-01-a1b2c3")).toEqual({
      name: "UnfinishedConnectionError",
      message:
        "You cancelled before you agreed. Nothing was connected. The unfinished connection is still there, as it could not be removed: The plan does not allow it.",
      next: "bankdata disconnect dkb-2026-03-01-a1b2c3",
      exitCode: 1,
      details: "DELETE /requisitions/c/ → 402: Payment required Pay first",
      candidates: [],
    });
    expect(left("odd\u202e").next).toBe("bankdata disconnect c");
  });
});

describe("what happened, with and without a name before it", () => {
  const response = {
    ...{ status: 404, method: "GET" as const, path: "/accounts/a/", summary: "Not found", detail: "" },
    ...{ type: null, fields: {}, sent: true },
  };
  const account = { name: line`Giro`, reference: "a" };

  it("a reason in our own words starts with a capital unless a name precedes it", () => {
    const error = new AccessExpiredError("…", { ...response, expiredAt: null });
    expect(explain(error).message).toBe("The consent ended.");
    expect(explain(error, account).message).toBe("Giro: the consent ended.");
  });

  it("a message that starts with the name of an option stays as it is", () => {
    expect(explain(new ConfigurationError("days must be a number.")).message).toBe("days must be a number.");
  });

  it("an account that is not found no longer exists, and anything else is named by the error", () => {
    const error = new NotFoundError("There is no bank X (404 Not found); check the id.", response);
    expect(explain(error, account).message).toBe("Giro: the account or connection no longer exists.");
    expect(explain(error).message).toBe("There is no bank X (404 Not found); check the id.");
  });
});
