import type { Archive } from "bankdata-archive";
import { type BankProvider, compareAccounts, stateAt } from "bankdata-core/bank";
import { BankDataError, NotCachedError } from "bankdata-core/base";
import {
  accountName,
  isReachable,
  listedAccounts,
  type ReachableAccount,
} from "../accounts/connected-accounts.ts";
import type { ArchiveContext } from "../session/archive-context.ts";
import type { Session } from "../session/session.ts";
import { CommandFailure } from "../ui/failure.ts";
import { counted } from "../ui/format.ts";
import { alert } from "../ui/output.ts";
import { joined, line } from "../ui/printable.ts";
import { asTyped } from "../ui/terminal.ts";
import type { KeptAccount } from "./kept-accounts.ts";

/** More accounts than this are counted, not named. */
const MOST_NAMED = 3;

/** Records what is cached of an account. @throws NotCachedError if nothing is */
export type TakeIn = (session: Session, archive: Archive, account: ReachableAccount) => Promise<void>;

/**
 * The accounts that are connected and of which the archive has nothing yet, as far as they are known without a request. A client
 * is opened only if there are any.
 *
 * @param read the accounts of which the archive has something
 * @param takeIn what is called for each of them; those of which it records something are not returned
 */
export async function unreadAccounts(
  context: ArchiveContext,
  archive: Archive,
  read: readonly KeptAccount[],
  takeIn?: TakeIn,
): Promise<ReachableAccount[]> {
  const handles = await unreadHandles(context, archive, read);
  if (handles.size === 0) return [];
  try {
    return await context.withClient(async (session) => {
      const { accounts } = await listedAccounts({ ...session, provider: onlyCached(session.unrecorded) });
      const unread = accounts
        .filter(isReachable)
        .filter(({ handle }) => handles.has(handle))
        .filter((account) => !read.some((one) => compareAccounts(one, account) === "same"));
      const left: ReachableAccount[] = [];
      for (const account of unread)
        if (takeIn === undefined || !(await isTaken(takeIn(session, archive, account)))) left.push(account);
      return left;
    });
  } catch (error) {
    // Without credentials, or a cache, nothing more is known.
    if (error instanceof BankDataError || error instanceof CommandFailure) return [];
    throw error;
  }
}

/** Says which connected accounts are left out, and what to do about it. */
export function noteUnread(
  { terminal, options }: Pick<ArchiveContext, "terminal" | "options">,
  unread: readonly ReachableAccount[],
): void {
  if (unread.length === 0) return;
  const names =
    unread.length > MOST_NAMED
      ? line`${counted(unread.length, "account")} are`
      : line`${joined(unread.map(accountName), line`, `)} ${unread.length === 1 ? "is" : "are"}`;
  alert(
    terminal,
    line`${names} connected but not in the archive yet:`,
    asTyped(line`bankdata sync`, options),
  );
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

async function isTaken(taking: Promise<void>): Promise<boolean> {
  try {
    await taking;
    return true;
  } catch (error) {
    if (error instanceof NotCachedError) return false;
    throw error;
  }
}
