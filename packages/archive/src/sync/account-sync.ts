import type {
  AccountOrHandle,
  AccountReadOptions,
  BankAccount,
  BankProvider,
  DataKind,
  DateRange,
  DetailsReading,
  Origin,
} from "bankdata-core/bank";
import {
  AccessDeniedError,
  AccountPausedError,
  BankDataError,
  InvalidResponseError,
  RateLimitError,
} from "bankdata-core/base";
import type { Archive } from "../archive/archive.ts";
import type { SourceAccount } from "../archive/source.ts";
import type { Candidate } from "./candidates.ts";
import type { Plan } from "./plan.ts";

/** What the accounts of a sync have in common. */
export interface Context {
  readonly archive: Archive;
  readonly provider: BankProvider;
  readonly force: boolean;
  readonly signal: AbortSignal | undefined;
}

/** What was done for an account so far. */
export interface Work {
  /** With the bank's details, once they were read. */
  account: BankAccount;
  /** Its id in the archive; null if it is not there. */
  id: string | null;
  /** Of when the newest transactions in the archive are, and the newest balances. */
  asOf: Date | null;
  balancesAt: Date | null;
  readonly asked: DataKind[];
  /** Which transactions were asked for. */
  range: DateRange | null;
  readonly counts: Record<Count, number>;
  /** Whether a response was recorded. */
  recorded: boolean;
  /** Why something could not be read; the first if several failed. */
  error: BankDataError | null;
  /** When a pause of the account ends. */
  pausedUntil: Date | null;
}

/** What `Recorded` counts. */
const COUNTS = ["added", "booked", "changed", "vanished", "retracted", "uncertain", "unreadable"] as const;

type Count = (typeof COUNTS)[number];

/** Ranges that others ask for, so that their responses may be cached. */
const CACHED_RANGES: readonly DateRange[] = [{}, { days: 90 }];

/** The work for an account before anything is done. */
export function begun({ account, archived }: Candidate): Work {
  return {
    account,
    id: archived?.id ?? null,
    asOf: archived?.lastRun?.observedAt ?? null,
    balancesAt: archived?.lastBalancesAt ?? null,
    asked: [],
    range: null,
    counts: { added: 0, booked: 0, changed: 0, vanished: 0, retracted: 0, uncertain: 0, unreadable: 0 },
    recorded: false,
    error: null,
    pausedUntil: null,
  };
}

/**
 * Finds out which account it is, and takes in what is cached.
 *
 * @returns whether more can be asked
 * @throws what the archive throws, or the reason of the signal
 */
export async function prepare(context: Context, work: Work, plan: Plan): Promise<boolean> {
  if (!(await attempt(work, () => identify(context, work, plan)))) return false;
  await takeCached(context, work, plan);
  return true;
}

/**
 * Asks for what the plan says, step by step. A failure of the bank or the provider ends it, as the next call would fail too
 * and a bank suspends an account after ten; only a spent limit concerns one kind of data.
 *
 * @throws what the archive throws, or the reason of the signal
 */
export async function ask(context: Context, work: Work, { range, balances }: Plan): Promise<void> {
  if (range !== null && !(await attempt(work, () => askTransactions(context, work, range)))) return;
  if (balances) await attempt(work, () => askBalances(context, work));
}

/** @returns whether to go on */
async function attempt(work: Work, step: () => Promise<boolean>): Promise<boolean> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof RequestFailed)) throw error;
    const { reason } = error;
    work.error ??= reason;
    if (reason instanceof AccountPausedError) work.pausedUntil = reason.retryAt;
    return reason instanceof RateLimitError && reason.scope !== "general";
  }
}

/** A request failed, unlike the archive. */
class RequestFailed extends Error {
  override name = "RequestFailed";
  readonly reason: BankDataError;

  constructor(reason: BankDataError) {
    super(reason.message);
    this.reason = reason;
  }
}

/** @throws RequestFailed if the provider fails */
async function requested<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw error instanceof BankDataError ? new RequestFailed(error) : error;
  }
}

/**
 * Reads the bank's details once a consent, as they have the currency, without which two accounts of one IBAN cannot be told
 * apart. An account that the archive does not know waits until they can be read.
 */
async function identify(context: Context, work: Work, plan: Plan): Promise<boolean> {
  if (!plan.details) return true;
  const isKnown = work.id !== null;
  const cached = await ifCached(context.provider.details(work.account, cachedOnly(context)));
  const { grantedAt } = work.account.consent;
  if (cached !== undefined && (grantedAt === null || cached.asOf >= grantedAt))
    return await describe(context, work, cached);
  if (!plan.canAskDetails) return isKnown;
  // Without anything else to ask, a known account does not need them now.
  if (isKnown && plan.range === null && !plan.balances) return true;
  try {
    work.asked.push("details");
    return await describe(
      context,
      work,
      await requested(context.provider.details(work.account, live(context))),
    );
  } catch (error) {
    if (error instanceof RequestFailed && isLasting(error.reason)) return true;
    throw error;
  }
}

