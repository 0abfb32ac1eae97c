import { createHash, randomUUID } from "node:crypto";
import type { Logger } from "../logger.ts";
import {
  type AccountQuota,
  AccountRecord,
  type AccountScope,
  dailyLimit,
  emptyAccount,
  quotaOf,
} from "./account-quota.ts";
import { type CountedFailure, failuresAt, pausedUntil, withFailure } from "./failure-budget.ts";
import { mergedAccounts } from "./merged-accounts.ts";
import type { Records } from "./records.ts";
import { emptyWindow, type Outcome, reserve, settle, type Told, viewOf } from "./rolling-window.ts";

/** What the ledger works with. */
export interface LedgerContext {
  /** Tells sets of credentials apart without giving them away. */
  scope: string;
  now: () => number;
  logger: Logger;
}

/** Which account and kind of data a call asks for. */
export interface AskedData {
  accountId: string;
  scope: AccountScope;
}

/** Whether a call may go out, and if not, until when. */
export type Admission =
  | { admitted: true; id: string }
  | { admitted: false; because: "quota"; limit: number; resetAt: number | null }
  | { admitted: false; because: "failures"; failures: number; kind: CountedFailure; retryAt: number };

/** How a call that was admitted ended. */
export interface CallEnd {
  outcome: Outcome;
  told: Told | null;
  /** Where it failed in a way that the service counts towards suspension. */
  failure?: CountedFailure | undefined;
}

/** What counts against a call. */
export interface AdmissionRules {
  /** Whether a spent quota refuses the call. */
  quota: boolean;
  /** Whether too many failures refuse it. */
  failures: boolean;
}

/** So often a record is read again because another process changed it meanwhile. */
const MOST_TRIES = 100;

/**
 * What each account may still be asked, and its failures: kept as one record an account, which processes share by
 * comparing before they write. Where the records cannot be reached, what this process knows goes on.
 */
export class QuotaLedger {
  readonly #records: Records;
  /** What this process knew last of each account; with `unshared`, what it could not write. */
  readonly #own = new Map<string, { record: AccountRecord; unshared: boolean; text?: string }>();
  /** The name of each account's record: hashing it costs as much as a small call's own work. */
  readonly #keys = new Map<string, string>();
  readonly #context: LedgerContext;
  readonly #lines = new Map<string, Promise<unknown>>();

  constructor(records: Records, context: LedgerContext) {
    this.#records = records;
    this.#context = context;
  }

  /** What an account may still be asked. */
  async quota(accountId: string): Promise<AccountQuota> {
    return quotaOf(await this.#read(accountId), this.#context.now());
  }

  /** Takes a place for a call before it is sent. */
  async admit({ accountId, scope }: AskedData, rules: AdmissionRules): Promise<Admission> {
    const id = randomUUID();
    return await this.#change(accountId, (record, now): [AccountRecord, Admission] => {
      const failures = failuresAt(record.failures, now);
      const known = failures === undefined ? record : { ...record, failures };
      const retryAt = rules.failures ? pausedUntil(failures, now) : null;
      if (failures !== undefined && retryAt !== null) {
        const { failures: many, kind } = failures;
        return [known, { admitted: false, because: "failures", failures: many, kind, retryAt }];
      }
      const window = record[scope] ?? emptyWindow;
      const taken = reserve(window, dailyLimit, now, id);
      if (taken !== undefined)
        return [
          { ...known, [scope]: taken },
          { admitted: true, id },
        ];
      if (!rules.quota) return [known, { admitted: true, id }];
      const { limit, resetAt } = viewOf(window, dailyLimit, now);
      return [known, { admitted: false, because: "quota", limit, resetAt }];
    });
  }

  /** Takes note of how a call ended. */
  async settle({ accountId, scope }: AskedData, id: string, end: CallEnd): Promise<void> {
    const { outcome, told, failure } = end;
    await this.#change(accountId, (record, now): [AccountRecord, undefined] => {
      const { failures, ...rest } = record;
      const window = settle(record[scope] ?? emptyWindow, dailyLimit, { id, now, outcome, told });
      const count = failure === undefined ? failures : withFailure(failuresAt(failures, now), now, failure);
      const kept = outcome === "counted" || count === undefined ? {} : { failures: count };
      return [{ ...rest, ...kept, [scope]: window }, undefined];
    });
  }

  /** Changes a record, one change after the other within this process, and by comparison between processes. */
  async #change<T>(
    accountId: string,
    change: (record: AccountRecord, now: number) => [AccountRecord, T],
  ): Promise<T> {
    const key = this.#keyOf(accountId);
    const work = (this.#lines.get(key) ?? Promise.resolve()).then(() => this.#write(key, change));
    this.#lines.set(key, work);
    try {
      return await work;
    } finally {
      if (this.#lines.get(key) === work) this.#lines.delete(key);
    }
  }

  async #write<T>(
    key: string,
    change: (record: AccountRecord, now: number) => [AccountRecord, T],
  ): Promise<T> {
    try {
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        const text = await this.#records.get(key);
        const [record, result] = change(this.#caughtUp(key, this.#parse(key, text)), this.#context.now());
        const next = JSON.stringify(record);
        if (next === text || (await this.#records.compareAndSet(key, text, next))) {
          this.#own.set(key, { record, unshared: false, text: next });
          return result;
        }
      }
      throw new Error("other processes keep changing it");
    } catch (error) {
      this.#warn(error);
      const [record, result] = change(this.#own.get(key)?.record ?? emptyAccount, this.#context.now());
      this.#own.set(key, { record, unshared: true });
      return result;
    }
  }

  async #read(accountId: string): Promise<AccountRecord> {
    const key = this.#keyOf(accountId);
    try {
      return this.#caughtUp(key, this.#parse(key, await this.#records.get(key)));
    } catch (error) {
      this.#warn(error);
      return this.#own.get(key)?.record ?? emptyAccount;
    }
  }

  /** The shared record, with what this process could not write while the records were away. */
  #caughtUp(key: string, shared: AccountRecord): AccountRecord {
    const own = this.#own.get(key);
    return own?.unshared ? mergedAccounts(shared, own.record) : shared;
  }

  /** A record of another version, or a damaged one, is none: the next answer's headers make up for it. */
  #parse(key: string, text: string | undefined): AccountRecord {
    if (text === undefined) return emptyAccount;
    const own = this.#own.get(key);
    if (own?.text === text) return own.record;
    try {
      const read = AccountRecord.safeParse(JSON.parse(text));
      if (read.success) return read.data;
    } catch {}
    this.#context.logger.warn("A record of the quota cannot be read; it is begun anew.");
    return emptyAccount;
  }

  #warn(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#context.logger.warn(
      `The quota that is shared between processes cannot be used (${reason}); this process goes on with its own.`,
    );
  }

  #keyOf(accountId: string): string {
    const known = this.#keys.get(accountId);
    if (known !== undefined) return known;
    const key = createHash("sha256").update(`${this.#context.scope}\n${accountId}`).digest("hex");
    this.#keys.set(accountId, key);
    return key;
  }
}
