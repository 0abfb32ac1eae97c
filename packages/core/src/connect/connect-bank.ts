import type {
  Bank,
  BankAccount,
  BankProvider,
  Connection,
  ConsentWish,
  UnreadableItem,
} from "../bank/index.ts";
import { BankDataError } from "../base/errors.ts";
import { type ConsentWay, obtainConsent } from "./consent.ts";
import { type Succession, successionOf } from "./succession.ts";

/** The result of connecting a bank. */
export interface ConnectedBank {
  /** Active; the caller ends it if it is not wanted. */
  readonly connection: Connection;
  /** The accounts that it gives access to, with the bank's details if they could be read. */
  readonly accounts: readonly BankAccount[];
  /** Accounts that could not be understood, and are missing from the list. */
  readonly unreadable: readonly UnreadableItem[];
  /** Why the accounts, or their details, could not be read, although the bank is connected; null if they were. */
  readonly accountsError: BankDataError | null;
}

/** How a connection is renewed. */
export interface Renewal {
  /** What is requested of the bank for the new connection; nothing is taken over from the old one. */
  readonly wish: ConsentWish;
  /** How the end user gets to the bank and back. */
  readonly way: ConsentWay;
}

/** The result of renewing a connection. */
export interface RenewedConnection extends ConnectedBank {
  /** What became of the old accounts; null if the new ones could not be listed, or if there are none. */
  readonly succession: Succession | null;
  /** Why the old connection is still there, which does no harm; null if it was ended. */
  readonly endError: BankDataError | null;
}

/**
 * Connects a bank. Reading the details costs one call of each account.
 *
 * @throws as `obtainConsent` does
 */
export async function connectBank(
  provider: BankProvider,
  bank: Bank,
  wish: ConsentWish,
  way: ConsentWay,
): Promise<ConnectedBank> {
  return await withAccounts(provider, await obtainConsent(provider, bank, wish, way), "ask");
}

/**
 * A connection with its accounts. A failure to read them is part of the result, as the caller needs the connection to
 * end it.
 */
async function withAccounts(
  provider: BankProvider,
  connection: Connection,
  details: "cached" | "ask",
): Promise<ConnectedBank> {
  try {
    const { items: accounts, unreadable } = await provider.accounts(connection, { details });
    return { connection, accounts, unreadable, accountsError: null };
  } catch (error) {
    if (!(error instanceof BankDataError)) throw error;
    return { connection, accounts: [], unreadable: [], accountsError: error };
  }
}

/**
 * Renews a connection: makes a new one, ends the old one, and maps the accounts. Of the old accounts, only cached
 * details are used, so that they cost no call. The old connection stays if the new accounts cannot be listed, or if
 * there are none.
 *
 * @throws as `obtainConsent` does; the old connection is then as it was
 */
export async function renewConnection(
  provider: BankProvider,
  old: Connection,
  bank: Bank,
  { wish, way }: Renewal,
): Promise<RenewedConnection> {
  const before = await provider.accounts(old, { details: "cached", signal: way.signal });
  const connection = await obtainConsent(provider, bank, wish, way);
  const listed = await withAccounts(provider, connection, "cached");
  const hasLostAll = listed.accounts.length === 0 && before.items.length > 0;
  if (listed.accountsError !== null || hasLostAll) {
    const endError = listed.accountsError ?? new BankDataError("The new connection has no accounts.");
    return { ...listed, succession: null, endError };
  }
  // Before the details are requested: ending a connection also drops what is cached of its accounts.
  const endError = await endOld(provider, old);
  const detailed = await withAccounts(provider, connection, "ask");
  const { accountsError } = detailed;
  const connected = accountsError === null ? detailed : { ...listed, accountsError };
  return { ...connected, succession: successionOf(before.items, connected.accounts), endError };
}

async function endOld(provider: BankProvider, old: Connection): Promise<BankDataError | null> {
  try {
    await provider.end(old.id);
    return null;
  } catch (error) {
    if (error instanceof BankDataError) return error;
    throw error;
  }
}
