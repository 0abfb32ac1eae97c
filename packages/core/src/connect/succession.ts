import { agree, type BankAccount, compareAccounts } from "../bank/index.ts";

/** The part of an account by which two consents are compared. */
export type ComparedAccount = Pick<BankAccount, "handle" | "identities">;

/** One account under two handles: what is stored under the old one belongs to the new one. */
export interface RenamedAccount {
  /** The old handle, which becomes invalid when the old connection ends. */
  readonly from: string;
  /** The new handle. */
  readonly to: string;
}

/** What became of the accounts of a connection when it was renewed, by their handles. */
export interface Succession {
  /** Accounts that kept their handle. */
  readonly same: readonly string[];
  /** Accounts that got a new handle. */
  readonly renamed: readonly RenamedAccount[];
  /** Old accounts that no new one matches; some may only have been unreadable. */
  readonly gone: readonly string[];
  /** New accounts that match no old one. */
  readonly added: readonly string[];
}

/**
 * Maps new accounts to old ones: by their handle, then by the most reliable identity that only one account on each side
 * has. Nothing is guessed. Accounts without a handle are left out.
 */
export function successionOf(old: readonly ComparedAccount[], fresh: readonly ComparedAccount[]): Succession {
  const [before, after] = [reachable(old), reachable(fresh)];
  const [kept, known] = [
    new Set(before.map(({ handle }) => handle)),
    new Set(after.map(({ handle }) => handle)),
  ];
  const unmatchedOld = before.filter(({ handle }) => !known.has(handle));
  const unmatchedNew = after.filter(({ handle }) => !kept.has(handle));
  const renamed = unmatchedOld.flatMap((one): RenamedAccount[] => {
    const match = soleMatch(one, unmatchedNew);
    // It must be mutual: an identity that matches only one new account may match several old ones.
    if (match === undefined || soleMatch(match, unmatchedOld) !== one) return [];
    return [{ from: one.handle, to: match.handle }];
  });
  const from = new Set(renamed.map((pair) => pair.from));
  const to = new Set(renamed.map((pair) => pair.to));
  return {
    same: before.map(({ handle }) => handle).filter((handle) => known.has(handle)),
    renamed,
    gone: unmatchedOld.map(({ handle }) => handle).filter((handle) => !from.has(handle)),
    added: unmatchedNew.map(({ handle }) => handle).filter((handle) => !to.has(handle)),
  };
}

interface ReachableAccount extends ComparedAccount {
  readonly handle: string;
}

/**
 * The only account that matches one of the identities, the most reliable identity first; undefined if there is none. An
 * account with a different, more reliable identity does not match.
 */
function soleMatch(one: ReachableAccount, others: readonly ReachableAccount[]): ReachableAccount | undefined {
  for (const identity of one.identities) {
    const fitting = others.filter((other) => other.identities.some((theirs) => agree(identity, theirs)));
    const [only, ...further] = fitting.filter((other) => compareAccounts(one, other) !== "different");
    if (only !== undefined && further.length === 0) return only;
  }
  return undefined;
}

/** The accounts that have a handle, each once. */
function reachable(accounts: readonly ComparedAccount[]): ReachableAccount[] {
  const byHandle = new Map<string, ReachableAccount>();
  for (const { handle, identities } of accounts)
    if (handle !== null && !byHandle.has(handle)) byHandle.set(handle, { handle, identities });
  return [...byHandle.values()];
}
