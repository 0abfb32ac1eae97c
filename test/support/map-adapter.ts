import Keyv, { type KeyvStoreAdapter } from "keyv";

/** An adapter of Keyv 5 over a Map, with only what every adapter has. */
export function mapAdapter(map = new Map<string, unknown>()): KeyvStoreAdapter {
  const store = new Keyv({ store: map }).store;
  return Object.assign(Object.create(null), {
    opts: {},
    on: () => store,
    get: async (key: string) => map.get(key),
    set: async (key: string, value: unknown) => void map.set(key, value),
    delete: async (key: string) => map.delete(key),
    clear: async () => map.clear(),
  });
}
