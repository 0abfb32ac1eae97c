import { setTimeout as wait } from "node:timers/promises";
import {
  AccessExpiredError,
  AccountPausedError,
  ApiError,
  QuotaUnavailableError,
  RateLimitError,
} from "../base/errors.ts";
import { maskIbans } from "../base/masking.ts";
import type { Admission, AskedData, CallBudget, CallEnd } from "../limits/call-budget.ts";
import type { CountedFailure } from "../limits/failure-pause.ts";
import type { Outcome, ReportedLimit } from "../limits/rolling-window.ts";
import type { Permit, Throttle } from "../limits/throttle.ts";
import type { RateLimit, RateLimits } from "../providers/gocardless/limits.ts";
import type { Call } from "./call.ts";
import { limitSpentHere } from "./local-errors.ts";
import { accountDataOf, type ServiceRequest } from "./operation.ts";

/** An attempt's place under all limits. */
export interface Reservation {
  /** Takes note, once, of how the attempt ended. */
  complete(outcome: AttemptOutcome): Promise<void>;
}

/** How an attempt ended: it never left, its response is lost, or it has one. */
export type AttemptOutcome = "neverSent" | "lost" | CompletedAttempt;

/** An answer, as the limits see it. */
interface CompletedAttempt {
  status: number;
  rateLimits: RateLimits;
  /** What a refusing answer stands for. */
  error: unknown;
}

/** For so long a call waits until its end is written down, in milliseconds. */
const LONGEST_COMPLETION = 1000;

/**
 * Lets attempts out: never to an account that is paused after failures, nor past a daily limit; and in turn if a
 * general limit has no room.
 */
export class AdmissionControl {
  readonly #ledger: CallBudget;
  readonly #throttle: Throttle | undefined;

  /** @param pace without it no limit is kept; calls are still counted, and failing accounts still paused */
  constructor(ledger: CallBudget, pace: Throttle | undefined) {
    this.#ledger = ledger;
    this.#throttle = pace;
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
    const settle = async (end: CallEnd) => {
      if (asked !== undefined && id !== undefined) await this.#completeSoon(asked, id, end);
    };
    try {
      call.signal.throwIfAborted(); // Counting may have waited for longer than the caller did.
      const permit = await this.#turn(request, call);
      return {
        complete: async (outcome) => {
          const [general, account] = endsOf(outcome);
          permit?.complete(general.outcome, general.reported);
          await settle(account);
        },
      };
    } catch (error) {
      await settle(notSent);
      throw error;
    }
  }

  /** What waits for another's lock goes on behind: an answer that has come is not kept from the caller for it. */
  async #completeSoon(asked: AskedData, id: string, end: CallEnd): Promise<void> {
    const enough = new AbortController();
    const waited = wait(LONGEST_COMPLETION, undefined, { signal: enough.signal, ref: false }).catch(() => {});
    await Promise.race([this.#ledger.complete(asked, id, end), waited]);
    enough.abort();
  }

  /** @returns the id of the counted call */
  async #admitted(request: ServiceRequest, asked: AskedData, { options }: Call): Promise<string> {
    const kept = this.#throttle !== undefined && request.continues !== true;
    const force = options.force === true;
    const counted = { quota: kept, failures: !force, shared: kept && !force };
    const admission = await this.#ledger.admit(asked, counted);
    if (admission.admitted) return admission.id;
    throw refusal(request, asked, admission);
  }

  async #turn(request: ServiceRequest, call: Call): Promise<Permit | undefined> {
    const { operation, parameters } = request;
    // Accounts take turns, and beside them everything else.
    const queueKey = operation.subject === "account" ? (parameters["id"] ?? "") : "";
    const permit = await this.#throttle?.enter(operation.bucket, queueKey, call.left(), call.signal);
    if (permit === undefined || "complete" in permit) return permit;
    throw limitSpentHere(named(request), "general", new Date(permit.turnAt));
  }
}

function refusal(
  request: ServiceRequest,
  asked: AskedData,
  admission: Admission & { admitted: false },
): Error {
  if (admission.because === "quota") {
    const resetAt = admission.resetAt === null ? null : new Date(admission.resetAt);
    return limitSpentHere(named(request), asked.dataKind, resetAt);
  }
  const accountId = maskIbans(asked.accountId);
  if (admission.because === "uncounted") {
    const { reason } = admission;
    return new QuotaUnavailableError(
      `The ${asked.dataKind} of account ${accountId} were not asked for, because the call cannot be counted (${reason}), and banks allow only a few a day. Let the cache be written, use another one, or permit { force: true } to ask all the same.`,
      { accountId, dataKind: asked.dataKind, reason },
    );
  }
  const { failures, kind } = admission;
  const retryAt = new Date(admission.retryAt);
  return new AccountPausedError(
    `Account ${accountId} failed ${failures} times in a row (${kind}), and ten failures suspend it: it is not asked before ${retryAt.toISOString()}. Permit { force: true } to ask all the same.`,
    { accountId, failures, retryAt, lastFailure: kind },
  );
}

function named({ operation, path }: ServiceRequest): { method: string; path: string } {
  return { method: operation.method, path };
}

const notSent: CallEnd = { outcome: "notCounted", reported: null };

/** What an attempt means to the general limit, and to the account's. */
function endsOf(attempt: AttemptOutcome): [CallEnd, CallEnd] {
  if (attempt === "neverSent") return [notSent, notSent];
  if (attempt === "lost") {
    const lost: CallEnd = { outcome: "unknown", reported: null };
    return [lost, lost];
  }
  const { error, rateLimits } = attempt;
  const general: CallEnd = { outcome: "counted", reported: reportedBy(rateLimits.general) };
  const account: CallEnd = { outcome: outcomeOf(attempt), reported: reportedBy(rateLimits.account) };
  if (!(error instanceof RateLimitError)) return [general, { ...account, failure: countedFailure(error) }];
  if (error.scope === "general")
    return [{ outcome: "refused", reported: reportedByError(error, rateLimits.general) }, account];
  if (error.type === "RateLimitError") return [general, { ...account, outcome: "refusedByBank" }];
  return [general, { outcome: "refused", reported: reportedByError(error, rateLimits.account) }];
}

/** Only a success counts against an account's limit; that nothing has changed (304) is one. */
function outcomeOf({ status }: CompletedAttempt): Outcome {
  return (status >= 200 && status < 300) || status === 304 ? "counted" : "notCounted";
}

/** The two kinds of failure of which ten in a row suspend an account. */
function countedFailure(error: unknown): CountedFailure | undefined {
  if (error instanceof AccessExpiredError) return "AccessExpiredError";
  return error instanceof ApiError && error.type === "UnknownRequestError"
    ? "UnknownRequestError"
    : undefined;
}

function reportedBy(limit: RateLimit | null): ReportedLimit | null {
  return limit === null ? null : { ...limit, resetAt: limit.resetAt?.getTime() ?? null };
}

/** The text of a refusal (`… is 4/day …`) speaks of the limit that was met, so it goes before the headers. */
function reportedByError(error: RateLimitError, headers: RateLimit | null): ReportedLimit {
  const digits = /limit for this resource is (\d{1,6})\s*\//i.exec(error.detail)?.[1];
  return {
    limit: digits === undefined ? (headers?.limit ?? null) : Number(digits),
    remaining: 0,
    resetAt: error.resetAt?.getTime() ?? null,
  };
}
