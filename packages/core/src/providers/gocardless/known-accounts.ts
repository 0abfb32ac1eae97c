import {
  type AccountOrHandle,
  type AccountsOptions,
  type BankAccount,
  bestConnection,
  type Connection,
  type Consent,
  handleOf,
  type Owner,
  type ReadOptions,
} from "../../bank/index.ts";
import { BankDataError } from "../../base/errors.ts";
import type { GoCardlessClient } from "./client.ts";
import { connectionsOf } from "./connections.ts";
import { errorOrThrow, ifReadable } from "./if-readable.ts";
import type { AccountDetail } from "./models/account-details.ts";
import { neutralAccount } from "./neutral/account.ts";
import { CONTINUOUS_HISTORY_DAYS, limitsOfBank, neutralBank } from "./neutral/bank.ts";

/** An account of a connection. The service's own metadata costs no call of the bank; the bank's details do. */
export async function accountOf(
  client: GoCardlessClient,
  handle: string,
  connection: Connection,
  { details: wanted = "cached", ...options }: AccountsOptions,
): Promise<BankAccount> {
  const [metadata, details] = await Promise.all([
    client.getAccount(handle, options).catch(errorOrThrow),
    detailsOf(client, handle, wanted === "cached" ? { ...cachedOnly(options) } : options),
  ]);
  return metadata instanceof BankDataError
    ? neutralAccount(handle, { metadata: undefined, details, error: metadata }, connection)
    : neutralAccount(handle, { metadata, details }, connection);
}

async function detailsOf(
  client: GoCardlessClient,
  handle: string,
  options: ReadOptions,
): Promise<AccountDetail | undefined> {
  return (await ifReadable(client.getAccountDetails(handle, options)))?.account;
}

/** What is known of an account's owner without asking anybody. */
export async function ownerOf(
  client: GoCardlessClient,
  account: AccountOrHandle,
  options: ReadOptions,
): Promise<Owner> {
  const handle = handleOf(account);
  const cached = cachedOnly(options);
  const [metadata, details] = await Promise.all([
    ifReadable(client.getAccount(handle, cached)),
    detailsOf(client, handle, cached),
  ]);
  const given: Exclude<AccountOrHandle, string> = typeof account === "string" ? { handle } : account;
  return {
    names: present([given.holder, metadata?.owner_name, details?.ownerName]),
    numbers: present([
      ...[given.iban, given.number?.value, metadata?.iban, metadata?.bban],
      ...[details?.iban, details?.bban, details?.maskedPan],
    ]),
  };
}

/** What is known of the connection of an account. */
export type Behind = Pick<Connection, "id" | "bankId" | "consent">;

/**
 * What connects an account: given with it, or else looked up, which costs no call of the bank.
 *
 * @returns given a moment in milliseconds since 1970, the connection that was the most use then
 */
export async function connectionBehind(
  client: GoCardlessClient,
  account: AccountOrHandle,
  options: ReadOptions,
): Promise<(now: number) => Behind> {
  if (typeof account !== "string" && account.consent !== undefined) {
    const { connectionId = "", bankId = null, consent } = account;
    return () => ({ id: connectionId, bankId, consent });
  }
  const handle = handleOf(account);
  const { signal, timeout, onlyIfCached } = options;
  const listing = await ifReadable(connectionsOf(client, { signal, timeout, onlyIfCached }));
  const found = listing?.items.filter(({ accountHandles }) => accountHandles.includes(handle)) ?? [];
  return (now) => bestConnection(found, now) ?? { id: "", bankId: null, consent: UNKNOWN_CONSENT };
}

const UNKNOWN_CONSENT: Consent = { grantedAt: null, validUntil: null, historyDays: null };

/** Whether a consent shows nothing that is booked later. If the bank cannot be looked up, one that might do so does. */
export async function isSnapshot(
  client: GoCardlessClient,
  { historyDays }: Consent,
  bankId: string | null,
  { signal, timeout, onlyIfCached }: ReadOptions,
): Promise<boolean> {
  if ((historyDays ?? 0) <= CONTINUOUS_HISTORY_DAYS) return false;
  if (bankId === null) return true;
  const bank = await ifReadable(client.getInstitution(bankId, { signal, timeout, onlyIfCached }));
  return bank === undefined || limitsOfBank(neutralBank(bank)).continuousHistoryDays !== null;
}

function cachedOnly({ signal, timeout }: ReadOptions): ReadOptions {
  return { signal, timeout, onlyIfCached: true };
}

function present(texts: readonly (string | null | undefined)[]): string[] {
  return texts.flatMap((text) => (text?.trim() ? [text] : []));
}
