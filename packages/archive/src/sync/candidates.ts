import {
  type BankAccount,
  type BankProvider,
  type ConnectedAccount,
  type Connection,
  compareAccounts,
  hasLostAccess,
  type ReadOptions,
  stateAt,
} from "bankdata-core/bank";
import { BankDataError, ConfigurationError } from "bankdata-core/base";
import type { ArchivedAccount } from "../archive/account-reading.ts";
import type { SyncReason } from "./report.ts";

/** A connected account, and what the archive knows of it. */
export interface Candidate extends ConnectedAccount {
  /** Undefined if the archive does not know its handle. */
  readonly archived: ArchivedAccount | undefined;
}

/** Connected accounts with what the archive knows of them. */
export function withArchived(
  items: readonly ConnectedAccount[],
  archived: readonly ArchivedAccount[],
  provider: string,
): Candidate[] {
  const byHandle = new Map(
    archived.flatMap((one) =>
      one.handles.filter((known) => known.provider === provider).map(({ handle }) => [handle, one] as const),
    ),
  );
  return items.map(({ account, connection }) => ({
    account,
    connection,
    archived: account.handle === null ? undefined : byHandle.get(account.handle),
  }));
}

/**
 * The accounts that are wanted, each by a handle that it has or had, or by its id in the archive.
 *
 * @throws ConfigurationError naming the first that is not connected
 */
export function wantedOf(
  candidates: readonly Candidate[],
  names: readonly string[] | undefined,
): Candidate[] {
  if (names === undefined) return [...candidates];
  const isCalled = (name: string, { account, archived }: Candidate) =>
    account.handle === name ||
    archived?.id === name ||
    archived?.handles.some(({ handle }) => handle === name) === true;
  for (const name of names) {
    if (candidates.some((one) => isCalled(name, one))) continue;
    throw new ConfigurationError(
      `No connected account has the handle ${JSON.stringify(name)}, or that id in the archive. Connect its bank, or leave it out of accounts.`,
    );
  }
  return candidates.filter((one) => names.some((name) => isCalled(name, one)));
}

/** Why an account cannot be read; undefined if it can. @param now in milliseconds since 1970 */
export function whyUnreadable(
  { account, connection }: ConnectedAccount,
  now: number,
): SyncReason | undefined {
  const state = stateAt(connection, now);
  if (state === "expired" || state === "ended") return "consentEnded";
  if (state === "suspended") return "suspended";
  if (state !== "active" || account.handle === null) return "noAccess";
  if (account.state === "processing") return "notReady";
  if (!hasLostAccess(account)) return undefined;
  return account.state === "expired" ? "consentEnded" : "suspended";
}

/**
 * Of handles that can be read and lead to the same account, those that are not the one by which it is read: the one of the
 * newest consent. A consent that shows nothing new gives way to any other, however new it is.
 *
 * @param readable handles that can be read
 * @returns the handles that give way
 */
export async function handlesThatGiveWay(
  readable: readonly Candidate[],
  provider: BankProvider,
  options: ReadOptions,
): Promise<ReadonlySet<string>> {
  const givingWay = new Set<string>();
  for (const group of sameAccounts(readable)) {
    const ranked = await Promise.all(
      group.map(async ({ account, connection }) => ({
        handle: account.handle ?? "",
        snapshot: await isSnapshot(connection, provider, options),
        grantedAt: connection.consent.grantedAt?.getTime() ?? 0,
      })),
    );
    const [, ...others] = ranked.sort(
      (a, b) => Number(a.snapshot) - Number(b.snapshot) || b.grantedAt - a.grantedAt,
    );
    for (const { handle } of others) givingWay.add(handle);
  }
  return givingWay;
}

/** The accounts that several handles lead to, each with its candidates. */
function sameAccounts(candidates: readonly Candidate[]): Candidate[][] {
  const groups: Candidate[][] = [];
  for (const one of candidates) {
    const group = groups.find((others) => others.some((other) => isSame(one, other)));
    if (group === undefined) groups.push([one]);
    else group.push(one);
  }
  return groups.filter((group) => group.length > 1);
}

function isSame(one: Candidate, other: Candidate): boolean {
  if (one.archived !== undefined && one.archived === other.archived) return true;
  return compareAccounts(identified(one), identified(other)) === "same";
}

/** What identifies an account: without its details, the archive may know more. */
function identified({ account, archived }: Candidate): Pick<BankAccount, "identities"> {
  return account.detailed || archived === undefined ? account : archived;
}

/** Whether a consent shows nothing that is booked later, as far as its bank can be looked up. */
async function isSnapshot(
  { bankId, consent: { historyDays } }: Connection,
  provider: BankProvider,
  options: ReadOptions,
): Promise<boolean> {
  if (bankId === null || historyDays === null) return false;
  try {
    const { continuousHistoryDays } = provider.limitsOf(await provider.bank(bankId, options));
    return continuousHistoryDays !== null && historyDays > continuousHistoryDays;
  } catch (error) {
    if (error instanceof BankDataError) return false;
    throw error;
  }
}
