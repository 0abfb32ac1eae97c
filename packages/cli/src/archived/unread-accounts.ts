import type { Archive } from "bankdata-archive";
import { type BankProvider, compareAccounts, stateAt } from "bankdata-core/bank";
import { BankDataError } from "bankdata-core/base";
import {
  isReachable,
  listedAccounts,
  type ReachableAccount,
  subjectOf,
} from "../accounts/connected-accounts.ts";
import type { FailedAccount } from "../accounts/each-account.ts";
import type { ArchiveContext } from "../session/archive-context.ts";
import type { Session } from "../session/session.ts";
import { explain } from "../ui/failure.ts";
import { printFailure } from "../ui/terminal.ts";
import type { KeptAccount } from "./kept-accounts.ts";

/** Reads an account, from the cache or the bank, and records what was sent. */
export type TakeIn = (session: Session, archive: Archive, account: ReachableAccount) => Promise<unknown>;

/**
 * The accounts that are connected and of which the archive has nothing yet, as far as they are known without a request. A client
 * is opened only if there are any.
 *
 * @param read the accounts of which the archive has something
 */
export async function unreadAccounts(
  context: ArchiveContext,
  archive: Archive,
  read: readonly KeptAccount[],
): Promise<ReachableAccount[]> {
  return (await withUnread(context, { archive, read }, async (_, unread) => [...unread])) ?? [];
}

/** Reads the same accounts for the first time, and records what was sent. @returns those that could not be read */
export async function readFirst(
  context: ArchiveContext,
  kept: { readonly archive: Archive; readonly read: readonly KeptAccount[] },
  takeIn: TakeIn,
): Promise<FailedAccount[]> {
  const failed = await withUnread(context, kept, async (session, unread) => {
    const failures: FailedAccount[] = [];
    for (const account of unread) {
      try {
        await takeIn(session, kept.archive, account);
      } catch (error) {
        session.stopSignals.signal.throwIfAborted();
        if (!(error instanceof BankDataError)) throw error;
        failures.push({ account, error, explanation: explain(error, subjectOf(account), context.now()) });
      }
    }
    return failures;
  });
  for (const { account, explanation } of failed ?? [])
    printFailure(context.terminal, explanation, { ...context.options, accountId: account.handle });
  return failed ?? [];
}

/** Does some work with the unread accounts; undefined if there are none, or none are known. */
async function withUnread<T>(
  context: ArchiveContext,
  { archive, read }: { readonly archive: Archive; readonly read: readonly KeptAccount[] },
  work: (session: Session, unread: readonly ReachableAccount[]) => Promise<T>,
): Promise<T | undefined> {
  const { credentials } = context.configuration;
  if (credentials === null && context.options.sandbox !== true) return undefined;
  const handles = await unreadHandles(context, archive, read);
  if (handles.size === 0) return undefined;
  return await context.withClient(async (session) => {
    const listed = await ifKnown(listedAccounts({ ...session, provider: onlyCached(session.unrecorded) }));
    const unread = (listed?.accounts ?? [])
      .filter(isReachable)
      .filter(({ handle, state }) => handles.has(handle) && state === "ready")
      .filter((account) => !read.some((one) => compareAccounts(one, account) === "same"));
    return unread.length === 0 ? undefined : await work(session, unread);
  });
}

/** The handles of connections that work, except those by which an account was read. */
async function unreadHandles(
  { now }: Pick<ArchiveContext, "now">,
  archive: Archive,
  read: readonly KeptAccount[],
): Promise<ReadonlySet<string>> {
  const known = new Set(read.flatMap(({ kept }) => kept.handles.map(({ handle }) => handle)));
  const connections = await archive.connections();
  const working = connections.filter(
    ({ state, grantedAt, validUntil }) =>
      stateAt({ state, consent: { grantedAt, validUntil, historyDays: null } }, now()) === "active",
  );
  return new Set(
    working.flatMap(({ accountHandles }) => accountHandles).filter((handle) => !known.has(handle)),
  );
}

/** The same provider, which sends no request for what it lists. */
function onlyCached(provider: BankProvider): BankProvider {
  const onlyIfCached = true;
  return {
    ...provider,
    bank: (id, options) => provider.bank(id, { ...options, onlyIfCached }),
    connections: (options) => provider.connections({ ...options, onlyIfCached }),
    accounts: (connection, options) => provider.accounts(connection, { ...options, onlyIfCached }),
  };
}

/** Undefined if it is not cached. */
async function ifKnown<T>(listing: Promise<T>): Promise<T | undefined> {
  try {
    return await listing;
  } catch (error) {
    if (error instanceof BankDataError) return undefined;
    throw error;
  }
}
