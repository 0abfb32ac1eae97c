import { isRecord } from "../base/is-record.ts";
import type { KeyvAdapter } from "./keyv-adapter.ts";

/** Writes `value` only if the stored value is still `expected`. Undefined stands for no value, in both. */
export type CompareAndSet = (
  key: string,
  expected: string | undefined,
  value: string | undefined,
) => Promise<boolean>;

/**
 * The compare-and-set operation of an adapter. Keyv has none, so what the adapters of Redis, Valkey and Postgres offer
 * beyond it is used: their client, or their query. Undefined for any other adapter.
 */
export function compareAndSetOf(adapter: KeyvAdapter): CompareAndSet | undefined {
  const evaluate = evalOfNodeRedis(adapter) ?? evalOfIoRedis(adapter);
  return evaluate === undefined ? ofPostgres(adapter) : ofRedis(evaluate);
}

/** Runs the script below on Redis or Valkey. */
type Evaluate = (key: string, values: readonly [expected: string, value: string]) => Promise<unknown>;

/** A missing key is `false` in Lua; an empty argument stands for no value, as none is empty. */
const COMPARE_AND_SET = `
if (redis.call('get', KEYS[1]) or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('del', KEYS[1]) else redis.call('set', KEYS[1], ARGV[2]) end
return 1`;

function ofRedis(evaluate: Evaluate): CompareAndSet {
  return async (key, expected, value) => Number(await evaluate(key, [expected ?? "", value ?? ""])) === 1;
}

/** As @keyv/redis 4 and 5 have it: `getClient()`, and `createKeyPrefix(key, namespace)`, the key's name in Redis. */
function evalOfNodeRedis(adapter: KeyvAdapter): Evaluate | undefined {
  if (!("getClient" in adapter) || !isMethod(adapter.getClient)) return undefined;
  const { getClient } = adapter;
  const prefixed = "createKeyPrefix" in adapter ? adapter.createKeyPrefix : undefined;
  return async (key, values) => {
    const client: unknown = await getClient.call(adapter);
    if (!isRecord(client) || !isMethod(client["eval"])) throw new Error("the adapter's client has no eval");
    const name = isMethod(prefixed) ? prefixed.call(adapter, key, adapter.namespace) : key;
    return await client["eval"](COMPARE_AND_SET, { keys: [name], arguments: values });
  };
}

/** As @keyv/valkey 1 and @keyv/redis up to 3 have it: the client as `redis`, and `_getKeyName(key)`. */
function evalOfIoRedis(adapter: KeyvAdapter): Evaluate | undefined {
  if (!("redis" in adapter) || !isRecord(adapter.redis)) return undefined;
  const { redis: client } = adapter;
  if (!isMethod(client["eval"])) return undefined;
  const { eval: evaluate } = client;
  const prefixed = "_getKeyName" in adapter ? adapter._getKeyName : undefined;
  return async (key, values) => {
    const name = isMethod(prefixed) ? prefixed.call(adapter, key) : key;
    return await evaluate.call(client, COMPARE_AND_SET, 1, name, ...values);
  };
}

/** As @keyv/postgres 2 has it: `query(sql, values)` on the table of its options. */
function ofPostgres(adapter: KeyvAdapter): CompareAndSet | undefined {
  const options: unknown = adapter.opts;
  if (!("query" in adapter) || !isMethod(adapter.query) || !isRecord(options)) return undefined;
  const { dialect, schema, table } = options;
  if (dialect !== "postgres" || typeof table !== "string" || typeof schema !== "string") return undefined;
  const { query } = adapter;
  const name = `${quoted(schema)}.${quoted(table)}`;
  const add = `INSERT INTO ${name} (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING RETURNING key`;
  const replace = `UPDATE ${name} SET value = $2 WHERE key = $1 AND value = $3 RETURNING key`;
  const remove = `DELETE FROM ${name} WHERE key = $1 AND value = $2 RETURNING key`;
  const look = `SELECT key FROM ${name} WHERE key = $1`;
  return async (key, expected, value) => {
    const ask = async (sql: string, ...values: string[]) => {
      const rows: unknown = await query.call(adapter, sql, values);
      return Array.isArray(rows) ? rows.length : 0;
    };
    if (value !== undefined) {
      return (
        (await (expected === undefined ? ask(add, key, value) : ask(replace, key, value, expected))) === 1
      );
    }
    return expected === undefined ? (await ask(look, key)) === 0 : (await ask(remove, key, expected)) === 1;
  };
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

function isMethod(value: unknown): value is (...given: unknown[]) => unknown {
  return typeof value === "function";
}
