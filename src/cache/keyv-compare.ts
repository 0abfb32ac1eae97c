import type { KeyvStoreAdapter } from "keyv";

/** Writes `value` only where what is kept still is `expected` (undefined: nothing). Says whether it did. */
export type CompareAndSet = (key: string, expected: string | undefined, value: string) => Promise<boolean>;

/**
 * How an adapter compares while it sets. Keyv has no such operation; Redis and Valkey are asked through their client,
 * Postgres through the adapter's own query. Undefined for any other adapter.
 */
export function compareAndSetOf(adapter: KeyvStoreAdapter): CompareAndSet | undefined {
  return ofRedis(adapter) ?? ofPostgres(adapter);
}

const REPLACE =
  "if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end redis.call('set', KEYS[1], ARGV[2]) return 1";
const ADD = "return redis.call('setnx', KEYS[1], ARGV[1])";

/** As @keyv/redis has it: `getClient()` of node-redis, whose keys the adapter may prefix. */
function ofRedis(adapter: KeyvStoreAdapter): CompareAndSet | undefined {
  if (!("getClient" in adapter) || !isMethod(adapter.getClient)) return undefined;
  const { getClient } = adapter;
  const prefixed = "createKeyPrefix" in adapter ? adapter.createKeyPrefix : undefined;
  return async (key, expected, value) => {
    const client: unknown = await getClient.call(adapter);
    if (!isObject(client) || !isMethod(client["eval"])) throw new Error("the adapter's client has no eval");
    const name = isMethod(prefixed) ? prefixed.call(adapter, key, adapter.namespace) : key;
    const values = expected === undefined ? [value] : [expected, value];
    const script = expected === undefined ? ADD : REPLACE;
    return Number(await client["eval"](script, { keys: [name], arguments: values })) === 1;
  };
}

/** As @keyv/postgres has it: `query(sql, values)` on the table of its options. */
function ofPostgres(adapter: KeyvStoreAdapter): CompareAndSet | undefined {
  const options: unknown = adapter.opts;
  if (!("query" in adapter) || !isMethod(adapter.query) || !isObject(options)) return undefined;
  const { dialect, schema, table } = options;
  if (dialect !== "postgres" || typeof table !== "string" || typeof schema !== "string") return undefined;
  const { query } = adapter;
  const name = `${quoted(schema)}.${quoted(table)}`;
  const add = `INSERT INTO ${name} (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING RETURNING key`;
  const replace = `UPDATE ${name} SET value = $2 WHERE key = $1 AND value = $3 RETURNING key`;
  return async (key, expected, value) => {
    const rows: unknown =
      expected === undefined
        ? await query.call(adapter, add, [key, value])
        : await query.call(adapter, replace, [key, value, expected]);
    return Array.isArray(rows) && rows.length === 1;
  };
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

function isMethod(value: unknown): value is (...given: unknown[]) => unknown {
  return typeof value === "function";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
