import { createHash, randomUUID } from "node:crypto";
import type { DataKind } from "../base/data-kinds.ts";
import { ConfigurationError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import { messageOf } from "../base/message-of.ts";
import type { KeyValueStore } from "../store/kv.ts";
import { type AccountQuota, type AccountRecord, emptyAccount, quotaOf } from "./account-calls.ts";
import { readAccountRecord, writeAccountRecord } from "./account-record.ts";
import { type CountedFailure, failuresAt, pausedUntil, withFailure } from "./failure-pause.ts";
import { mergeAccounts } from "./merged-accounts.ts";
import type { WindowRule } from "./rolling-window.ts";
import {
  complete,
  emptyWindow,
  type Outcome,
  type ReportedLimit,
  reserve,
  viewOf,
  windowAt,
} from "./rolling-window.ts";

export interface CallBudgetContext {
  /** Distinguishes sets of credentials without revealing them. */
  tenant: string;
  /** The limit for one account and one kind of data, unless headers report another one. */
  dailyCalls: WindowRule;
  now: () => number;
  logger: Logger;
}

/** The account and the kind of data that a call requests. */
export interface AccountData {
  accountId: string;
  dataKind: DataKind;
}

/** A call that may go out. */
export interface AdmittedCall {
  /** Under which it is counted; undefined if it is not. */
  id: string | undefined;
  /** Whether the account has failed since its last success. */
  hasFailed: boolean;
}

/** Whether a call may go out, and if not, until when. */
export type Admission =
  | { admitted: true; call: AdmittedCall }
  | { admitted: false; because: "uncounted"; reason: string }
  | { admitted: false; because: "quota"; limit: number; resetAt: number | null }
  | { admitted: false; because: "failures"; failures: number; kind: CountedFailure; retryAt: number };

/** How an admitted call ended. */
export interface CallResult {
  outcome: Outcome;
  reported: ReportedLimit | null;
  /** Set if the call failed in a way that the service counts towards suspension. */
  failure?: CountedFailure | undefined;
}

/** The checks that may reject a call. */
export interface AdmissionRules {
  /** Whether to count the call. */
  counts: boolean;
  /** Whether to reject the call if the quota is used up. */
  quota: boolean;
  /** Whether to reject it after too many failures. */
  failures: boolean;
  /** Whether to reject it if it cannot be counted where all processes see it. */
  shared: boolean;
}

/** What this process last knew about an account. */
interface LocalRecord {
  record: AccountRecord;
  /** Whether some of it could not be written. */
  hasUnsharedChanges: boolean;
  /** Ids of completed calls whose result could not be written. */
  completed: ReadonlySet<string>;
  /** The stored text. */
  text?: string;
}

/** Returns the changed record, and the result for the caller. */
type Change<T> = (record: AccountRecord, now: number) => [AccountRecord, T];

/** Decides the result if a change could not be written, and whether the change counts in this process alone. */
type WriteFailureHandler<T> = (error: unknown, result: T) => { result: T; counts: boolean };

/** How many times a write is tried if other processes keep changing the record. */
const MAX_WRITE_ATTEMPTS = 100;

/**
 * Counts each account's calls and failures: one record per account, which processes share by compare-and-set. While the
 * records cannot be written, no call is admitted, unless the caller forces it: then this process counts on its own, and
 * merges its count into the records later.
 */
export class CallBudget {
  readonly #records: KeyValueStore;
  readonly #local = new Map<string, LocalRecord>();
  /** The key of each account's record. Kept, because hashing takes as long as the rest of a small call. */
  readonly #keys = new Map<string, string>();
  readonly #context: CallBudgetContext;
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(records: KeyValueStore, context: CallBudgetContext) {
    this.#records = records;
    this.#context = context;
  }

  /** The calls left for an account. @throws ConfigurationError if the cache is configured wrongly */
  async quota(accountId: string): Promise<AccountQuota> {
    return quotaOf(await this.#read(accountId), this.#context.dailyCalls, this.#context.now());
  }

  /**
   * Reserves a call before it is sent. One that does not count is only rejected after too many failures.
   *
   * @throws ConfigurationError if the cache is configured wrongly
   */
  async admit({ accountId, dataKind }: AccountData, rules: AdmissionRules): Promise<Admission> {
    if (!rules.counts) return admissionAfter(await this.#read(accountId), rules, this.#context.now());
    const id = randomUUID();
    const { dailyCalls } = this.#context;
    const change = (record: AccountRecord, now: number): [AccountRecord, Admission] => {
      const failures = failuresAt(record.failures, now);
      const known = failures === undefined ? record : { ...record, failures };
      const admission = admissionAfter(record, rules, now);
      if (!admission.admitted) return [known, admission];
      const counted: Admission = { admitted: true, call: { ...admission.call, id } };
      // Kept even if the call is rejected, so that times from before the clock was set back do not stay in the future.
      const window = windowAt(record[dataKind] ?? emptyWindow, dailyCalls, now);
      const reserved = reserve(window, dailyCalls, now, id);
      if (reserved !== undefined) return [{ ...known, [dataKind]: reserved }, counted];
      if (!rules.quota) return [known, counted];
      const { limit, resetAt } = viewOf(window, dailyCalls, now);
      return [
        { ...known, [dataKind]: window },
        { admitted: false, because: "quota", limit, resetAt },
      ];
    };
    return await this.#change(accountId, change, (error, result) => {
      if (error instanceof ConfigurationError) throw error;
      if (!rules.shared || !result.admitted) return { result, counts: true };
      return { result: { admitted: false, because: "uncounted", reason: messageOf(error) }, counts: false };
    });
  }

  /** Records how a call ended. What cannot be written now is written later. */
  async complete(
    { accountId, dataKind }: AccountData,
    { id, hasFailed }: AdmittedCall,
    result: CallResult,
  ): Promise<void> {
    const { outcome, reported, failure } = result;
    if (id === undefined && failure === undefined && !hasFailed) {
      // Another process may have recorded failures since the call was admitted, and a success ends them.
      if (outcome !== "counted" || (await this.#read(accountId)).failures === undefined) return;
    }
    const change = (record: AccountRecord, now: number): [AccountRecord, undefined] => {
      const { failures, ...rest } = record;
      const count = failure === undefined ? failures : withFailure(failuresAt(failures, now), now, failure);
      const kept = outcome === "counted" || count === undefined ? {} : { failures: count };
      if (id === undefined) return [{ ...rest, ...kept }, undefined];
      const window = record[dataKind] ?? emptyWindow;
      const call = { id, now, outcome, reported };
      return [{ ...rest, ...kept, [dataKind]: complete(window, this.#context.dailyCalls, call) }, undefined];
    };
    await this.#change(accountId, change, (_, result) => {
      if (id !== undefined) this.#rememberCompleted(this.#keyOf(accountId), id);
      return { result, counts: true };
    });
  }

  /** Waits for writes in progress. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#queues.values());
  }

  #rememberCompleted(key: string, id: string): void {
    const local = this.#local.get(key) ?? {
      record: emptyAccount,
      hasUnsharedChanges: true,
      completed: new Set(),
    };
    this.#local.set(key, { ...local, completed: new Set([...local.completed, id]) });
  }

  /** Changes a record: one change after another within this process, and by compare-and-set between processes. */
  async #change<T>(accountId: string, change: Change<T>, onWriteFailure: WriteFailureHandler<T>): Promise<T> {
    const key = this.#keyOf(accountId);
    const before = this.#queues.get(key) ?? Promise.resolve();
    const next = () => this.#write(key, change, onWriteFailure);
    const work = before.then(next, next);
    this.#queues.set(key, work);
    try {
      return await work;
    } finally {
      if (this.#queues.get(key) === work) this.#queues.delete(key);
    }
  }

  async #write<T>(key: string, change: Change<T>, onWriteFailure: WriteFailureHandler<T>): Promise<T> {
    let known = this.#local.get(key)?.record ?? emptyAccount;
    try {
      for (let tries = 0; tries < MAX_WRITE_ATTEMPTS; tries += 1) {
        const text = await this.#records.get(key);
        known = this.#withLocalChanges(key, this.#parse(key, text));
        const [record, result] = change(known, this.#context.now());
        const next = writeAccountRecord(record);
        if (next === text || (await this.#records.compareAndSet(key, text, next))) {
          this.#local.set(key, { record, hasUnsharedChanges: false, completed: new Set(), text: next });
          return result;
        }
      }
      throw new Error("other processes keep changing it");
    } catch (error) {
      const [record, result] = change(known, this.#context.now());
      const fallback = onWriteFailure(error, result);
      if (fallback.counts) this.#countLocally(key, record, error);
      return fallback.result;
    }
  }

  #countLocally(key: string, record: AccountRecord, error: unknown): void {
    this.#warn(error);
    this.#local.set(key, {
      record,
      hasUnsharedChanges: true,
      completed: this.#local.get(key)?.completed ?? new Set(),
    });
  }

  async #read(accountId: string): Promise<AccountRecord> {
    const key = this.#keyOf(accountId);
    try {
      return this.#withLocalChanges(key, this.#parse(key, await this.#records.get(key)));
    } catch (error) {
      if (error instanceof ConfigurationError) throw error;
      this.#warn(error);
      return this.#local.get(key)?.record ?? emptyAccount;
    }
  }

  /** The shared record, merged with what this process could not write while the records were unavailable. */
  #withLocalChanges(key: string, shared: AccountRecord): AccountRecord {
    const local = this.#local.get(key);
    return local?.hasUnsharedChanges ? mergeAccounts(shared, local.record, local.completed) : shared;
  }

  /** A damaged record, or one of another version, counts as empty: the next response's headers make up for it. */
  #parse(key: string, text: string | undefined): AccountRecord {
    if (text === undefined) return emptyAccount;
    const local = this.#local.get(key);
    if (local?.text === text) return local.record;
    const record = readAccountRecord(text);
    if (record !== undefined) return record;
    this.#context.logger.warn("A record of the call budget cannot be read; starting a new one.");
    return emptyAccount;
  }

  #warn(error: unknown): void {
    this.#context.logger.warn(
      `The call budget shared between processes is unavailable (${messageOf(error)}); this process continues with its own count.`,
    );
  }

  #keyOf(accountId: string): string {
    const known = this.#keys.get(accountId);
    if (known !== undefined) return known;
    const key = createHash("sha256").update(`${this.#context.tenant}\n${accountId}`).digest("hex");
    this.#keys.set(accountId, key);
    return key;
  }
}

/** Whether an account's failures let a call go out, which is not counted yet. */
function admissionAfter(record: AccountRecord, rules: AdmissionRules, now: number): Admission {
  const failures = failuresAt(record.failures, now);
  const retryAt = rules.failures ? pausedUntil(failures, now) : null;
  if (failures === undefined || retryAt === null)
    return { admitted: true, call: { id: undefined, hasFailed: failures !== undefined } };
  const { failures: count, kind } = failures;
  return { admitted: false, because: "failures", failures: count, kind, retryAt };
}
