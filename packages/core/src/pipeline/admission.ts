import { setTimeout as wait } from "node:timers/promises";
import { AccountPausedError, QuotaUnavailableError, RateLimitError } from "../base/errors.ts";
import { maskIbans } from "../base/masking.ts";
import type { AccountData, Admission, CallBudget, CallEnd } from "../limits/call-budget.ts";
import type { RateLimit, RateLimits } from "../limits/rate-limits.ts";
import type { Outcome, ReportedLimit } from "../limits/rolling-window.ts";
import type { Permit, Throttle } from "../limits/throttle.ts";
import type { Call } from "./call.ts";
import { limitSpentHere } from "./local-errors.ts";
import { accountDataOf, type ServiceRequest } from "./operation.ts";
import type { Service } from "./service.ts";

/** An attempt's place under all limits. */
export interface Reservation {
  /** Takes note, once, of how the attempt ended. */
  complete(outcome: AttemptOutcome): Promise<void>;
}

/** How an attempt ended: it never left, its response is lost, or it has one. */
export type AttemptOutcome = "neverSent" | "lost" | CompletedAttempt;

/** A response, as the limits see it. */
interface CompletedAttempt {
  status: number;
  rateLimits: RateLimits;
  /** What an error response stands for; undefined for a success. */
  error: unknown;
}

/** How long a call waits at most until its outcome is written down, in milliseconds. */
const LONGEST_COMPLETION = 1000;

/** What admission control is made of. */
export interface AdmissionParts {
  service: Service;
  budget: CallBudget;
  /** Without it no limit is kept; calls are still counted, and failing accounts still paused. */
  throttle: Throttle | undefined;
}

/**
 * Lets attempts out: never to an account that is paused after failures, nor past a daily limit; and in turn if a
 * general limit has no room.
 */
export class AdmissionControl {
  readonly #parts: AdmissionParts;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /**
   * Takes a place for one attempt, waiting if a general limit has no room.
   *
   * @throws RateLimitError if a limit is spent, AccountPausedError after too many failures, QuotaUnavailableError if
   * the call cannot be counted, the signal's reason; nothing was sent
   */
  async enter(request: ServiceRequest, call: Call): Promise<Reservation> {
    const asked = accountDataOf(request);
    const id = asked === undefined ? undefined : await this.#admitted(request, asked, call);
    const complete = async (end: CallEnd) => {
      if (asked !== undefined && id !== undefined) await this.#completeSoon(asked, id, end);
    };
    try {
      call.signal.throwIfAborted(); // Counting may have waited for longer than the caller did.
      const permit = await this.#turn(request, call);
      return {
        complete: async (outcome) => {
          const [general, account] = endsOf(outcome, this.#parts.service);
          permit?.complete(general.outcome, general.reported);
          await complete(account);
        },
      };
    } catch (error) {
      await complete(notSent);
      throw error;
    }
  }

  /** Waiting for another process's lock goes on in the background: it does not keep the response from the caller. */
  async #completeSoon(asked: AccountData, id: string, end: CallEnd): Promise<void> {
    const enough = new AbortController();
    const waited = wait(LONGEST_COMPLETION, undefined, { signal: enough.signal, ref: false }).catch(() => {});
    await Promise.race([this.#parts.budget.complete(asked, id, end), waited]);
    enough.abort();
  }

  /** @returns the id of the counted call */
  async #admitted(request: ServiceRequest, asked: AccountData, { options }: Call): Promise<string> {
    const kept = this.#parts.throttle !== undefined && request.continues !== true;
    const force = options.force === true;
    const counted = { quota: kept, failures: !force, shared: kept && !force };
    const admission = await this.#parts.budget.admit(asked, counted);
    if (admission.admitted) return admission.id;
    throw notAdmitted(request, asked, admission);
  }

  async #turn(request: ServiceRequest, call: Call): Promise<Permit | undefined> {
    const { operation, parameters } = request;
    // Accounts take turns, and beside them everything else.
    const queueKey = operation.subject === "account" ? (parameters["id"] ?? "") : "";
    const permit = await this.#parts.throttle?.enter(operation.bucket, queueKey, call.left(), call.signal);
    if (permit === undefined || "complete" in permit) return permit;
    throw limitSpentHere(named(request), {
      scope: "general",
      limit: permit.limit,
      resetAt: new Date(permit.turnAt),
    });
  }
}

function notAdmitted(
  request: ServiceRequest,
  asked: AccountData,
  admission: Admission & { admitted: false },
): Error {
  if (admission.because === "quota") {
    const { limit } = admission;
    const resetAt = admission.resetAt === null ? null : new Date(admission.resetAt);
    return limitSpentHere(named(request), { scope: asked.dataKind, limit, resetAt });
  }
  const accountId = maskIbans(asked.accountId);
  if (admission.because === "uncounted") {
    const { reason } = admission;
    return new QuotaUnavailableError(
      `The ${asked.dataKind} of account ${accountId} were not asked for, because the call cannot be counted (${reason}), and banks allow only a few a day. Let the cache be written, use another one, or pass { force: true } to ask all the same.`,
      { accountId, dataKind: asked.dataKind, reason },
    );
  }
  const { failures, kind } = admission;
  const retryAt = new Date(admission.retryAt);
  return new AccountPausedError(
    `Account ${accountId} failed ${failures} times in a row (${kind}), and ten failures suspend it: it is not asked before ${retryAt.toISOString()}. Pass { force: true } to ask all the same.`,
    { accountId, failures, retryAt, lastFailure: kind },
  );
}

function named({ operation, path }: ServiceRequest): { method: string; path: string } {
  return { method: operation.method, path };
}

const notSent: CallEnd = { outcome: "notCounted", reported: null };

/** What an attempt means to the general limit, and to the account's. */
function endsOf(attempt: AttemptOutcome, service: Service): [CallEnd, CallEnd] {
  if (attempt === "neverSent") return [notSent, notSent];
  if (attempt === "lost") {
    const lost: CallEnd = { outcome: "unknown", reported: null };
    return [lost, lost];
  }
  const { error, rateLimits } = attempt;
  const general: CallEnd = { outcome: "counted", reported: reportedBy(rateLimits.general) };
  const account: CallEnd = { outcome: outcomeOf(attempt), reported: reportedBy(rateLimits.account) };
  if (!(error instanceof RateLimitError))
    return [general, { ...account, failure: service.countedFailure(error) }];
  if (error.scope === "general")
    return [{ outcome: "refused", reported: reportedByError(error, rateLimits.general) }, account];
  if (service.isBankLimit(error)) return [general, { ...account, outcome: "refusedByBank" }];
  return [general, { outcome: "refused", reported: reportedByError(error, rateLimits.account) }];
}

/** Only a success counts against an account's limit; that nothing has changed (304) is one. */
function outcomeOf({ status }: CompletedAttempt): Outcome {
  return (status >= 200 && status < 300) || status === 304 ? "counted" : "notCounted";
}

function reportedBy(limit: RateLimit | null): ReportedLimit | null {
  return limit === null ? null : { ...limit, resetAt: limit.resetAt?.getTime() ?? null };
}

/** What the error's text says is said of the limit that was met, so it goes before the headers. */
function reportedByError(error: RateLimitError, headers: RateLimit | null): ReportedLimit {
  return {
    limit: error.limit ?? headers?.limit ?? null,
    remaining: 0,
    resetAt: error.resetAt?.getTime() ?? null,
  };
}
