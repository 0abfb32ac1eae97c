import { ConfigurationError, silentLogger } from "bankdata-core/base";
import { type Database, openDatabase, type Writer } from "../database/index.ts";
import { accountNamed, readAccounts, readRuns, requiredAccount } from "./account-reading.ts";
import { type AccountRow, type Recording, resolveAccount } from "./accounts.ts";
import type { Archive, ArchiveOptions } from "./archive.ts";
import { lastBalancesAt, readBalances, readLatestBalances, storeBalances } from "./balances.ts";
import { readConnections, storeConnections } from "./connections.ts";
import { decide } from "./decide.ts";
import { followChanges } from "./follow-changes.ts";
import { forgetAccount, forgetTenant } from "./forget.ts";
import { ListingCache } from "./listing-store.ts";
import { idMaker } from "./new-id.ts";
import { PackCache } from "./pack-cache.ts";
import { type Reader, readObservations } from "./read.ts";
import { readChanges } from "./read-changes.ts";
import { readDoubts } from "./read-doubts.ts";
import { readSummaries, readTransaction, readTransactions } from "./read-transactions.ts";
import { recordResponse } from "./record-response.ts";
import type { RecordingTools } from "./recording-tools.ts";
import { rederive } from "./rederive.ts";
import { sentRow } from "./response-rows.ts";
import type { SourceAccount } from "./source.ts";
import { uniteAccounts } from "./unite.ts";
import { indexTheUnindexed } from "./word-index.ts";

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
  await indexTheUnindexed(database);
  return archiveOver(database, { tenant, now });
}

interface Settings {
  readonly tenant: string;
  readonly now: () => number;
}

function archiveOver(database: Database, { tenant, now }: Settings): Archive {
  const reader: Reader = { database, packs: new PackCache(), listings: new ListingCache(), tenant };
  const newId = idMaker(now);
  const rederiving = { reader, newId, now };
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
        const { changes, ...counts } = await recordResponse(tools(writer), account, response);
        await followChanges(writer, account.key, changes);
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

    transactions: (query = {}) => readTransactions(reader, query),

    summaries: (query = {}) => readSummaries(reader, query),

    transaction: (id) => readTransaction(reader, id),

    changes: (query = {}) => readChanges(reader, query),

    doubts: (query = {}) => readDoubts(reader, query),

    decide: (decisions) => decide(rederiving, decisions),

    rederive: (query = {}) => rederive(rederiving, query),

    forgetAccount: (account) => forgetAccount({ database, tenant }, account),

    forgetTenant: () => forgetTenant({ database, tenant }),

    async *balances({ account } = {}) {
      const row =
        account === undefined ? undefined : await accountNamed({ kysely: database.kysely, tenant }, account);
      if (account !== undefined && row === undefined) return;
      yield* readBalances(reader, row?.key);
    },

    async latestBalances({ account } = {}) {
      const row =
        account === undefined ? undefined : await accountNamed({ kysely: database.kysely, tenant }, account);
      if (account !== undefined && row === undefined) return [];
      return await readLatestBalances(reader, row?.key);
    },

    connections: () => readConnections(reader),

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
