import type { Connection } from "bankdata-core/bank";
import { ConfigurationError, type Logger, silentLogger } from "bankdata-core/base";
import { type Database, openDatabase, type Writer } from "../database/index.ts";
import {
  type ArchivedAccount,
  type ArchivedRun,
  accountNamed,
  readAccounts,
  readRuns,
  requiredAccount,
} from "./account-reading.ts";
import { type AccountRow, type Recording, resolveAccount } from "./accounts.ts";
import { type ArchivedBalance, lastBalancesAt, readBalances, storeBalances } from "./balances.ts";
import { storeConnections } from "./connections.ts";
import { ListingCache } from "./listing-store.ts";
import { idMaker } from "./new-id.ts";
import { PackCache } from "./pack-cache.ts";
import {
  type ArchivedObservation,
  type ArchivedTransaction,
  type Reader,
  readObservations,
  readTransactions,
} from "./read.ts";
import { uniteAccounts } from "./rebuild.ts";
import { type RecordingTools, recordResponse } from "./record-response.ts";
import { sentRow } from "./response-rows.ts";
import type {
  BalancesObservation,
  Recorded,
  RecordedAccount,
  SourceAccount,
  TransactionsObservation,
} from "./source.ts";

/** Where an archive is, and whose. */
export interface ArchiveOptions {
  /** The path of a file, which is made if it is missing; or `postgres://…`. */
  readonly location: string;
  /** The owner of the accounts: one database can hold the archives of many. @default "default" */
  readonly tenant?: string | undefined;
  /** The clock: a Date, ISO 8601, or milliseconds since 1970. @default the system's */
  readonly now?: (() => Date | number | string) | undefined;
  /** Gets what does not keep the archive from working. @default silent */
  readonly logger?: Logger | undefined;
}

/** Of which account. */
export interface AccountQuery {
  /** The archive's id of an account, or any handle that it ever had. @default all accounts */
  readonly account?: string | undefined;
}

/**
 * Every transaction once, with everything that the bank ever said of it. Methods reject with an ArchiveUnavailableError if
 * the database cannot be used now, and with an ArchiveDamagedError if it is damaged; then nothing was changed.
 */
export interface Archive extends AsyncDisposable {
  /** The time on its clock, in milliseconds since 1970. */
  now(): number;
  /** Records a response with transactions, completely or not at all, and tells what it changed. */
  record(account: SourceAccount, observation: TransactionsObservation): Promise<Recorded>;
  /** Records the balances of an account; one that is repeated is not stored again. Returns the archive's id of the account. */
  recordBalances(account: SourceAccount, observation: BalancesObservation): Promise<RecordedAccount>;
  /** Records what is known of an account: identities, handle, names. Returns the archive's id of it. */
  recordAccount(account: SourceAccount, observedAt: Date): Promise<RecordedAccount>;
  /** Records the connections of a provider, as they are now. */
  recordConnections(provider: string, connections: readonly Connection[]): Promise<void>;
  /** All accounts, in the order in which they were first recorded. */
  accounts(): Promise<ArchivedAccount[]>;
  /**
   * What was recorded of an account, the last response first; nothing if there is no such account.
   *
   * @param account the archive's id of it, or any handle that it ever had
   */
  runs(account: string): AsyncIterableIterator<ArchivedRun>;
  /**
   * Makes one account of two that are the same, although nothing that lasts says so: what was recorded for either is read
   * again as one history, and transactions that both hold are one. Returns the id of the account, that of the first.
   *
   * @param one the archive's id of an account, or a handle of it
   * @throws ConfigurationError if one of them is not in the archive
   */
  sameAccount(one: string, other: string): Promise<RecordedAccount>;
  /** The transactions, the oldest first, in constant memory and as of the moment of the first one. */
  transactions(query?: AccountQuery): AsyncIterableIterator<ArchivedTransaction>;
  /**
   * Everything that the bank ever said of a transaction, in the order in which it was recorded; nothing if there is none.
   *
   * @param id its id, or one that it had before it turned out to be another one
   */
  observations(id: string): AsyncIterableIterator<ArchivedObservation>;
  /** The balances that the bank reported over time, the oldest first. */
  balances(query?: AccountQuery): AsyncIterableIterator<ArchivedBalance>;
  /** Closes the database once the writes under way are done. */
  close(): Promise<void>;
}

/**
 * Opens an archive, and makes it if nothing is there.
 *
 * @throws ConfigurationError if the location cannot hold an archive; ArchiveVersionError if a newer version of bankdata made
 * it; ArchiveDamagedError; ArchiveUnavailableError if it cannot be used now
 */
export async function openArchive(options: ArchiveOptions): Promise<Archive> {
  const { location, tenant = "default", now: clock = Date.now, logger = silentLogger } = options;
  const now = () => instantFrom(clock());
  const database = await openDatabase({ location, now, logger });
  return archiveOver(database, { tenant, now });
}

interface Settings {
  readonly tenant: string;
  readonly now: () => number;
}

