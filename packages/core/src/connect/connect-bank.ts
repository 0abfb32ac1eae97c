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

/** What came of connecting a bank. */
export interface ConnectedBank {
  readonly connection: Connection;
  /** The accounts that it gives access to, with the bank's details if they could be had. */
  readonly accounts: readonly BankAccount[];
  /** Accounts that could not be understood, and are missing from the list. */
  readonly unreadable: readonly UnreadableItem[];
}

/** What came of renewing a connection. */
export interface RenewedConnection extends ConnectedBank {
  /** What became of the old accounts. */
  readonly succession: Succession;
  /** Why the old connection could not be ended, which does no harm; null if it was. */
  readonly leftOver: BankDataError | null;
}

/**
 * Connects a bank. The details of its accounts cost one call of each.
 *
 * @throws as `obtainConsent` does
 */
export async function connectBank(
  provider: BankProvider,
  bank: Bank,
  wish: ConsentWish,
  way: ConsentWay,
): Promise<ConnectedBank> {
  const connection = await obtainConsent(provider, bank, wish, way);
  const { items: accounts, unreadable } = await provider.accounts(connection, { details: "ask" });
  return { connection, accounts, unreadable };
}

/**
 * Renews a connection: makes a new one, maps its accounts to the old ones, and then ends the old one. Of the old accounts
 * only what is cached is read.
 *
 * @throws as `obtainConsent` does; the old connection is then as it was
 */
export async function renewConnection(
  provider: BankProvider,
  old: Connection,
  bank: Bank,
  { wish, way }: { wish: ConsentWish; way: ConsentWay },
): Promise<RenewedConnection> {
  const before = await provider.accounts(old, { details: "cached", signal: way.signal });
  const connected = await connectBank(provider, bank, wish, way);
  const succession = successionOf(before.items, connected.accounts);
  return { ...connected, succession, leftOver: await endOld(provider, old) };
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