/** Whether details will not be readable later either: the consent does not cover them, or the bank sends nonsense. */
function isLasting(error: BankDataError): boolean {
  return error instanceof AccessDeniedError || error instanceof InvalidResponseError;
}

async function describe({ archive, provider }: Context, work: Work, reading: DetailsReading): Promise<true> {
  work.account = reading.account;
  const described = { ...sourceAccount(provider, work.account), detailed: true };
  const { account } = await archive.recordAccount(described, reading.asOf);
  work.id = account;
  return true;
}

/** Records cached responses that are younger than what the archive has, the older one first. */
async function takeCached(context: Context, work: Work, { unrecorded }: Plan): Promise<void> {
  const { provider } = context;
  const options = cachedOnly(context);
  const found = await Promise.all(
    (unrecorded.transactions ? CACHED_RANGES : []).map((range) =>
      ifCached(provider.transactions(work.account, range, options)),
    ),
  );
  const readings = found.filter((reading) => reading !== undefined);
  for (const reading of readings.sort((a, b) => a.asOf.getTime() - b.asOf.getTime()))
    if (isYounger(reading, work.asOf)) await recordTransactions(context, work, reading);
  if (!unrecorded.balances) return;
  const balances = await ifCached(provider.balances(work.account, options));
  if (balances !== undefined && isYounger(balances, work.balancesAt))
    await recordBalances(context, work, balances);
}

function isYounger({ asOf }: Origin, than: Date | null): boolean {
  return than === null || asOf > than;
}

async function askTransactions(context: Context, work: Work, range: DateRange): Promise<boolean> {
  work.asked.push("transactions");
  work.range = range;
  const reading = await requested(context.provider.transactions(work.account, range, live(context)));
  await recordTransactions(context, work, reading);
  return true;
}

async function askBalances(context: Context, work: Work): Promise<boolean> {
  work.asked.push("balances");
  await recordBalances(
    context,
    work,
    await requested(context.provider.balances(work.account, live(context))),
  );
  return true;
}

type Reading<Kind extends "transactions" | "balances"> = Awaited<ReturnType<BankProvider[Kind]>>;

async function recordTransactions(
  { archive, provider }: Context,
  work: Work,
  reading: Reading<"transactions">,
): Promise<void> {
  const { coverage, items, unreadable } = reading;
  const recorded = await archive.record(sourceAccount(provider, work.account), {
    ...{ observedAt: reading.asOf, origin: originOf(reading) },
    ...{ coverage, items, unreadable },
  });
  work.id = recorded.account;
  if (!recorded.recorded) return;
  work.recorded = true;
  work.asOf = reading.asOf;
  for (const count of COUNTS) work.counts[count] += recorded[count];
}

async function recordBalances(
  { archive, provider }: Context,
  work: Work,
  reading: Reading<"balances">,
): Promise<void> {
  const { account } = await archive.recordBalances(sourceAccount(provider, work.account), {
    ...{ observedAt: reading.asOf, origin: originOf(reading), items: reading.items },
  });
  work.id = account;
  work.balancesAt = reading.asOf;
  work.recorded = true;
}

function originOf({ fromCache }: Origin): "live" | "cached" {
  return fromCache ? "cached" : "live";
}

/**
 * An account of a provider as the archive names it. Whether its details were read just now is not part of it, as they may be
 * older than what is recorded with it.
 */
export function sourceAccount(
  { name }: Pick<BankProvider, "name">,
  account: Exclude<AccountOrHandle, string>,
): SourceAccount {
  const { handle, identities = [], currency = null, connectionId = null, bankId = null } = account;
  const { iban = null, label = null, holder = null, product = null, kind = null } = account;
  const { number = null, state, stateAsSent = null, consent, raw = null, detailed: rawDetailed } = account;
  return {
    ...{ provider: name, handle, identities, currency, connectionId, bankId },
    ...{ iban, label, holder, product, kind },
    ...{ number, stateAsSent, raw, rawDetailed },
    ...(state === undefined ? {} : { state }),
    ...(consent === undefined ? {} : { consent }),
  };
}

/** Never an older response: it would cost the next call, and say nothing new. */
function live({ force, signal }: Context): AccountReadOptions {
  return { forceRefresh: true, force, signal };
}

function cachedOnly({ signal }: Context): AccountReadOptions {
  return { onlyIfCached: true, signal };
}

/** Undefined if nothing is cached, or if that cannot be read. */
async function ifCached<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof BankDataError) return undefined;
    throw error;
  }
}
