import {
  aFunction,
  anAbortSignal,
  ConfigurationError,
  checkOptions,
  isCalendarDate,
  isRecord,
  type OptionKind,
  type OptionKinds,
  trueOrFalse,
} from "bankdata-core/base";
import type { Archive } from "../archive/archive.ts";
import type { AccountReport } from "./report.ts";

/** How much of a sync is done. */
export interface SyncProgress {
  /** How many accounts are done. */
  readonly done: number;
  /** How many accounts there are. */
  readonly total: number;
  /** The account that was done just now; null before the first one. */
  readonly account: AccountReport | null;
}

/** Options of `sync`. */
export interface SyncOptions {
  /** Only these accounts, each by its handle or by its id in the archive. @default every connected account */
  readonly accounts?: readonly string[] | undefined;
  /** Asks at once, and as far back as this date, `YYYY-MM-DD`. @default as far back as what is missing */
  readonly from?: string | undefined;
  /**
   * Asks now, also if an account was asked a short time ago, and with the call that is otherwise left for a person. A limit
   * that is used up is not asked in any case.
   * @default false
   */
  readonly atOnce?: boolean | undefined;
  /** Asks at once for all history that the consent allows, whatever `starts` says. @default false */
  readonly full?: boolean | undefined;
  /** Sends and records nothing: the report says what would be asked, as far as it is known from the cache. @default false */
  readonly dryRun?: boolean | undefined;
  /**
   * The first date to ask for, `YYYY-MM-DD`, of accounts by handle or by id in the archive.
   * @default all history that the consent allows
   */
  readonly starts?: Readonly<Record<string, string>> | undefined;
  /** A consent that ends within this number of days is in `ending` of the report. @default 7 */
  readonly warnDays?: number | undefined;
  /** How many accounts are asked at the same time, from 1 to 25. @default 4 */
  readonly concurrency?: number | undefined;
  /** Asks also for accounts that are paused because they keep failing, or whose calls cannot be counted. @default false */
  readonly force?: boolean | undefined;
  /** Aborts the sync, which then rejects with the signal's reason; what a bank has sent is recorded before. */
  readonly signal?: AbortSignal | undefined;
  /** Called at the start and after each account. */
  readonly onProgress?: ((progress: SyncProgress) => void) | undefined;
  /** The current time, in milliseconds since 1970. @default the archive's clock */
  readonly now?: (() => number) | undefined;
}

/** The options with every default. */
export interface CheckedOptions {
  readonly accounts: readonly string[] | undefined;
  readonly from: string | undefined;
  readonly atOnce: boolean;
  readonly full: boolean;
  readonly dryRun: boolean;
  readonly starts: Readonly<Record<string, string>>;
  readonly warnDays: number;
  readonly concurrency: number;
  readonly force: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (progress: SyncProgress) => void;
  readonly now: () => number;
}

const MOST_AT_ONCE = 25;

const aDate: OptionKind = {
  takes: "a date such as 2026-01-31",
  fits: (value) => typeof value === "string" && isCalendarDate(value),
};

const KINDS: OptionKinds<SyncOptions> = {
  accounts: {
    takes: "a list of handles or ids of accounts",
    fits: (value) => Array.isArray(value) && value.every((one) => typeof one === "string"),
  },
  from: aDate,
  atOnce: trueOrFalse,
  full: trueOrFalse,
  dryRun: trueOrFalse,
  starts: {
    takes: "an object with a date such as 2026-01-31 for each account",
    fits: (value) => isRecord(value) && Object.values(value).every((date) => aDate.fits(date)),
  },
  warnDays: {
    takes: "a whole number of days of at least 0",
    fits: (value) => Number.isInteger(value) && Number(value) >= 0,
  },
  concurrency: {
    takes: `a whole number from 1 to ${MOST_AT_ONCE}`,
    fits: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MOST_AT_ONCE,
  },
  force: trueOrFalse,
  signal: anAbortSignal,
  onProgress: aFunction,
  now: aFunction,
};

/**
 * The options of a sync into an archive.
 *
 * @throws ConfigurationError if an option does not exist, has a value that it does not take, or contradicts another
 */
export function checkedOptions(options: SyncOptions, archive: Pick<Archive, "now">): CheckedOptions {
  checkOptions(options, KINDS, { what: "the options of sync" });
  const { from, full = false, atOnce = false } = options;
  if (from !== undefined && full) throw new ConfigurationError("from cannot be combined with full.");
  return {
    accounts: options.accounts,
    from,
    full,
    atOnce: atOnce || full || from !== undefined,
    dryRun: options.dryRun ?? false,
    starts: options.starts ?? {},
    warnDays: options.warnDays ?? 7,
    concurrency: options.concurrency ?? 4,
    force: options.force ?? false,
    signal: options.signal,
    onProgress: options.onProgress ?? (() => {}),
    now: options.now ?? archive.now,
  };
}
