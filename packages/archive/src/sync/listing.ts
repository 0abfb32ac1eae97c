import {
  type BankProvider,
  type ConnectedAccounts,
  type Connection,
  connectedAccounts,
  stateAt,
} from "bankdata-core/bank";
import { DAY, dateOf } from "bankdata-core/base";
import { type Candidate, whyUnreadable } from "./candidates.ts";
import type { CheckedOptions } from "./options.ts";

/**
 * The connected accounts. The provider may have cached that an account cannot be read, before its bank was connected again
 * or was done preparing it, so that this is asked again, which costs no call of a bank.
 */
export async function listed(
  provider: BankProvider,
  now: number,
  { dryRun, signal }: Pick<CheckedOptions, "dryRun" | "signal">,
): Promise<ConnectedAccounts> {
  const listing = await connectedAccounts(provider, now, { signal, onlyIfCached: dryRun });
  const isDoubtful = listing.items.some(
    ({ account, connection }) =>
      stateAt(connection, now) === "active" && account.handle !== null && account.state !== "ready",
  );
  return isDoubtful && !dryRun ? await connectedAccounts(provider, now, { signal, refresh: true }) : listing;
}

/**
 * The connections of some accounts that must be renewed, soon or now, each once.
 *
 * @param now in milliseconds since 1970
 */
export function toRenew(
  candidates: readonly Candidate[],
  now: number,
  warnDays: number,
): { ending: Connection[]; ended: Connection[] } {
  const ending = new Set<Connection>();
  const ended = new Set<Connection>();
  for (const candidate of candidates) {
    const reason = whyUnreadable(candidate, now);
    const left = daysLeft(candidate.connection, now);
    if (reason === "consentEnded" || reason === "suspended") ended.add(candidate.connection);
    else if (reason === undefined && left !== null && left <= warnDays) ending.add(candidate.connection);
  }
  return { ending: [...ending].filter((one) => !ended.has(one)), ended: [...ended] };
}

/** The days until the date, in UTC, on which a consent ends: 0 on its last day, and after it; null if unknown. */
export function daysLeft({ consent: { validUntil } }: Connection, now: number): number | null {
  if (validUntil === null) return null;
  const [today, last] = [now, validUntil.getTime()].map((at) => Date.parse(dateOf(at)));
  return Math.max(0, ((last ?? 0) - (today ?? 0)) / DAY);
}
