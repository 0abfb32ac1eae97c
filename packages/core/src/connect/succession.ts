import { type BankAccount, isSameAccount } from "../bank/index.ts";

/** An account as two consents are compared by. */
export type ComparedAccount = Pick<BankAccount, "handle" | "identities">;

/** What became of the accounts of a connection when it was renewed, by their handles. */
export interface Succession {
  /** Accounts that kept their handle. */
  readonly same: readonly string[];
  /** The same account under a new handle. */
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
  /** Old ones without a successor. */
  readonly gone: readonly string[];
  /** New ones without a predecessor. */
  readonly added: readonly string[];
}

/**
 * Maps new accounts to old ones: by their handle, then by an identity that lasts, if it identifies one account alone on
 * either side. Nothing is guessed. Accounts without a handle are left out.
 */
export function successionOf(old: readonly ComparedAccount[], fresh: readonly ComparedAccount[]): Succession {
  const [before, after] = [reachable(old), reachable(fresh)];
  const freshHandles = new Set(after.map(({ handle }) => handle));
  const same = before.map(({ handle }) => handle).filter((handle) => freshHandles.has(handle));
  const left = before.filter(({ handle }) => !freshHandles.has(handle));
  const come = after.filter(({ handle }) => !same.includes(handle));
  const renamed: Succession["renamed"][number][] = [];
  for (const one of left) {
    const heirs = come.filter((other) => isSameAccount(one, other));
    const [heir] = heirs;
    const rivals = heir === undefined ? [] : left.filter((other) => isSameAccount(other, heir));
    if (heir !== undefined && heirs.length === 1 && rivals.length === 1)
      renamed.push({ from: one.handle, to: heir.handle });
  }
  const from = new Set(renamed.map((pair) => pair.from));
  const to = new Set(renamed.map((pair) => pair.to));
  return {
    same,
    renamed,
    gone: left.map(({ handle }) => handle).filter((handle) => !from.has(handle)),
    added: come.map(({ handle }) => handle).filter((handle) => !to.has(handle)),
  };
}

function reachable(accounts: readonly ComparedAccount[]): (ComparedAccount & { handle: string })[] {
  return accounts.flatMap(({ handle, identities }) => (handle === null ? [] : [{ handle, identities }]));
}
