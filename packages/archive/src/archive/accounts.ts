import { type AccountIdentity, agree, compareAccounts } from "bankdata-core/bank";
import type { Selectable } from "kysely";
import type { AccountTable, Writer } from "../database/index.ts";
import { listedColumn } from "./listed.ts";
import type { SourceAccount } from "./source.ts";

/** An account as it is stored. */
export type AccountRow = Selectable<AccountTable>;

/** Whose accounts, and when. */
export interface Recording {
  readonly writer: Writer;
  readonly tenant: string;
  /** When the bank said what is recorded, in milliseconds since 1970. */
  readonly observedAt: number;
  /** The current time, in milliseconds since 1970. */
  readonly now: number;
  readonly newId: () => string;
}

/** The account that a source means, and another one that turned out to be the same. */
export interface ResolvedAccount {
  readonly account: AccountRow;
  /**
   * An account that was created when only its handle was known, and of which the identities now say that it is `account`:
   * what it holds has to be moved over.
   */
  readonly duplicate: AccountRow | undefined;
}

/**
 * The account that a source means: the one with a lasting identity of it, otherwise the one that was read under the same
 * handle, otherwise a new one. What the source says about it is stored.
 *
 * @param currencies those of its entries: if nobody ever said the account's, and there is only one, it is that
 */
export async function resolveAccount(
  recording: Recording,
  source: SourceAccount,
  currencies: ReadonlySet<string> = new Set(),
): Promise<ResolvedAccount> {
  // Two writers must not both find that there is no such account.
  await recording.writer.lockAccount(0);
  const byHandle = await accountByHandle(recording, source);
  const [only, ...others] = currencies;
  const ofEntries = others.length === 0 ? (only ?? null) : null;
  const currency = source.currency ?? byHandle?.currency ?? ofEntries;
  const identities = source.identities.map((one) =>
    one.scheme === "hash" || one.currency !== null ? one : { ...one, currency },
  );
  const byIdentity = await accountByIdentity(recording, identities);
  const account = byIdentity ?? byHandle ?? (await createAccount(recording));
  await storeHandle(recording, account, source);
  await storeIdentities(recording.writer, account.key, identities);
  await storeDescription(recording, account, { ...source, currency });
  const isDuplicate =
    byHandle !== undefined &&
    byHandle.key !== account.key &&
    (await isPerhapsTheSame(recording, byHandle, identities));
  return {
    account: await lockedAccount(recording, account.key),
    duplicate: isDuplicate ? byHandle : undefined,
  };
}

/** An account, locked until the end of the transaction. */
export async function lockedAccount({ writer }: Pick<Recording, "writer">, key: number): Promise<AccountRow> {
  await writer.lockAccount(key);
  return await writer.kysely
    .selectFrom("account")
    .selectAll()
    .where("key", "=", key)
    .executeTakeFirstOrThrow();
}

async function accountByHandle(
  { writer, tenant }: Recording,
  { provider, handle }: SourceAccount,
): Promise<AccountRow | undefined> {
  if (handle === null) return undefined;
  return await writer.kysely
    .selectFrom("account")
    .innerJoin("account_handle", "account_handle.account", "account.key")
    .selectAll("account")
    .where("account_handle.tenant", "=", tenant)
    .where("account_handle.provider", "=", provider)
    .where("account_handle.handle", "=", handle)
    .executeTakeFirst();
}

async function accountByIdentity(
  { writer, tenant }: Recording,
  identities: readonly AccountIdentity[],
): Promise<AccountRow | undefined> {
  if (identities.length === 0) return undefined;
  const values = identities.map(({ value }) => value);
  const candidates = await writer.kysely
    .selectFrom("account")
    .selectAll("account")
    .distinct()
    .innerJoin("account_identity", "account_identity.account", "account.key")
    .where("account.tenant", "=", tenant)
    .where("account_identity.value", "in", values)
    .orderBy("account.key")
    .execute();
  for (const candidate of candidates) {
    const stored = await identitiesOf(writer, candidate.key);
    if (compareAccounts({ identities }, { identities: stored }) === "same") return candidate;
  }
  return undefined;
}

