import type { ArchivedRun } from "../archive/account-reading.ts";
import type { Archive } from "../archive/archive.ts";
import { ask, begun, type Context, prepare, type Work } from "./account-sync.ts";
import { type Candidate, whyUnreadable } from "./candidates.ts";
import type { Calls } from "./due.ts";
import { daysLeft } from "./listing.ts";
import type { CheckedOptions } from "./options.ts";
import { nextOf, type Plan, planOf } from "./plan.ts";
import { isHistoryRead } from "./range.ts";
import type { AccountReport, SyncOutcome, SyncReason } from "./report.ts";

/** What is known of an account before it is asked. */
export interface Prospect extends Candidate {
  /** Whether the same account is read under another handle. */
  readonly givesWay: boolean;
}

/** Plans what to ask of an account, asks it unless this is a dry run, and says what was done. */
export async function reportOf(
  context: Context,
  prospect: Prospect,
  options: CheckedOptions,
): Promise<AccountReport> {
  const now = options.now();
  const work = begun(prospect);
  const unreadable = whyUnreadable(prospect, now);
  if (unreadable !== undefined) return reported(prospect, work, { ...SKIPPED, reason: unreadable, now });
  if (prospect.account.error !== null) {
    work.error = prospect.account.error;
    return reported(prospect, work, { outcome: "failed", reason: null, nextAt: now, now });
  }
  const plan = await planned(context, prospect, work, options);
  if (plan === undefined) return reported(prospect, work, { ...SKIPPED, reason: "otherHandle", now });
  if (options.dryRun) return foreseen(prospect, work, plan, now);
  if (await prepare(context, work, plan)) {
    // What was cached may suffice, and others may have asked in the meantime.
    const present = await planned(context, prospect, work, options);
    if (present !== undefined) await ask(context, work, present);
  }
  const calls: Calls = await context.provider.callsLeft(work.account);
  const later = options.now();
  const nextAt = nextOf(calls, work.account.consent.validUntil, later);
  const isFree = work.asked.length === 0 && !work.recorded;
  return reported(prospect, work, {
    outcome: work.error !== null ? "failed" : isFree ? "notDue" : "synced",
    reason: isFree && work.error === null ? reasonOf(plan) : null,
    nextAt: nextAt === null ? null : Math.max(nextAt, work.pausedUntil?.getTime() ?? nextAt),
    now: later,
  });
}

const SKIPPED = { outcome: "skipped", nextAt: null } as const;

/** Undefined if there is nothing that only this handle can give. */
async function planned(
  { archive, provider }: Context,
  prospect: Prospect,
  { id }: Work,
  { atOnce, from, full, starts, now }: CheckedOptions,
): Promise<Plan | undefined> {
  const { account, givesWay } = prospect;
  const { consent, handle } = account;
  const runs = id === null ? [] : await runsUnder(archive, id, consent.grantedAt);
  const start = full ? undefined : (starts[handle ?? ""] ?? starts[id ?? ""]);
  if (givesWay && isHistoryRead({ consent, start, runs })) return undefined;
  const range = from !== undefined ? { from } : full ? {} : undefined;
  const calls = await provider.callsLeft(account);
  return planOf({ candidate: prospect, runs, calls, now: now(), atOnce, range, start });
}

/** What was recorded of an account since a consent was granted, and the last before that; the newest first. */
async function runsUnder(archive: Archive, account: string, grantedAt: Date | null): Promise<ArchivedRun[]> {
  const runs: ArchivedRun[] = [];
  for await (const run of archive.runs(account)) {
    runs.push(run);
    if (grantedAt !== null && run.observedAt < grantedAt) break;
  }
  return runs;
}

/** What a dry run says of an account that can be read. */
function foreseen(prospect: Prospect, work: Work, plan: Plan, now: number): AccountReport {
  const { range, balances } = plan;
  const isDue = range !== null || balances;
  if (isDue && plan.details && plan.canAskDetails && !prospect.account.detailed) work.asked.push("details");
  if (range !== null) work.asked.push("transactions");
  if (balances) work.asked.push("balances");
  work.range = range;
  return reported(prospect, work, {
    outcome: isDue ? "due" : "notDue",
    reason: isDue ? null : reasonOf(plan),
    nextAt: plan.nextAt,
    now,
  });
}

function reasonOf({ spent }: Plan): SyncReason {
  return spent ? "spent" : "early";
}

/** How the account came out. */
interface End {
  readonly outcome: SyncOutcome;
  readonly reason: SyncReason | null;
  /** When it is due next, in milliseconds since 1970. */
  readonly nextAt: number | null;
  /** In milliseconds since 1970. */
  readonly now: number;
}

function reported(
  { account: listed, connection }: Candidate,
  { account, id, asOf, asked, range, counts, error }: Work,
  { outcome, reason, nextAt, now }: End,
): AccountReport {
  return {
    account: id,
    handle: listed.handle,
    connectionId: connection.id,
    bankId: account.bankId,
    iban: account.iban,
    currency: account.currency,
    label: account.label,
    ...{ outcome, reason, error, asked, range },
    ...counts,
    asOf,
    nextCallAt: nextAt === null ? null : new Date(nextAt),
    consentEndsAt: connection.consent.validUntil,
    daysLeft: daysLeft(connection, now),
  };
}
