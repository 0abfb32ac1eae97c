import type { Connection } from "bankdata-core/bank";
import { BankDataError } from "bankdata-core/base";
import type { Session } from "../session/session.ts";

/** The names of the banks that are connected, by their ids; a bank that cannot be read has none. */
export async function bankNames(
  { provider }: Session,
  connections: readonly Connection[],
): Promise<ReadonlyMap<string, string>> {
  const ids = new Set(connections.flatMap(({ bankId }) => bankId ?? []));
  const names = new Map<string, string>();
  await Promise.all(
    [...ids].map(async (id) => {
      try {
        names.set(id, (await provider.bank(id)).name);
      } catch (error) {
        if (!(error instanceof BankDataError)) throw error;
      }
    }),
  );
  return names;
}