function archiveOver(database: Database, { tenant, now }: Settings): Archive {
  const reader: Reader = { database, packs: new PackCache(), listings: new ListingCache(), tenant };
  const newId = idMaker(now);
  // What a write reads may be undone with it, and its keys given again, so that it never gets into the reader's caches.
  const tools = (writer: Writer): RecordingTools => ({
    ...{ writer, newId, now: now() },
    ...{ packs: new PackCache(), listings: new ListingCache() },
  });
  const recordingAt = (writer: Writer, observedAt: Date): Recording => ({
    writer,
    tenant,
    newId,
    now: now(),
    observedAt: observedAt.getTime(),
  });

  /** The account that a source means, after a duplicate of it was made one with it. */
  async function accountOf(
    writer: Writer,
    source: SourceAccount,
    { observedAt, currencies }: { observedAt: Date; currencies?: ReadonlySet<string> },
  ): Promise<AccountRow> {
    const resolved = await resolveAccount(recordingAt(writer, observedAt), source, currencies);
    if (resolved.duplicate === undefined) return resolved.account;
    return await uniteAccounts(tools(writer), resolved.account, resolved.duplicate);
  }

  return {
    now,

    async record(source, observation) {
      const { observedAt, origin = "live", coverage, items, unreadable } = observation;
      const currencies = new Set(items.map(({ currency }) => currency));
      const rows = [
        ...items.map(({ status, position, ...entry }) => sentRow(status, position, entry)),
        ...unreadable.map(({ status, position, reason, raw }) =>
          sentRow(status ?? "unknown", position, { unreadable: reason, raw }),
        ),
      ];
      return await database.write(async (writer) => {
        const account = await accountOf(writer, source, { observedAt, currencies });
        const at = observedAt.getTime();
        if (origin === "cached" && at <= ((await lastRunAt(writer, account)) ?? Number.NEGATIVE_INFINITY))
          return { account: account.id, recorded: false, ...NOTHING };
        const { provider, handle } = source;
        const response = { provider, handle, observedAt: at, coverage, rows };
        const { recognised: _, ...counts } = await recordResponse(tools(writer), account, response);
        return { account: account.id, recorded: true, ...counts };
      });
    },

    async recordBalances(source, { observedAt, origin = "live", items }) {
      return await database.write(async (writer) => {
        const { key, id } = await accountOf(writer, source, { observedAt });
        const at = observedAt.getTime();
        const last = (await lastBalancesAt(writer, key)) ?? Number.NEGATIVE_INFINITY;
        if (origin === "live" || at > last) await storeBalances(writer, key, { items, observedAt: at });
        return { account: id };
      });
    },

    async recordAccount(source, observedAt) {
      return await database.write(async (writer) => {
        const { id } = await accountOf(writer, source, { observedAt });
        return { account: id };
      });
    },

    async recordConnections(provider, connections) {
      await database.write(async (writer) => {
        await storeConnections(writer, { tenant, provider, connections, now: now() });
      });
    },

    async accounts() {
      return await readAccounts(reader);
    },

    async *runs(account) {
      const row = await accountNamed({ kysely: database.kysely, tenant }, account);
      if (row !== undefined) yield* readRuns(reader, row.key);
    },

    async sameAccount(one, other) {
      return await database.write(async (writer) => {
        // As in recording, and before anything is read: or else a process that records one of them could wait for this one.
        await writer.lockAccount(0);
        const [into, from] = [
          await requiredAccount({ kysely: writer.kysely, tenant }, one),
          await requiredAccount({ kysely: writer.kysely, tenant }, other),
        ];
        if (into.key === from.key) return { account: into.id };
        const { id } = await uniteAccounts(tools(writer), into, from);
        return { account: id };
      });
    },

    async *transactions({ account } = {}) {
      const place = { kysely: database.kysely, tenant };
      const row = account === undefined ? undefined : await accountNamed(place, account);
      if (account !== undefined && row === undefined) return;
      yield* readTransactions(reader, row?.key);
    },

    async *balances({ account } = {}) {
      const row =
        account === undefined ? undefined : await accountNamed({ kysely: database.kysely, tenant }, account);
      if (account !== undefined && row === undefined) return;
      yield* readBalances(reader, row?.key);
    },

    observations: (id) => readObservations(reader, id),

    close: () => database.close(),

    [Symbol.asyncDispose]: () => database.close(),
  };
}

/** What a response changes that is not recorded. */
const NOTHING = {
  added: 0,
  booked: 0,
  changed: 0,
  vanished: 0,
  retracted: 0,
  uncertain: 0,
  unreadable: 0,
} as const;

/** When the bank said what was recorded last; undefined if nothing was. */
async function lastRunAt({ kysely }: Writer, { key, runs }: AccountRow): Promise<number | undefined> {
  const run = await kysely
    .selectFrom("run")
    .select("observed_at")
    .where("account", "=", key)
    .where("number", "=", runs)
    .executeTakeFirst();
  return run?.observed_at;
}

function instantFrom(time: Date | number | string): number {
  const instant = new Date(time).getTime();
  if (Number.isNaN(instant)) {
    throw new ConfigurationError(
      "The archive's clock must return a Date, an ISO 8601 time, or milliseconds since 1970.",
    );
  }
  return instant;
}
