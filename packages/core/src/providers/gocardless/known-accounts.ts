import {
  type AccountOrHandle,
  type AccountsOptions,
  type BankAccount,
  type Connection,
  handleOf,
  type Owner,
  type ReadOptions,
} from "../../bank/index.ts";
import { BankDataError } from "../../base/errors.ts";
import type { GoCardlessClient } from "./client.ts";
import { connectionsOf } from "./connections.ts";
import { errorOrThrow, ifReadable } from "./if-readable.ts";
import type { AccountDetail } from "./models/account-details.ts";
import { type AccountConnection, neutralAccount } from "./neutral/account.ts";
import { CONTINUOUS_HISTORY_DAYS, limitsOfBank, neutralBank } from "./neutral/bank.ts";

/** An account of a connection. The service's own metadata costs no call of the bank; the bank's details cost one. */
export async function accountOf(
  client: GoCardlessClient,
  handle: string,
  connection: Connection,
  { details: wanted = "cached", ...options }: AccountsOptions,
): Promise<BankAccount> {
  const [metadata, details] = await Promise.all([
    client.getAccount(handle, options).catch(errorOrThrow),
    client.getAccountDetails(handle, wanted === "cached" ? cachedOnly(options) : options).catch(errorOrThrow),
  ]);
  const missing = wanted === "ask" ? [metadata, details] : [metadata];
  const known = {
    metadata: metadata instanceof BankDataError ? undefined : metadata,
    details: details instanceof BankDataError ? undefined : details.account,
    error: missing.find((one) => one instanceof BankDataError),
  };
  return neutralAccount(handle, known, connection);
}

async function detailsOf(
  client: GoCardlessClient,
  handle: string,
  options: ReadOptions,
): Promise<AccountDetail | undefined> {
  return (await ifReadable(client.getAccountDetails(handle, options)))?.account;
}

/** What is known about an account's owner without a request. */
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

/** The connection that is passed with an account; undefined if only its handle is known. */
export function givenConnection(account: AccountOrHandle): AccountConnection | undefined {
  if (typeof account === "string" || account.consent === undefined) return undefined;
  const { connectionId = null, bankId = null, consent } = account;
  return { id: connectionId, bankId, consent };
}

/**
 * The connections of an account that is passed without one, which costs no call of the bank; none if they cannot be
 * read.
 */
export async function connectionsBehind(
  client: GoCardlessClient,
  account: AccountOrHandle,
  { signal, timeout, onlyIfCached }: ReadOptions,
): Promise<readonly Connection[]> {
  if (givenConnection(account) !== undefined) return [];
  const handle = handleOf(account);
  const listing = await ifReadable(connectionsOf(client, { signal, timeout, onlyIfCached }));
  return listing?.items.filter(({ accountHandles }) => accountHandles.includes(handle)) ?? [];
}

/**
 * The connection under which a response was sent. Of those whose consent was valid then, it is the one with the
 * shortest history, and of equals the oldest, as the response does not say which one the service used. Undefined if
 * there is none, such as for a cached response of a consent that was renewed since, or if it may be one whose date of
 * consent is unknown.
 */
export function connectionAt(
  connections: readonly (AccountConnection & Partial<Pick<Connection, "state">>)[],
  asOf: Date,
): AccountConnection | undefined {
  const [shortest] = connections
    .filter(({ state, consent: { grantedAt, validUntil } }) =>
      grantedAt === null
        ? state === "active"
        : grantedAt <= asOf && (validUntil === null || validUntil > asOf),
    )
    .sort(
      ({ consent: a }, { consent: b }) =>
        (a.historyDays ?? 0) - (b.historyDays ?? 0) || Number(a.grantedAt) - Number(b.grantedAt),
    );
  return shortest?.consent.grantedAt === null ? undefined : shortest;
}

/**
 * Whether the consent of a connection shows nothing that is booked later. If the bank cannot be looked up, a consent
 * that may be such a snapshot counts as one.
 */
export async function isSnapshot(
  client: GoCardlessClient,
  { bankId, consent: { historyDays } }: AccountConnection,
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
