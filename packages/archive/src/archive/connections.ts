import { type Connection, type ConnectionState, stateAt } from "bankdata-core/bank";
import type { Writer } from "../database/index.ts";
import type { Reader } from "./read.ts";

/** A connection to a bank, as it was recorded last. */
export interface ArchivedConnection {
  /** What reported it, such as `gocardless`. */
  readonly provider: string;
  /** The provider's id of it. */
  readonly id: string;
  /** The client's own name for it; null if it has none. */
  readonly reference: string | null;
  /** Null if unknown. */
  readonly bankId: string | null;
  /** As of `seenAt`; a consent that was valid then may have ended since. */
  readonly state: Connection["state"];
  /** When the end user agreed; null if unknown. */
  readonly grantedAt: Date | null;
  /** When access ends; null if unknown. */
  readonly validUntil: Date | null;
  /** The handles of its accounts, also of those of which nothing was read yet. */
  readonly accountHandles: readonly string[];
  /** When it was recorded. */
  readonly seenAt: Date;
}

/** Stores connections as they are now. Those that the provider does not list any more stay as they were last seen. */
export async function storeConnections(
  { kysely }: Pick<Writer, "kysely">,
  {
    tenant,
    provider,
    connections,
    now,
  }: { tenant: string; provider: string; connections: readonly Connection[]; now: number },
): Promise<void> {
  for (const connection of connections) {
    const { grantedAt, validUntil } = connection.consent;
    const said = {
      bank: connection.bankId,
      state: stateAt(connection, now),
      granted_at: grantedAt?.getTime() ?? null,
      valid_until: validUntil?.getTime() ?? null,
      seen_at: now,
      reference: connection.reference,
      account_handles: JSON.stringify(connection.accountHandles),
    };
    await kysely
      .insertInto("connection")
      .values({ tenant, provider, id: connection.id, ...said })
      .onConflict((conflict) => conflict.columns(["tenant", "provider", "id"]).doUpdateSet(said))
      .execute();
  }
}

const STATES: readonly ConnectionState[] = ["open", "active", "expired", "suspended", "ended"];

/** The connections of the tenant as they were recorded last, in the order in which they were first recorded. */
export async function readConnections({
  database,
  tenant,
}: Pick<Reader, "database" | "tenant">): Promise<ArchivedConnection[]> {
  const rows = await database.kysely
    .selectFrom("connection")
    .selectAll()
    .where("tenant", "=", tenant)
    .orderBy("key")
    .execute();
  return rows.map((row) => ({
    provider: row.provider,
    id: row.id,
    reference: row.reference,
    bankId: row.bank,
    state: STATES.find((state) => state === row.state) ?? "ended",
    grantedAt: row.granted_at === null ? null : new Date(row.granted_at),
    validUntil: row.valid_until === null ? null : new Date(row.valid_until),
    accountHandles: row.account_handles === null ? [] : handlesFrom(row.account_handles),
    seenAt: new Date(row.seen_at),
  }));
}

/** Forgets that connections give access to some accounts, until they are recorded again. */
export async function forgetHandles(
  { kysely }: Pick<Writer, "kysely">,
  tenant: string,
  handles: ReadonlySet<string>,
): Promise<void> {
  const rows = await kysely
    .selectFrom("connection")
    .select(["key", "account_handles"])
    .where("tenant", "=", tenant)
    .where("account_handles", "is not", null)
    .execute();
  for (const { key, account_handles: column } of rows) {
    const known = handlesFrom(column ?? "[]");
    const left = known.filter((handle) => !handles.has(handle));
    if (left.length === known.length) continue;
    await kysely
      .updateTable("connection")
      .set({ account_handles: JSON.stringify(left) })
      .where("key", "=", key)
      .execute();
  }
}

function handlesFrom(column: string): string[] {
  const read: unknown = JSON.parse(column);
  return Array.isArray(read) ? read.filter((one) => typeof one === "string") : [];
}
