import {
  type AccountOrHandle,
  type AccountReadOptions,
  type AccountsOptions,
  type BalancesReading,
  type Bank,
  type BankAccount,
  type BankLimits,
  type BankProvider,
  type BankReturn,
  type BegunConnection,
  bestConnection,
  type Capabilities,
  type Connection,
  type ConnectionListing,
  type ConsentWish,
  checkAccountsOptions,
  checkRange,
  checkRequestOptions,
  checkWish,
  type DateRange,
  type DetailsReading,
  handleOf,
  type KindCalls,
  type Listing,
  type Origin,
  type ReadOptions,
  type RequestOptions,
  type ReturnAddress,
  type TransactionsReading,
} from "../../bank/index.ts";
import { concurrently } from "../../base/concurrently.ts";
import type { DataKind } from "../../base/data-kinds.ts";
import { ConfigurationError } from "../../base/errors.ts";
import { ACCOUNTS_AT_ONCE } from "./all-accounts.ts";
import { noLink } from "./bank-link.ts";
import type { GoCardlessClient } from "./client.ts";
import { accountsWithoutId, connectionOf, connectionsOf } from "./connections.ts";
import { beginConnection } from "./consent.ts";
import { ifReadable } from "./if-readable.ts";
import {
  accountOf,
  connectionAt,
  connectionsBehind,
  givenConnection,
  isSnapshot,
  ownerOf,
} from "./known-accounts.ts";
import { type AccountConnection, neutralAccount } from "./neutral/account.ts";
import { neutralBalance } from "./neutral/balance.ts";
import { limitsOfBank, neutralBank } from "./neutral/bank.ts";
import { coverageOf, requestedRange } from "./neutral/coverage.ts";
import { neutralTransactions } from "./neutral/transaction.ts";
import { readReturn, requisitionOf } from "./return.ts";
import { unreadableItems } from "./unreadable-items.ts";
import type { ResponseMeta } from "./with-meta.ts";

const CAPABILITIES: Capabilities = {
  listsConnections: true,
  polls: true,
  choosesHistory: true,
  reportsCallsLeft: true,
};

/**
 * Banks that are reached through the GoCardless Bank Account Data API. The client stays the caller's, who closes it.
 *
 * @example
 * const provider = goCardlessProvider(client);
 * const { items } = await provider.transactions(accountId, { days: 90 });
 */
