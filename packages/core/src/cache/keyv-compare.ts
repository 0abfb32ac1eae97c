import type { KeyvAdapter } from "./keyv-adapter.ts";

/** Writes `value` only if the stored value is still `expected`. Undefined stands for no value, in both. */
export type CompareAndSet = (
  key: string,
  expected: string | undefined,
  value: string | undefined,
) => Promise<boolean>;

/**
 * The compare-and-set operation of an adapter. Keyv has none, so Redis and Valkey are accessed through their client,
 * and Postgres through the adapter's own query. Undefined for any other adapter.
 */
export function compareAndSetOf(adapter: KeyvAdapter): CompareAndSet | undefined {
  return ofRedis(adapter) ?? ofPostgres(adapter);
}

/** For Redis and Valkey. A missing key is `false` in Lua; an empty argument stands for no value, as none is empty. */
const COMPARE_AND_SET = `
if (redis.call('get', KEYS[1]) or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('del', KEYS[1]) else redis.call('set', KEYS[1], ARGV[2]) end
return 1`;

/** As @keyv/redis has it: `getClient()` of node-redis, whose keys the adapter may prefix. */
function ofRedis(adapter: KeyvAdapter): CompareAndSet | undefined {
  if (!("getClient" in adapter) || !isMethod(adapter.getClient)) return undefined;
  const { getClient } = adapter;
  const prefixed = "createKeyPrefix" in adapter ? adapter.createKeyPrefix : undefined;
  return async (key, expected, value) => {
    const client: unknown = await getClient.call(adapter);
    if (!isObject(client) || !isMethod(client["eval"])) throw new Error("the adapter's client has no eval");
    const name = isMethod(prefixed) ? prefixed.call(adapter, key, adapter.namespace) : key;
    const values = [expected ?? "", value ?? ""];
    return Number(await client["eval"](COMPARE_AND_SET, { keys: [name], arguments: values })) === 1;
  };
}

/** As @keyv/postgres has it: `query(sql, values)` on the table of its options. */
function ofPostgres(adapter: KeyvAdapter): CompareAndSet | undefined {
  const options: unknown = adapter.opts;
  if (!("query" in adapter) || !isMethod(adapter.query) || !isObject(options)) return undefined;
  const { dialect, schema, table } = options;
  if (dialect !== "postgres" || typeof table !== "string" || typeof schema !== "string") return undefined;
  const { query } = adapter;
  const name = `${quoted(schema)}.${quoted(table)}`;
  const add = `INSERT INTO ${name} (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING RETURNING key`;
  const replace = `UPDATE ${name} SET value = $2 WHERE key = $1 AND value = $3 RETURNING key`;
  const remove = `DELETE FROM ${name} WHERE key = $1 AND value = $2 RETURNING key`;
  const look = `SELECT key FROM ${name} WHERE key = $1`;
  return async (key, expected, value) => {
    const ask = async (sql: string, values: readonly string[]) => {
      const rows: unknown = await query.call(adapter, sql, values);
      return Array.isArray(rows) ? rows.length : 0;
    };
    if (value === undefined) {
      return expected === undefined
        ? (await ask(look, [key])) === 0
        : (await ask(remove, [key, expected])) === 1;
    }
    return (
      (await (expected === undefined ? ask(add, [key, value]) : ask(replace, [key, value, expected]))) === 1
    );
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