/** Whether identities do not say that an account is another one. */
async function isPerhapsTheSame(
  recording: Recording,
  { key }: AccountRow,
  identities: readonly AccountIdentity[],
): Promise<boolean> {
  const stored = await identitiesOf(recording.writer, key);
  return compareAccounts({ identities }, { identities: stored }) !== "different";
}

/** The identities of an account, the most reliable first. */
export async function identitiesOf(
  { kysely }: Pick<Writer, "kysely">,
  account: number,
): Promise<AccountIdentity[]> {
  const rows = await kysely
    .selectFrom("account_identity")
    .selectAll()
    .where("account", "=", account)
    .orderBy("rank")
    .execute();
  return rows.flatMap(({ scheme, scope, value, currency }) => {
    const known = SCHEMES.find((one) => one === scheme);
    return known === undefined ? [] : [{ scheme: known, scope, value, currency }];
  });
}

const SCHEMES: readonly AccountIdentity["scheme"][] = ["hash", "iban", "bban", "card"];

async function createAccount({ writer, tenant, now, newId }: Recording): Promise<AccountRow> {
  return await writer.kysely
    .insertInto("account")
    .values({
      tenant,
      id: newId(),
      bank: null,
      currency: null,
      iban: null,
      label: null,
      holder: null,
      product: null,
      kind: null,
      described_at: null,
      created_at: now,
      memory: null,
      runs: 0,
      listed: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

async function storeHandle(
  { writer, tenant, observedAt }: Recording,
  { key }: AccountRow,
  { provider, handle, connectionId = null }: SourceAccount,
): Promise<void> {
  if (handle === null) return;
  await writer.kysely
    .insertInto("account_handle")
    .values({
      tenant,
      provider,
      handle,
      account: key,
      connection: connectionId,
      first_seen_at: observedAt,
      last_seen_at: observedAt,
    })
    .onConflict((conflict) =>
      conflict.columns(["tenant", "provider", "handle"]).doUpdateSet(({ ref, fn, lit, eb }) => ({
        account: key,
        connection: fn.coalesce("excluded.connection", "account_handle.connection"),
        last_seen_at: eb
          .case()
          .when("account_handle.last_seen_at", "<", lit(observedAt))
          .then(lit(observedAt))
          .else(ref("account_handle.last_seen_at"))
          .end(),
      })),
    )
    .execute();
}

/** Adds what is new; an identity that was known without its currency gets it. */
export async function storeIdentities(
  writer: Writer,
  key: number,
  identities: readonly AccountIdentity[],
): Promise<void> {
  const stored = await identitiesOf(writer, key);
  const added = identities.filter(
    (one) => !stored.some((known) => agree(one, known) && (one.currency === null || known.currency !== null)),
  );
  if (added.length === 0) return;
  const completed = stored.filter(
    (known) => known.currency !== null || !added.some((one) => agree(one, known)),
  );
  const all = [...completed, ...added].sort((a, b) => SCHEMES.indexOf(a.scheme) - SCHEMES.indexOf(b.scheme));
  await writer.kysely.deleteFrom("account_identity").where("account", "=", key).execute();
  await writer.insert(
    "account_identity",
    all.map(({ scheme, scope, value, currency }, rank) => ({
      account: key,
      rank,
      scheme,
      scope,
      value,
      currency,
    })),
  );
}

/** Stores what the source says; what it does not say stays. */
async function storeDescription(
  { writer, observedAt }: Recording,
  account: AccountRow,
  source: SourceAccount,
): Promise<void> {
  const said = {
    listed: listedColumn(source, account.listed) ?? account.listed,
    bank: source.bankId ?? account.bank,
    currency: source.currency ?? account.currency,
    iban: source.iban ?? account.iban,
    label: source.label ?? account.label,
    holder: source.holder ?? account.holder,
    product: source.product ?? account.product,
    kind: source.kind ?? account.kind,
    described_at:
      source.detailed === true ? Math.max(observedAt, account.described_at ?? 0) : account.described_at,
  };
  const isKnown =
    said.listed === account.listed &&
    said.bank === account.bank &&
    said.currency === account.currency &&
    said.iban === account.iban &&
    said.label === account.label &&
    said.holder === account.holder &&
    said.product === account.product &&
    said.kind === account.kind &&
    said.described_at === account.described_at;
  if (isKnown) return;
  await writer.kysely.updateTable("account").set(said).where("key", "=", account.key).execute();
}
