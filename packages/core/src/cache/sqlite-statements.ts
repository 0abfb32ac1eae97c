import type { DatabaseSync, StatementSync } from "node:sqlite";
import { checksumOf } from "./checksum.ts";
import { packBody, unpackBody } from "./compression.ts";
import { ENTRY_OVERHEAD, type StoredEntry, type StoreKey } from "./response-store.ts";
import type { StoredResponse } from "./stored-response.ts";

/** All that is ever asked of the file, prepared once. */
export type Statements = Readonly<Record<keyof typeof SQL, StatementSync>>;

const HEAD = "status, headers, created_at AS createdAt, expires_at AS expiresAt";

/** `$checksum` is the column, or NULL in a file of an older version that may not be changed. */
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
  deleteScope: "DELETE FROM answers WHERE scope = ?",
  /** Of what could not be read: not what another process has put in its place since. */
  deleteSpoilt: "DELETE FROM answers WHERE key = ? AND scope = ? AND checksum IS ?",
  entries: `SELECT rowid, key, path, ${HEAD}, bytes FROM answers WHERE scope = ? AND rowid > ? ORDER BY rowid LIMIT 200`,
  totalOfScope: "SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes FROM answers WHERE scope = ?",
  total: "SELECT bytes FROM total",
  recount: "UPDATE total SET bytes = (SELECT coalesce(sum(bytes), 0) FROM answers)",
  leastUsed: "SELECT key, scope, bytes FROM answers ORDER BY used_at LIMIT 50",
  getRecord: "SELECT value, $checksum AS checksum FROM records WHERE name = ?",
  addRecord: "INSERT OR IGNORE INTO records (name, value, checksum) VALUES (?, ?, ?)",
  changeRecord: "UPDATE records SET value = ?, checksum = ? WHERE name = ? AND value = ?",
  deleteRecord: "DELETE FROM records WHERE name = ? AND value = ?",
  deleteSpoiltRecord: "DELETE FROM records WHERE name = ? AND checksum IS ?",
} as const;

/** What writes a checksum, which a file without that column has to do without. */
const NEEDS_CHECKSUM = /\bchecksum\b/;

/**
 * Prepares every statement.
 *
 * @param checked whether the file keeps checksums; one that does not is only read
 * @throws what SQLite says of a file that lacks a table
 */
export function prepare(database: DatabaseSync, checked: boolean): Statements {
  const statement = (name: keyof typeof SQL) => {
    const sql = SQL[name].replaceAll("$checksum", checked ? "checksum" : "NULL");
    const isLeftOut = !checked && !sql.startsWith("SELECT") && NEEDS_CHECKSUM.test(sql);
    const prepared = database.prepare(isLeftOut ? "SELECT 1" : sql);
    // A damaged number can be larger than a JavaScript number holds, which would throw.
    prepared.setReadBigInts(true);
    return prepared;
  };
  return {
    get: statement("get"),
    set: statement("set"),
    use: statement("use"),
    getPath: statement("getPath"),
    deletePath: statement("deletePath"),
    deleteKey: statement("deleteKey"),
    deleteScope: statement("deleteScope"),
    deleteSpoilt: statement("deleteSpoilt"),
    entries: statement("entries"),
    totalOfScope: statement("totalOfScope"),
    total: statement("total"),
    recount: statement("recount"),
    leastUsed: statement("leastUsed"),
    getRecord: statement("getRecord"),
    addRecord: statement("addRecord"),
    changeRecord: statement("changeRecord"),
    deleteRecord: statement("deleteRecord"),
    deleteSpoiltRecord: statement("deleteSpoiltRecord"),
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

/** A row as SQLite gives it. */
export type Row = Record<string, unknown>;

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

/** The checksum of a row, by which it is told from what takes its place. */
export function checksumIn({ checksum }: Row): string | null {
  return typeof checksum === "string" ? checksum : null;
}

/** The text of a record's row; undefined if it is not as it was kept. */
export function recordFrom({ value, checksum }: Row, name: string): string | undefined {
  if (typeof value !== "string") return undefined;
  return checksum === null || checksum === checksumOf([name], value) ? value : undefined;
}
