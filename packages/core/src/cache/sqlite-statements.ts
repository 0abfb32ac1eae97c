import type { DatabaseSync, StatementSync } from "node:sqlite";
import { checksumOf } from "../store/checksum.ts";
import { hasChecksums, prepareWithChecksum, type Row } from "../store/sqlite/checksum-column.ts";
import type { RecordStatements } from "../store/sqlite/records-table.ts";
import { packBody, unpackBody } from "./compression.ts";
import { ENTRY_OVERHEAD, type StoredEntry, type StoreKey } from "./response-store.ts";
import type { StoredResponse } from "./stored-response.ts";

/** What can be asked of the responses in a file, prepared once. */
type ResponseStatements = Readonly<Record<keyof typeof SQL, StatementSync>>;

/** Everything that can be asked of a cache file. */
export type Statements = ResponseStatements & RecordStatements;

const HEAD = "status, headers, created_at AS createdAt, expires_at AS expiresAt";

const SQL = {
  get: `SELECT key, ${HEAD}, used_at AS usedAt, body, $checksum AS checksum FROM answers WHERE key = ? AND scope = ?`,
  set: `INSERT INTO answers
      (key, scope, path, status, headers, created_at, expires_at, used_at, bytes, body, checksum)
    VALUES (:key, :tenant, :path, :status, :headers, :createdAt, :expiresAt, :createdAt, :bytes, :body, :checksum)
    ON CONFLICT (key) DO UPDATE SET scope = :tenant, path = :path, status = :status, headers = :headers,
      created_at = :createdAt, expires_at = :expiresAt, used_at = :createdAt, bytes = :bytes, body = :body,
      checksum = :checksum`,
  use: "UPDATE answers SET used_at = ? WHERE key = ?",
  getPath: `SELECT key, ${HEAD}, body, $checksum AS checksum FROM answers WHERE scope = ? AND path = ?`,
  deletePath: "DELETE FROM answers WHERE scope = ? AND path = ?",
  deleteKey: "DELETE FROM answers WHERE key = ? AND scope = ?",
  deleteTenant: "DELETE FROM answers WHERE scope = ?",
  /** Deletes what could not be read, but not what another process has put in its place since. */
  deleteDamaged: "DELETE FROM answers WHERE key = ? AND scope = ? AND checksum IS ?",
  entries: `SELECT rowid, key, path, ${HEAD}, bytes FROM answers WHERE scope = ? AND rowid > ? ORDER BY rowid LIMIT 200`,
  totalOfTenant: "SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes FROM answers WHERE scope = ?",
  total: "SELECT bytes FROM total",
  recount: "UPDATE total SET bytes = (SELECT coalesce(sum(bytes), 0) FROM answers)",
  leastUsed: "SELECT key, scope, bytes FROM answers ORDER BY used_at LIMIT 50",
} as const;

/** Prepares every statement about responses. @throws what SQLite says if a table is missing */
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

/** What `set` binds, with the body as it is kept. */
export function rowOf(where: StoreKey, answer: StoredResponse) {
  const headers = JSON.stringify(answer.headers);
  const body = packBody(answer.body);
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.length;
  const { status, createdAt, expiresAt } = answer;
  return {
    ...where,
    status,
    headers,
    createdAt,
    expiresAt,
    bytes: length + headers.length + ENTRY_OVERHEAD,
    body,
    checksum: checksumOf([where.tenant, where.key, status, headers, createdAt, expiresAt], body),
  };
}

/**
 * An answer from its row; undefined if it is not as it was kept, or this Node cannot read it.
 *
 * @param asked under what it was looked for: an index that is damaged leads to the row of another answer
 */
export function responseFrom(row: Row, asked: Pick<StoreKey, "tenant" | "key">): StoredResponse | undefined {
  const head = headFrom(row);
  const { body, checksum, headers } = row;
  if (head === undefined || row["key"] !== asked.key) return undefined;
  if (typeof body !== "string" && !(body instanceof Uint8Array)) return undefined;
  const { status, createdAt, expiresAt } = head;
  const parts = [asked.tenant, asked.key, status, String(headers), createdAt, expiresAt];
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

/** An entry of a list from its row. */
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
    const members: unknown = JSON.parse(String(headers));
    if (typeof members !== "object" || members === null) return undefined;
    return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, String(value)]));
  } catch {
    return undefined;
  }
}
