import type { BankAccount } from "./account.ts";
import { type Connection, type ConnectionState, stateAt } from "./connection.ts";

/** What a connection still gives access to. */
export interface Access {
  /** As `stateAt` says; if access to all of its accounts has ended, the state of those. */
  readonly state: ConnectionState;
  /** The accounts to which access has ended although the connection itself has not. */
  readonly lost: readonly BankAccount[];
}

/** The states of an account that only a new connection changes, the most telling first. */
const LOST = ["expired", "suspended", "failed"] as const;

/**
 * What a connection gives access to at a moment: a bank may end the access to some accounts, or to all, long before the
 * consent ends, and only the accounts then say so.
 *
 * @param accounts those of the connection; without them, only the connection's own state counts
 * @param now in milliseconds since 1970
 */
export function accessAt(connection: Connection, accounts: readonly BankAccount[], now: number): Access {
  const state = stateAt(connection, now);
  if (state !== "active") return { state, lost: [] };
  const lost = accounts.filter(hasLostAccess);
  const common = LOST.find((one) => lost.some((account) => account.state === one));
  const isAll = lost.length > 0 && lost.length === accounts.length;
  return { state: isAll && common !== undefined ? common : state, lost };
}

/** Whether an account cannot be read until its bank is connected again. */
export function hasLostAccess({ state }: Pick<BankAccount, "state">): boolean {
  return LOST.some((one) => one === state);
}
