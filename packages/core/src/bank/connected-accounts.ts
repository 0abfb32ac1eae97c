import { concurrently } from "../base/concurrently.ts";
import type { BankDataError } from "../base/errors.ts";
import { type BankAccount, isSameAccount } from "./account.ts";
import { type Connection, stateAt } from "./connection.ts";
import type { AccountsOptions, BankProvider } from "./provider.ts";
import type { Listing } from "./reading.ts";

/** How many connections are read at once: the accounts of each are read at once, too. */
const CONNECTIONS_AT_ONCE = 4;

/** An account, and the connection that gives access to it. */
export interface ConnectedAccount {
  readonly account: BankAccount;
  readonly connection: Connection;
}

/** Every connected account, and why something about them is not known. */
export interface ConnectedAccounts extends Listing<ConnectedAccount> {
  /** What could not be read beside the accounts, such as when access ends. */
  readonly problems: readonly BankDataError[];
}

/**
 * Lists the accounts of all connections, those included whose consent has ended. An account that several connections give
 * access to is listed once, under the one that is the most use: an active one, and of those the one that lasts longest. It is
 * known again by its handle; without one, by an identity.
 *
 * @param now in milliseconds since 1970. @default the current time
 */
export async function connectedAccounts(
  provider: BankProvider,
  now: number = Date.now(),
  options: AccountsOptions = {},
): Promise<ConnectedAccounts> {
  const { items: connections, unreadable, problems } = await provider.connections(options);
  const listed = await concurrently(connections, CONNECTIONS_AT_ONCE, async (connection) => ({
    connection,
    ...(await provider.accounts(connection, options)),
  }));
  const best: ConnectedAccount[] = [];
  const byHandle = new Map<string, number>();
  for (const { connection, items } of listed) {
    for (const account of items) {
      const { handle } = account;
      const known =
        handle === null
          ? best.findIndex((one) => one.account.handle === null && isSameAccount(one.account, account))
          : (byHandle.get(handle) ?? -1);
      const other = best[known];
      if (other === undefined) {
        if (handle !== null) byHandle.set(handle, best.length);
        best.push({ account, connection });
      } else if (isBetter(connection, other.connection, now)) best[known] = { account, connection };
    }
  }
  return {
    items: best,
    unreadable: [...unreadable, ...listed.flatMap((one) => one.unreadable)],
    problems,
  };
}

/**
 * The connection that is the most use: one that gives access, before one that lasts longer; the first of equals. Undefined
 * if there is none.
 *
 * @param now in milliseconds since 1970
 */
export function bestConnection(connections: readonly Connection[], now: number): Connection | undefined {
  return connections.reduce<Connection | undefined>(
    (best, one) => (best === undefined || isBetter(one, best, now) ? one : best),
    undefined,
  );
}

/** Whether a connection is to be preferred: one that gives access, then the one that lasts longer. */
function isBetter(one: Connection, other: Connection, now: number): boolean {
  const [mine, theirs] = [stateAt(one, now) === "active", stateAt(other, now) === "active"];
  if (mine !== theirs) return mine;
  return (one.consent.validUntil?.getTime() ?? 0) > (other.consent.validUntil?.getTime() ?? 0);
}
