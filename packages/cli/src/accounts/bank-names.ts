import type { BankAccount, BankProvider, Connection } from "bankdata-core/bank";
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
      const bank = await ifReadable(provider.bank(id));
      if (bank !== undefined) names.set(id, bank.name);
    }),
  );
  return names;
}

/** What is needed to name the bank of an account. */
type WithBank = Pick<BankAccount, "bankId" | "iban">;

/**
 * The names of the accounts' banks by their ids, as far as they are cached: the bank itself, or a list that contains it. Sends
 * no request.
 */
export async function knownBankNames(
  provider: BankProvider,
  accounts: readonly WithBank[],
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  const banks = new Map(accounts.flatMap(({ bankId, iban }) => (bankId === null ? [] : [[bankId, iban]])));
  await Promise.all(
    [...banks.keys()].map(async (id) => {
      const bank = await ifReadable(provider.bank(id, { onlyIfCached: true }));
      if (bank !== undefined) names.set(id, bank.name);
    }),
  );
  const missing = [...banks].filter(([id]) => !names.has(id));
  const countries = new Set(missing.map(([, iban]) => iban?.slice(0, 2).toUpperCase()));
  for (const country of missing.length === 0 ? [] : [...countries, undefined]) {
    if (missing.every(([id]) => names.has(id))) break;
    const listed = await ifReadable(provider.banks(country, { onlyIfCached: true }));
    for (const { id, name } of listed?.items ?? []) if (banks.has(id)) names.set(id, name);
  }
  return names;
}

/** Undefined if it cannot be read: a name is not worth a failure. */
async function ifReadable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof BankDataError) return undefined;
    throw error;
  }
}
