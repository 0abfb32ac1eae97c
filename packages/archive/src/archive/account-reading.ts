import type { AccountIdentity, Coverage } from "bankdata-core/bank";
import { ConfigurationError } from "bankdata-core/base";
import type { Kysely } from "kysely";
import type { Schema } from "../database/index.ts";
import { type AccountRow, identitiesOf } from "./accounts.ts";
import { lastBalancesAt } from "./balances.ts";
import { type ListedBefore, listedFrom } from "./listed.ts";
import type { Reader } from "./read.ts";
import type { RunRow } from "./runs.ts";

/** An address under which an account was read. */
export interface AccountAddress {
  /** What reported the account, such as `gocardless`. */
  readonly provider: string;
  /** The provider's id of it, which may have died with a consent. */
  readonly handle: string;
  /** When it was last read under it. */
  readonly lastSeenAt: Date;
  /** The provider's id of the connection; null if unknown. */
  readonly connectionId: string | null;
}

/** An account of the archive, however often it was connected. */
export interface ArchivedAccount {
  /** Ours, stable for ever. */
  readonly id: string;
  /** The addresses under which it was read, the latest first. */
  readonly handles: readonly AccountAddress[];
  /** What stays the same when it is connected again, the most reliable first. */
  readonly identities: readonly AccountIdentity[];
  /** The bank's id; null if unknown. */
  readonly bankId: string | null;
  /** ISO 4217; null if unknown. */
  readonly currency: string | null;
  /** Null for most cards, and outside the countries that have IBANs. */
  readonly iban: string | null;
  /** The bank's or the owner's name for it; many banks send none. */
  readonly label: string | null;
  /** Who owns it; many banks send nothing. */
  readonly holder: string | null;
  /** The bank's product, such as `Girokonto`. */
  readonly product: string | null;
  /** ISO 20022 cash account type, such as `CACC`. */
  readonly kind: string | null;
  /** What the provider said of it last; null if it never listed it. */
  readonly listed: ListedBefore | null;
  /** When the bank's details of it were last recorded; null if never. */
  readonly describedAt: Date | null;
  /** The last response with transactions; null if there is none. */
  readonly lastRun: ArchivedRun | null;
  /** The date of the oldest transaction, `YYYY-MM-DD`; null if there is none. */
  readonly firstDate: string | null;
  /** When balances were last reported; null if never. */
  readonly lastBalancesAt: Date | null;
}

/** A response with transactions that was recorded. */
export interface ArchivedRun {
  /** When the bank said so. */
  readonly observedAt: Date;
  /** The address under which the account was read; null if it has none. */
  readonly handle: string | null;
  /** What it covered. */
  readonly coverage: Coverage;
}

/** Where accounts are looked up. */
interface Place {
  readonly kysely: Kysely<Schema>;
  readonly tenant: string;
}

/** The accounts of the tenant, in the order in which they were first recorded. */
export async function readAccounts({ database, tenant }: Reader): Promise<ArchivedAccount[]> {
  const { kysely } = database;
  const rows = await kysely
    .selectFrom("account")
    .selectAll()
    .where("tenant", "=", tenant)
    .orderBy("created_at")
    .orderBy("key")
    .execute();
  const accounts: ArchivedAccount[] = [];
  for (const row of rows) accounts.push(await accountFrom(kysely, row));
  return accounts;
}

async function accountFrom(kysely: Kysely<Schema>, row: AccountRow): Promise<ArchivedAccount> {
  const handles = await kysely
    .selectFrom("account_handle")
    .select(["provider", "handle", "last_seen_at", "connection"])
    .where("account", "=", row.key)
    .orderBy("last_seen_at", "desc")
    .execute();
  const { first } = await kysely
    .selectFrom("entry")
    .select(({ fn }) => fn.min("date").as("first"))
    .where("account", "=", row.key)
    .executeTakeFirstOrThrow();
  const balancesAt = await lastBalancesAt({ kysely }, row.key);
  return {
    id: row.id,
    handles: handles.map(({ provider, handle, last_seen_at, connection }) => ({
      provider,
      handle,
      lastSeenAt: new Date(last_seen_at),
      connectionId: connection,
    })),
    identities: await identitiesOf({ kysely }, row.key),
    bankId: row.bank,
    currency: row.currency,
    iban: row.iban,
    label: row.label,
    holder: row.holder,
    product: row.product,
    kind: row.kind,
    listed: row.listed === null ? null : listedFrom(row.listed),
    describedAt: row.described_at === null ? null : new Date(row.described_at),
    lastRun: await lastRunOf(kysely, row),
    firstDate: first ?? null,
    lastBalancesAt: balancesAt === undefined ? null : new Date(balancesAt),
  };
}

/** What was recorded of an account, the last first. */
export async function* readRuns(
  { database }: Pick<Reader, "database">,
  account: number,
): AsyncIterableIterator<ArchivedRun> {
  const query = selectRuns(database.kysely).where("account", "=", account).orderBy("number", "desc");
  for await (const run of database.stream(query.compile())) yield archivedRun(run);
}

async function lastRunOf(kysely: Kysely<Schema>, { key, runs }: AccountRow): Promise<ArchivedRun | null> {
  const run = await selectRuns(kysely)
    .where("account", "=", key)
    .where("number", "=", runs)
    .executeTakeFirst();
  return run === undefined ? null : archivedRun(run);
}

function selectRuns(kysely: Kysely<Schema>) {
  return kysely
    .selectFrom("run")
    .select(["observed_at", "handle", "covers_from", "covers_to", "covers_pending"]);
}

function archivedRun(
  run: Pick<RunRow, "observed_at" | "handle" | "covers_from" | "covers_to" | "covers_pending">,
): ArchivedRun {
  return {
    observedAt: new Date(run.observed_at),
    handle: run.handle,
    coverage: { from: run.covers_from, to: run.covers_to, pending: run.covers_pending === 1 },
  };
}

/** The account with an id of ours, or with a handle that it has or had; undefined if there is none. */
export async function accountNamed({ kysely, tenant }: Place, name: string): Promise<AccountRow | undefined> {
  const byId = await kysely
    .selectFrom("account")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("id", "=", name)
    .executeTakeFirst();
  if (byId !== undefined) return byId;
  return await kysely
    .selectFrom("account")
    .innerJoin("account_handle", "account_handle.account", "account.key")
    .selectAll("account")
    .where("account_handle.tenant", "=", tenant)
    .where("account_handle.handle", "=", name)
    .orderBy("account_handle.last_seen_at", "desc")
    .executeTakeFirst();
}

/** The same. @throws ConfigurationError if there is none */
export async function requiredAccount(place: Place, name: string): Promise<AccountRow> {
  const account = await accountNamed(place, name);
  if (account === undefined)
    throw new ConfigurationError(`No account of the archive has the id or handle ${name}.`);
  return account;
}
