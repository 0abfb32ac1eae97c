import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { StoredAnswer } from "./answer.ts";
import { packBody, unpackBody } from "./body.ts";
import { ENTRY_OVERHEAD, type StoredEntry, type StoreKey } from "./store.ts";

/** All that is ever asked of the file, prepared once. */
export type Statements = Readonly<Record<keyof typeof SQL, StatementSync>>;

const ENTRY = "key, path, status, headers, created_at AS createdAt, expires_at AS expiresAt, bytes";

const SQL = {
  get: `SELECT status, headers, created_at AS createdAt, expires_at AS expiresAt, used_at AS usedAt, body
    FROM answers WHERE key = ? AND scope = ?`,
  set: `INSERT INTO answers (key, scope, path, status, headers, created_at, expires_at, used_at, bytes, body)
    VALUES (:key, :scope, :path, :status, :headers, :createdAt, :expiresAt, :createdAt, :bytes, :body)
    ON CONFLICT (key) DO UPDATE SET status = :status, headers = :headers, created_at = :createdAt,
      expires_at = :expiresAt, used_at = :createdAt, bytes = :bytes, body = :body`,
  use: "UPDATE answers SET used_at = ? WHERE key = ?",
  getPath: `SELECT status, headers, created_at AS createdAt, expires_at AS expiresAt, body
    FROM answers WHERE scope = ? AND path = ?`,
  deletePath: "DELETE FROM answers WHERE scope = ? AND path = ?",
  deleteKey: "DELETE FROM answers WHERE key = ? AND scope = ?",
  entries: `SELECT rowid, ${ENTRY} FROM answers WHERE scope = ? AND rowid > ? ORDER BY rowid LIMIT 200`,
  totalOfScope: "SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes FROM answers WHERE scope = ?",
  total: "SELECT bytes FROM total",
  leastUsed: "SELECT key, scope, bytes FROM answers ORDER BY used_at LIMIT 50",
  getRecord: "SELECT value FROM records WHERE name = ?",
  addRecord: "INSERT OR IGNORE INTO records (name, value) VALUES (?, ?)",
  changeRecord: "UPDATE records SET value = ? WHERE name = ? AND value = ?",
  deleteRecord: "DELETE FROM records WHERE name = ? AND value = ?",
} as const;

/** Prepares every statement. Throws what SQLite says of a file that lacks a table. */
export function prepare(database: DatabaseSync): Statements {
  const statement = (name: keyof typeof SQL) => database.prepare(SQL[name]);
  return {
    get: statement("get"),
    set: statement("set"),
    use: statement("use"),
    getPath: statement("getPath"),
    deletePath: statement("deletePath"),
    deleteKey: statement("deleteKey"),
    entries: statement("entries"),
    totalOfScope: statement("totalOfScope"),
    total: statement("total"),
    leastUsed: statement("leastUsed"),
    getRecord: statement("getRecord"),
    addRecord: statement("addRecord"),
    changeRecord: statement("changeRecord"),
    deleteRecord: statement("deleteRecord"),
  };
}

/** What `set` binds, with the body as it is kept. */
export function rowOf({ key, scope, path }: StoreKey, answer: StoredAnswer) {
  const headers = JSON.stringify(answer.headers);
  const body = packBody(answer.body);
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.length;
  const { status, createdAt, expiresAt } = answer;
  return {
    key,
    scope,
    path,
    status,
    headers,
    createdAt,
    expiresAt,
    bytes: length + headers.length + ENTRY_OVERHEAD,
    body,
  };
}

type Row = Record<string, unknown>;

/** An answer from its row; undefined where it is none, or this Node cannot read it. */
export function answerFrom(row: Row | undefined): StoredAnswer | undefined {
  const head = row === undefined ? undefined : headFrom(row);
  const body = head === undefined ? undefined : unpackBody(row?.["body"]);
  return head === undefined || body === undefined ? undefined : { ...head, body };
}

/** An entry of a list from its row. */
export function entryFrom(row: Row): StoredEntry | undefined {
  const head = headFrom(row);
  const { key, path, bytes } = row;
  if (head === undefined || typeof key !== "string" || typeof path !== "string") return undefined;
  return { ...head, key, path, bytes: Number(bytes) };
}

function headFrom({ status, createdAt, expiresAt, headers }: Row): Omit<StoredAnswer, "body"> | undefined {
  if (typeof status !== "number" || typeof createdAt !== "number") return undefined;
  if (expiresAt !== null && typeof expiresAt !== "number") return undefined;
  return { status, headers: texts(JSON.parse(String(headers))), createdAt, expiresAt };
}

function texts(headers: unknown): Record<string, string> {
  const members = typeof headers === "object" && headers !== null ? Object.entries(headers) : [];
  return Object.fromEntries(members.map(([name, value]) => [name, String(value)]));
}
