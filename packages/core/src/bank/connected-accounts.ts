import { concurrently } from "../base/concurrently.ts";
import { BankDataError } from "../base/errors.ts";
import { hasLostAccess } from "./access.ts";
import { type BankAccount, compareAccounts } from "./account.ts";
import { type Connection, stateAt } from "./connection.ts";
import type { AccountsOptions, BankProvider } from "./provider.ts";
import type { AccountReadOptions, Listing } from "./reading.ts";

/** How many connections are read at once: the accounts of each are read at once, too. */
const CONNECTIONS_AT_ONCE = 4;

/** How many accounts' details are requested at once. */
const ACCOUNTS_AT_ONCE = 25;

/** An account, and the connection that gives access to it. */
export interface ConnectedAccount {
  /** Without a handle, or with an `error`, if its data cannot be read. */
  readonly account: BankAccount;
  /** The most useful of the connections that give access to it; its consent may have ended. */
  readonly connection: Connection;
}

/** Every connected account, and why something about them is unknown. */
export interface ConnectedAccounts extends Listing<ConnectedAccount> {
  /** All connections, also those without an account. */
  readonly connections: readonly Connection[];
  /** Why additional data could not be read, such as when access ends. */
  readonly problems: readonly BankDataError[];
}

/**
 * Lists the accounts of all connections, even of those whose consent has ended. An account that several connections
 * give access to is listed once, under the most useful one: an active one, and of those the one that lasts longest. An
 * account that got another handle in an active connection is listed only under that one.
 *
 * @param now in milliseconds since 1970. @default the current time
 */
export async function connectedAccounts(
  provider: BankProvider,
  now: number = Date.now(),
  { details = "cached", force, ...options }: AccountsOptions = {},
): Promise<ConnectedAccounts> {
  const { items: connections, unreadable, problems } = await provider.connections(options);
  const listed = await concurrently(connections, CONNECTIONS_AT_ONCE, async (connection) => ({
    connection,
    ...(await provider.accounts(connection, options)),
  }));
  const found = listed.flatMap(({ connection, items }) => items.map((account) => ({ account, connection })));
  const items = eachOnce(found, now);
  return {
    items:
      details === "cached"
        ? items
        : await concurrently(items, ACCOUNTS_AT_ONCE, (one) =>
            detailed(provider, one, { ...options, force }),
          ),
    connections,
    unreadable: [...unreadable, ...listed.flatMap((one) => one.unreadable)],
    problems,
  };
}

/** Each account once, under its most useful connection. */
function eachOnce(found: readonly ConnectedAccount[], now: number): ConnectedAccount[] {
  const items: ConnectedAccount[] = [];
  const placesByKey = new Map<string, number[]>();
  for (const one of found) {
    const keys = keysOf(one.account);
    const places = keys.flatMap((key) => placesByKey.get(key) ?? []);
    const at = places.find((place) => isOneAccount(one, items[place], now)) ?? items.length;
    const known = items[at];
    if (known === undefined || isMoreUse(one, known, now)) items[at] = one;
    for (const key of keys) {
      const others = placesByKey.get(key) ?? [];
      if (!others.includes(at)) placesByKey.set(key, [...others, at]);
    }
  }
  return items;
}

/** An account with the bank's details; the same account with the error if they cannot be read. */
async function detailed(
  provider: BankProvider,
  { account, connection }: ConnectedAccount,
  options: AccountReadOptions,
): Promise<ConnectedAccount> {
  if (account.handle === null || account.error !== null) return { account, connection };
  try {
    return { account: (await provider.details(account, options)).account, connection };
  } catch (error) {
    if (!(error instanceof BankDataError)) throw error;
    return { account: { ...account, error }, connection };
  }
}

/** The keys under which the same account may be found, so that each is compared with few others. */
function keysOf({ handle, identities }: BankAccount): string[] {
  const keys = identities.map(({ scheme, value }) => `${scheme} ${value}`);
  return handle === null ? keys : [`handle ${handle}`, ...keys];
}

/**
 * Whether two accounts are listed as one. Two handles that can both be read are both listed, as they may have different
 * histories, for example if one consent is a snapshot.
 */
function isOneAccount(one: ConnectedAccount, other: ConnectedAccount | undefined, now: number): boolean {
  if (other === undefined) return false;
  if (one.account.handle !== null && one.account.handle === other.account.handle) return true;
  if (isReadable(one, now) && isReadable(other, now)) return false;
  return compareAccounts(one.account, other.account) === "same";
}

/** Whether an account is listed instead of another: one that can be read, then the one of the better connection. */
function isMoreUse(one: ConnectedAccount, other: ConnectedAccount, now: number): boolean {
  const [mine, theirs] = [isReadable(one, now), isReadable(other, now)];
  return mine === theirs ? isBetter(one.connection, other.connection, now) : mine;
}

/**
 * Whether data of an account can be read: some banks show an account in a connection that gives no access to it, or end
 * the access to it before the consent ends.
 */
function isReadable({ account, connection }: ConnectedAccount, now: number): boolean {
  return account.handle !== null && !hasLostAccess(account) && stateAt(connection, now) === "active";
}

/**
 * The most useful connection: one that gives access, then the one that lasts longest; the first of equals. Undefined if
 * there is none.
 *
 * @param now in milliseconds since 1970
 */
export function bestConnection(connections: readonly Connection[], now: number): Connection | undefined {
  return connections.reduce<Connection | undefined>(
    (best, one) => (best === undefined || isBetter(one, best, now) ? one : best),
    undefined,
  );
}

/** Whether a connection is preferred to another: one that gives access, then the one that lasts longer. */
function isBetter(one: Connection, other: Connection, now: number): boolean {
  const [mine, theirs] = [stateAt(one, now) === "active", stateAt(other, now) === "active"];
  if (mine !== theirs) return mine;
  return (one.consent.validUntil?.getTime() ?? 0) > (other.consent.validUntil?.getTime() ?? 0);
}
