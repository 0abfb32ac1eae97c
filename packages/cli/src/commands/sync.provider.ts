import type { BankProvider } from "bankdata-core/bank";

/**
 * The same provider, which lists connections and their accounts once: accounts are looked up by their names, and then asked.
 *
 * @param onlyIfCached whether it sends no request for them
 */
export function listingOnce(provider: BankProvider, onlyIfCached: boolean): BankProvider {
  let connections: ReturnType<BankProvider["connections"]> | undefined;
  const accounts = new Map<string, ReturnType<BankProvider["accounts"]>>();
  return {
    ...provider,
    bank: (id, options) => provider.bank(id, onlyIfCached ? { ...options, onlyIfCached } : options),
    connections(options = {}) {
      if (connections === undefined || options.refresh === true)
        connections = provider.connections({ ...options, onlyIfCached });
      return connections;
    },
    accounts(connection, options = {}) {
      const known = options.refresh === true ? undefined : accounts.get(connection.id);
      const reading = known ?? provider.accounts(connection, { ...options, onlyIfCached });
      accounts.set(connection.id, reading);
      return reading;
    },
  };
}
