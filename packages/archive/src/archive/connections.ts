import { type Connection, stateAt } from "bankdata-core/bank";
import type { Writer } from "../database/index.ts";

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
    };
    await kysely
      .insertInto("connection")
      .values({ tenant, provider, id: connection.id, ...said })
      .onConflict((conflict) => conflict.columns(["tenant", "provider", "id"]).doUpdateSet(said))
      .execute();
  }
}
