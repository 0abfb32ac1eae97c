import type { DatabaseSync, StatementSync } from "node:sqlite";
import { checksumOf } from "../store/checksum.ts";
import { hasChecksums, prepareWithChecksum, type Row } from "../store/sqlite/checksum-column.ts";
import type { RecordStatements } from "../store/sqlite/records-table.ts";
import { packBody, unpackBody } from "./compression.ts";
import { ENTRY_OVERHEAD, type StoredEntry, type StoreKey } from "./response-store.ts";
import type { StoredResponse } from "./stored-response.ts";

/** The statements on responses, prepared once. */
type ResponseStatements = Readonly<Record<keyof typeof SQL, StatementSync>>;

/** All statements on a cache file. */
export type Statements = ResponseStatements & RecordStatements;

const HEAD = "status, headers, created_at AS createdAt, expires_at AS expiresAt";

const SQL = {
  /** Leaves the body out if the response has the checksum that is given first. */
  get: `SELECT key, ${HEAD}, used_at AS usedAt, CASE WHEN $checksum = ? THEN NULL ELSE body END AS body,
      $checksum AS checksum FROM answers WHERE key = ? AND scope = ?`,
  /** Leaves a newer response in place. One from the future was stored before the clock was set back, and so is older. */
  set: `INSERT INTO answers
      (key, scope, path, status, headers, created_at, expires_at, used_at, bytes, body, checksum)
    VALUES (:key, :tenant, :path, :status, :headers, :createdAt, :expiresAt, :createdAt, :bytes, :body, :checksum)
    ON CONFLICT (key) DO UPDATE SET scope = :tenant, path = :path, status = :status, headers = :headers,
      created_at = :createdAt, expires_at = :expiresAt, used_at = :createdAt, bytes = :bytes, body = :body,
      checksum = :checksum
    WHERE created_at <= :createdAt OR created_at > :now`,
  use: "UPDATE answers SET used_at = ? WHERE key = ?",
  getPath: `SELECT key, ${HEAD}, body, $checksum AS checksum FROM answers WHERE scope = ? AND path = ?`,
  deletePath: "DELETE FROM answers WHERE scope = ? AND path = ?",
  deleteKey: "DELETE FROM answers WHERE key = ? AND scope = ?",
  deleteTenant: "DELETE FROM answers WHERE scope = ?",
  /** Deletes a response that could not be read, unless another process has replaced it since. */
  deleteDamaged: "DELETE FROM answers WHERE key = ? AND scope = ? AND checksum IS ?",
  entries: `SELECT rowid, key, path, ${HEAD}, bytes FROM answers WHERE scope = ? AND rowid > ? ORDER BY rowid LIMIT 200`,
  totalOfTenant: "SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes FROM answers WHERE scope = ?",
  total: "SELECT bytes FROM total",
  recount: "UPDATE total SET bytes = (SELECT coalesce(sum(bytes), 0) FROM answers)",
  leastUsed: "SELECT key, scope, bytes FROM answers ORDER BY used_at LIMIT 50",
} as const;

/** Prepares every statement on responses. @throws the error of SQLite if a table is missing */
export function prepareResponses(database: DatabaseSync): ResponseStatements {
  const hasColumn = hasChecksums(database, "answers");
  const statement = (name: keyof typeof SQL) => prepareWithChecksum(database, SQL[name], hasColumn);
  return {
    get: statement("get"),
    set: statement("set"),
    use: statement("use"),
    getPath: statement("getPath"),
    deletePath: statement("deletePath"),
    deleteKey: statement("deleteKey"),
    deleteTenant: statement("deleteTenant"),
    deleteDamaged: statement("deleteDamaged"),
    entries: statement("entries"),
    totalOfTenant: statement("totalOfTenant"),
    total: statement("total"),
    recount: statement("recount"),
    leastUsed: statement("leastUsed"),
  };
}

/** The parameters of `set`, with the body as it is kept. @param now in milliseconds since 1970 */
export function rowOf(storeKey: StoreKey, response: StoredResponse, now: number) {
  const headers = JSON.stringify(response.headers);
  const body = packBody(response.body);
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.length;
  const { status, createdAt, expiresAt } = response;
  return {
    ...storeKey,
    now,
    status,
    headers,
    createdAt,
    expiresAt,
    bytes: length + headers.length + ENTRY_OVERHEAD,
    body,
    checksum: checksumOf([storeKey.tenant, storeKey.key, status, headers, createdAt, expiresAt], body),
  };
}

/**
 * The response in a row; undefined if it is damaged, or if this version of Node cannot read it.
 *
 * @param wanted what was looked up: a damaged index may lead to the row of another response
 */
export function responseFrom(row: Row, wanted: Pick<StoreKey, "tenant" | "key">): StoredResponse | undefined {
  const head = headFrom(row);
  const { body, checksum, headers } = row;
  if (head === undefined || row["key"] !== wanted.key) return undefined;
  if (typeof body !== "string" && !(body instanceof Uint8Array)) return undefined;
  const { status, createdAt, expiresAt } = head;
  const parts = [wanted.tenant, wanted.key, status, String(headers), createdAt, expiresAt];
  if (checksum !== null && checksum !== checksumOf(parts, body)) return undefined;
  const text = unpacked(body);
  return text === undefined ? undefined : { ...head, body: text };
}

function unpacked(body: string | Uint8Array): string | undefined {
  try {
    return unpackBody(body);
  } catch {
    return undefined;
  }
}

/** The entry in a row; undefined if it cannot be read. */
export function entryFrom(row: Row): StoredEntry | undefined {
  const head = headFrom(row);
  const { key, path, bytes } = row;
  if (head === undefined || typeof key !== "string" || typeof path !== "string") return undefined;
  return { ...head, key, path, bytes: Number(bytes) };
}

function headFrom(row: Row): Omit<StoredResponse, "body"> | undefined {
  const status = numberFrom(row["status"]);
  const createdAt = numberFrom(row["createdAt"]);
  const expiresAt = row["expiresAt"] === null ? null : numberFrom(row["expiresAt"]);
  const headers = textsFrom(row["headers"]);
  if (status === undefined || createdAt === undefined || expiresAt === undefined) return undefined;
  return headers === undefined ? undefined : { status, headers, createdAt, expiresAt };
}

function numberFrom(value: unknown): number | undefined {
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : undefined;
}

function textsFrom(headers: unknown): Record<string, string> | undefined {
  try {
    const fields: unknown = JSON.parse(String(headers));
    if (typeof fields !== "object" || fields === null) return undefined;
    return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
  } catch {
    return undefined;
  }
}
