import { createHash, randomUUID } from "node:crypto";
import { ConfigurationError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import type { KeyValueStore } from "../store/kv.ts";
import {
  type AccountQuota,
  type AccountRecord,
  type DataKind,
  emptyAccount,
  quotaOf,
} from "./account-calls.ts";
import { readAccountRecord, writeAccountRecord } from "./account-record.ts";
import { type CountedFailure, failuresAt, pausedUntil, withFailure } from "./failure-pause.ts";
import { mergedAccounts } from "./merged-accounts.ts";
import type { WindowRule } from "./rolling-window.ts";
import {
  complete,
  emptyWindow,
  type Outcome,
  type ReportedLimit,
  reserve,
  viewOf,
} from "./rolling-window.ts";

export interface CallBudgetContext {
  /** Tells sets of credentials apart without giving them away. */
  tenant: string;
  /** How many calls of one account for one kind of data there are, unless headers report another limit. */
  dailyCalls: WindowRule;
  now: () => number;
  logger: Logger;
}

/** Which account and kind of data a call asks for. */
export interface AccountData {
  accountId: string;
  dataKind: DataKind;
}

/** Whether a call may go out, and if not, until when. */
export type Admission =
  | { admitted: true; id: string }
  | { admitted: false; because: "uncounted"; reason: string }
  | { admitted: false; because: "quota"; limit: number; resetAt: number | null }
  | { admitted: false; because: "failures"; failures: number; kind: CountedFailure; retryAt: number };

/** How a call that was admitted ended. */
export interface CallEnd {
  outcome: Outcome;
  reported: ReportedLimit | null;
  /** Where it failed in a way that the service counts towards suspension. */
  failure?: CountedFailure | undefined;
}

/** What counts against a call. */
export interface AdmissionRules {
  /** Whether a spent quota refuses the call. */
  quota: boolean;
  /** Whether too many failures refuse it. */
  failures: boolean;
  /** Whether it is refused if it cannot be counted where all processes see it. */
  shared: boolean;
}

/** What this process knew last of an account. */
interface OwnRecord {
  record: AccountRecord;
  /** Whether some of it could not be written. */
  unshared: boolean;
  /** Calls whose end could not be written. */
  completed: ReadonlySet<string>;
  /** What was written. */
  text?: string;
}

/** A change of a record, and what comes of it. */
type Change<T> = (record: AccountRecord, now: number) => [AccountRecord, T];

/** What comes of a change that could not be written: it counts in this process alone, or not at all. */
type Unwritten<T> = (error: unknown, result: T) => { result: T; counts: boolean };

/** So often a record is read again because another process changed it meanwhile. */
const MOST_TRIES = 100;

/**
 * What each account may still be asked, and its failures: kept as one record an account, which processes share by
 * comparing before they write. While the records cannot be written no call is admitted, unless it is asked for all the
 * same: then what this process knows goes on, and is brought together with the records later.
 */
export class CallBudget {
  readonly #records: KeyValueStore;
  readonly #own = new Map<string, OwnRecord>();
  /** The name of each account's record: hashing it costs as much as a small call's own work. */
  readonly #keys = new Map<string, string>();
  readonly #context: CallBudgetContext;
  readonly #lines = new Map<string, Promise<unknown>>();

  constructor(records: KeyValueStore, context: CallBudgetContext) {
    this.#records = records;
    this.#context = context;
  }

  /** What an account may still be asked. @throws ConfigurationError if the user has named no cache for the records */
  async quota(accountId: string): Promise<AccountQuota> {
    return quotaOf(await this.#read(accountId), this.#context.dailyCalls, this.#context.now());
  }

  /**
   * Takes a place for a call before it is sent.
   *
   * @throws ConfigurationError if the user has named no cache for the records
   */
  async admit({ accountId, dataKind }: AccountData, rules: AdmissionRules): Promise<Admission> {
    const id = randomUUID();
    const { dailyCalls } = this.#context;
    const change = (record: AccountRecord, now: number): [AccountRecord, Admission] => {
      const failures = failuresAt(record.failures, now);
      const known = failures === undefined ? record : { ...record, failures };
      const retryAt = rules.failures ? pausedUntil(failures, now) : null;
      if (failures !== undefined && retryAt !== null) {
        const { failures: many, kind } = failures;
        return [known, { admitted: false, because: "failures", failures: many, kind, retryAt }];
      }
      const window = record[dataKind] ?? emptyWindow;
      const taken = reserve(window, dailyCalls, now, id);
      if (taken !== undefined)
        return [
          { ...known, [dataKind]: taken },
          { admitted: true, id },
        ];
      if (!rules.quota) return [known, { admitted: true, id }];
      const { limit, resetAt } = viewOf(window, dailyCalls, now);
      return [known, { admitted: false, because: "quota", limit, resetAt }];
    };
    return await this.#change(accountId, change, (error, result) => {
      if (error instanceof ConfigurationError) throw error;
      if (!rules.shared || !result.admitted) return { result, counts: true };
      return { result: { admitted: false, because: "uncounted", reason: messageOf(error) }, counts: false };
    });
  }

  /** Takes note of how a call ended. What cannot be written is kept until it can. */
  async complete({ accountId, dataKind }: AccountData, id: string, end: CallEnd): Promise<void> {
    const { outcome, reported, failure } = end;
    const change = (record: AccountRecord, now: number): [AccountRecord, undefined] => {
      const { failures, ...rest } = record;
      const window = complete(record[dataKind] ?? emptyWindow, this.#context.dailyCalls, {
        id,
        now,
        outcome,
        reported: reported,
      });
      const count = failure === undefined ? failures : withFailure(failuresAt(failures, now), now, failure);
      const kept = outcome === "counted" || count === undefined ? {} : { failures: count };
      return [{ ...rest, ...kept, [dataKind]: window }, undefined];
    };
    await this.#change(accountId, change, (_, result) => {
      this.#endedUnwritten(this.#keyOf(accountId), id);
      return { result, counts: true };
    });
  }

  /** Waits for what is being written. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#lines.values());
  }

  #endedUnwritten(key: string, id: string): void {
    const own = this.#own.get(key) ?? { record: emptyAccount, unshared: true, completed: new Set() };
    this.#own.set(key, { ...own, completed: new Set([...own.completed, id]) });
  }

  /** Changes a record, one change after the other within this process, and by comparison between processes. */
  async #change<T>(accountId: string, change: Change<T>, unwritten: Unwritten<T>): Promise<T> {
    const key = this.#keyOf(accountId);
    const before = this.#lines.get(key) ?? Promise.resolve();
    const next = () => this.#write(key, change, unwritten);
    const work = before.then(next, next);
    this.#lines.set(key, work);
    try {
      return await work;
    } finally {
      if (this.#lines.get(key) === work) this.#lines.delete(key);
    }
  }

  async #write<T>(key: string, change: Change<T>, unwritten: Unwritten<T>): Promise<T> {
    let known = this.#own.get(key)?.record ?? emptyAccount;
    try {
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        const text = await this.#records.get(key);
        known = this.#caughtUp(key, this.#parse(key, text));
        const [record, result] = change(known, this.#context.now());
        const next = writeAccountRecord(record);
        if (next === text || (await this.#records.compareAndSet(key, text, next))) {
          this.#own.set(key, { record, unshared: false, completed: new Set(), text: next });
          return result;
        }
      }
      throw new Error("other processes keep changing it");
    } catch (error) {
      const [record, result] = change(known, this.#context.now());
      const instead = unwritten(error, result);
      if (instead.counts) this.#countAlone(key, record, error);
      return instead.result;
    }
  }

  #countAlone(key: string, record: AccountRecord, error: unknown): void {
    this.#warn(error);
    this.#own.set(key, { record, unshared: true, completed: this.#own.get(key)?.completed ?? new Set() });
  }

  async #read(accountId: string): Promise<AccountRecord> {
    const key = this.#keyOf(accountId);
    try {
      return this.#caughtUp(key, this.#parse(key, await this.#records.get(key)));
    } catch (error) {
      if (error instanceof ConfigurationError) throw error;
      this.#warn(error);
      return this.#own.get(key)?.record ?? emptyAccount;
    }
  }

  /** The shared record, with what this process could not write while the records were away. */
  #caughtUp(key: string, shared: AccountRecord): AccountRecord {
    const own = this.#own.get(key);
    return own?.unshared ? mergedAccounts(shared, own.record, own.completed) : shared;
  }

  /** A record of another version, or a damaged one, is none: the next answer's headers make up for it. */
  #parse(key: string, text: string | undefined): AccountRecord {
    if (text === undefined) return emptyAccount;
    const own = this.#own.get(key);
    if (own?.text === text) return own.record;
    const record = readAccountRecord(text);
    if (record !== undefined) return record;
    this.#context.logger.warn("A record of the quota cannot be read; it is begun anew.");
    return emptyAccount;
  }

  #warn(error: unknown): void {
    this.#context.logger.warn(
      `The quota that is shared between processes cannot be used (${messageOf(error)}); this process goes on with its own.`,
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