export function goCardlessProvider(client: GoCardlessClient): BankProvider {
  return {
    name: "gocardless",
    capabilities: CAPABILITIES,

    async banks(country?: string, options: ReadOptions = {}): Promise<Listing<Bank>> {
      const institutions = await client.getInstitutions(country === undefined ? {} : { country }, options);
      return {
        items: institutions.map(neutralBank),
        unreadable: unreadableItems("bank", institutions.unreadable),
      };
    },

    async bank(id: string, options: ReadOptions = {}): Promise<Bank> {
      return neutralBank(await client.getInstitution(id, options));
    },

    limitsOf(bank: Bank): BankLimits {
      return limitsOfBank(bank);
    },

    async begin(bank: Bank, wish: ConsentWish, options: RequestOptions = {}): Promise<BegunConnection> {
      checkWish(wish);
      checkRequestOptions(options);
      return await beginConnection(client, bank, wish, options);
    },

    readReturn(state: string, address: ReturnAddress): BankReturn | undefined {
      return readReturn(state, address);
    },

    async finish(state: string, address: ReturnAddress, options: RequestOptions = {}): Promise<Connection> {
      checkRequestOptions(options);
      const id = requisitionOf(state);
      const back = readReturn(state, address);
      if (id === undefined || back === undefined) {
        throw new ConfigurationError("This address does not belong to the connection that was started.");
      }
      if (back.outcome === "refused") throw back.error;
      return await connectionOf(client, id, { ...options, forceRefresh: true });
    },

    async connections(options: ReadOptions = {}): Promise<ConnectionListing> {
      return await connectionsOf(client, options);
    },

    async connection(id: string, options: ReadOptions = {}): Promise<Connection> {
      return await connectionOf(client, id, options);
    },

    async end(id: string, options: RequestOptions = {}): Promise<void> {
      checkRequestOptions(options);
      await client.deleteRequisition(id, options);
    },

    async reconfirm(
      id: string,
      { returnTo }: Pick<ConsentWish, "returnTo">,
      options: RequestOptions = {},
    ): Promise<{ url: string }> {
      checkRequestOptions(options);
      const { agreement } = await client.getRequisition(id, options);
      if (!agreement)
        throw new ConfigurationError(`Connection ${id} has no agreement that could be confirmed.`);
      const { reconfirmation_url: url } = await client.reconfirmAgreement(
        agreement,
        { redirect: returnTo },
        options,
      );
      if (!url) throw noLink(`to confirm connection ${id}`);
      return { url };
    },

    async accounts(connection: Connection, options: AccountsOptions = {}): Promise<Listing<BankAccount>> {
      checkAccountsOptions(options);
      const items = await concurrently(connection.accountHandles, ACCOUNTS_AT_ONCE, (handle) =>
        accountOf(client, handle, connection, options),
      );
      return { items, unreadable: accountsWithoutId(connection) };
    },

    async details(account: AccountOrHandle, options: AccountReadOptions = {}): Promise<DetailsReading> {
      const handle = handleOf(account);
      const [{ value, meta }, metadata, connections] = await Promise.all([
        client.withMeta.getAccountDetails(handle, options),
        ifReadable(client.getAccount(handle, serviceOnly(options))),
        connectionsBehind(client, account, options),
      ]);
      const known = { metadata, details: value.account };
      const connection =
        givenConnection(account) ?? bestConnection(connections, meta.createdAt.getTime()) ?? NO_CONNECTION;
      return { account: neutralAccount(handle, known, connection), ...originOf(meta) };
    },

    async balances(account: AccountOrHandle, options: AccountReadOptions = {}): Promise<BalancesReading> {
      const { value, meta } = await client.withMeta.getAccountBalances(handleOf(account), options);
      return {
        items: value.balances.map(neutralBalance),
        unreadable: unreadableItems("balance", value.unreadable),
        ...originOf(meta),
      };
    },

    async transactions(
      account: AccountOrHandle,
      range: DateRange = {},
      options: AccountReadOptions = {},
    ): Promise<TransactionsReading> {
      const handle = handleOf(account);
      checkRange(range);
      const [{ value, meta }, connections] = await Promise.all([
        client.withMeta.getAccountTransactions(handle, requestedRange(range), options),
        connectionsBehind(client, account, options),
      ]);
      const origin = originOf(meta);
      const connection = connectionAt([givenConnection(account) ?? connections].flat(), origin.asOf);
      const [owner, snapshot] = await Promise.all([
        ownerOf(client, account, options),
        connection === undefined ? false : isSnapshot(client, connection, options),
      ]);
      const { bookedReported, pendingReported } = value.transactions;
      const coverage = coverageOf(range, {
        asOf: origin.asOf,
        consent: connection?.consent,
        bookedReported,
        pendingReported,
        isSnapshot: snapshot,
      });
      return { ...neutralTransactions(value, owner), coverage, ...origin };
    },

    async callsLeft(account: AccountOrHandle): Promise<Readonly<Record<DataKind, KindCalls>>> {
      return await client.quota(handleOf(account));
    },
  };
}

/** What is known of the connection of an account if there is none. */
const NO_CONNECTION: AccountConnection = {
  id: null,
  bankId: null,
  consent: { grantedAt: null, validUntil: null, historyDays: null },
};

/** Options of a request in addition to the one that was asked for, which a fresh cached response may serve. */
function serviceOnly({ signal, timeout, onlyIfCached }: ReadOptions): ReadOptions {
  return { signal, timeout, onlyIfCached };
}

function originOf({ createdAt, fromCache, stale, staleReason }: ResponseMeta): Origin {
  return { asOf: createdAt, fromCache, stale, staleReason };
}
