import type { DatabaseSync } from "node:sqlite";

/** Marks our files ("bnkd"), so that a database of something else is never written to. */
export const APPLICATION_ID = 0x626e6b64;

/** A header of ours that so many bits have turned in still is ours: it is damaged, and anybody else's is far from it. */
export const MOST_ROTTEN_BITS = 4;

/** Whether a header's application id is ours but for so many bits. */
export function isOurId(id: number, rottenBits: number): boolean {
  return ones(id ^ APPLICATION_ID) <= rottenBits;
}

/** How many bits of a number are set. */
export function ones(bits: number): number {
  let count = 0;
  for (let left = bits >>> 0; left !== 0; left >>>= 1) count += left & 1;
  return count;
}

/** A layout that older versions cannot use is another number; what they can live with is added to this one. */
export const LAYOUT = 2;

/**
 * The sum of all sizes is kept by triggers: adding it up at each write would take longer with each entry. A version
 * that knows no checksums leaves the old one beside what it writes, which another trigger takes away.
 */
const TABLES = `
  CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY,
    scope TEXT NOT NULL,
    path TEXT NOT NULL,
    status INTEGER NOT NULL,
    headers TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    used_at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    body ANY NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS answers_by_path ON answers (scope, path);
  CREATE INDEX IF NOT EXISTS answers_by_use ON answers (used_at);
  CREATE TABLE IF NOT EXISTS total (id INTEGER PRIMARY KEY CHECK (id = 1), bytes INTEGER NOT NULL) STRICT;
  INSERT OR IGNORE INTO total VALUES (1, 0);
  CREATE TRIGGER IF NOT EXISTS answer_added AFTER INSERT ON answers
    BEGIN UPDATE total SET bytes = bytes + new.bytes; END;
  CREATE TRIGGER IF NOT EXISTS answer_changed AFTER UPDATE OF bytes ON answers
    BEGIN UPDATE total SET bytes = bytes + new.bytes - old.bytes; END;
  CREATE TRIGGER IF NOT EXISTS answer_deleted AFTER DELETE ON answers
    BEGIN UPDATE total SET bytes = bytes - old.bytes; END;
  CREATE TABLE IF NOT EXISTS records (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`;

const CHECKSUM_TRIGGERS = `
  CREATE TRIGGER IF NOT EXISTS answer_rewritten AFTER UPDATE OF created_at ON answers
    WHEN new.checksum IS old.checksum AND new.created_at IS NOT old.created_at
    BEGIN UPDATE answers SET checksum = NULL WHERE key = new.key; END;
  CREATE TRIGGER IF NOT EXISTS record_rewritten AFTER UPDATE OF value ON records
    WHEN new.checksum IS old.checksum AND new.value IS NOT old.value
    BEGIN UPDATE records SET checksum = NULL WHERE name = new.name; END;
`;

/** The first layout had no sizes, and nobody knew what was used when. 400 is what an entry takes up besides. */
const FROM_FIRST_LAYOUT = `
  ALTER TABLE answers RENAME TO first_answers;
  DROP INDEX IF EXISTS answers_by_path;
  ${TABLES}
  INSERT INTO answers (key, scope, path, status, headers, created_at, expires_at, used_at, bytes, body)
    SELECT key, scope, path, status, headers, created_at, expires_at, created_at,
      length(CAST(body AS BLOB)) + length(headers) + 400, body FROM first_answers;
  DROP TABLE first_answers;
`;

/** Everything that a file has to have before it can be used. */
const PARTS = [
  "answers",
  "answers_by_path",
  "answers_by_use",
  "total",
  "answer_added",
  "answer_changed",
  "answer_deleted",
  "records",
  "answer_rewritten",
  "record_rewritten",
];

/** How a file stands to what this version writes. */
export interface Layout {
  state: "current" | "incomplete" | "newer" | "foreign";
  /** Whether checksums can be kept beside answers and records. */
  checked: boolean;
}

/** Looks at an open file; needs no right to write, and waits for nobody who does. */
export function layoutOf(database: DatabaseSync): Layout {
  // One reading transaction: another process that makes the file just now is seen before it did or after.
  const isOwn = !database.isTransaction;
  if (isOwn) database.exec("BEGIN");
  try {
    return judged(database);
  } finally {
    if (isOwn && database.isTransaction) database.exec("COMMIT");
  }
}

function judged(database: DatabaseSync): Layout {
  const owner = numberFrom(database, "PRAGMA application_id", "application_id");
  const version = numberFrom(database, "PRAGMA user_version", "user_version");
  const parts = new Set(
    database
      .prepare("SELECT name FROM sqlite_schema")
      .all()
      .map(({ name }) => name),
  );
  const checked = ["answers", "records"].every((table) => columnsOf(database, table).has("checksum"));
  const isForeign = owner === 0 ? parts.size > 0 : !isOurId(owner, MOST_ROTTEN_BITS);
  if (isForeign) return { state: "foreign", checked };
  if (version > LAYOUT) return { state: "newer", checked };
  const isCurrent =
    owner === APPLICATION_ID &&
    version === LAYOUT &&
    checked &&
    PARTS.every((name) => parts.has(name)) &&
    database.prepare("SELECT 1 FROM total").get() !== undefined;
  return { state: isCurrent ? "current" : "incomplete", checked };
}

/**
 * Gives a file of ours, or an empty one, all that it lacks, within the transaction that is open. Answers, counts and
 * tokens of older layouts are taken over.
 */
export function completeLayout(database: DatabaseSync): void {
  const columns = columnsOf(database, "answers");
  database.exec(columns.size > 0 && !columns.has("used_at") ? FROM_FIRST_LAYOUT : TABLES);
  for (const table of ["answers", "records"]) {
    if (!columnsOf(database, table).has("checksum"))
      database.exec(`ALTER TABLE ${table} ADD COLUMN checksum TEXT`);
  }
  database.exec(
    `${CHECKSUM_TRIGGERS} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${LAYOUT};`,
  );
}

function columnsOf(database: DatabaseSync, table: string): Set<unknown> {
  const rows = database.prepare("SELECT name FROM pragma_table_info(?)").all(table);
  return new Set(rows.map(({ name }) => name));
}

function numberFrom(database: DatabaseSync, pragma: string, column: string): number {
  return Number(database.prepare(pragma).get()?.[column]);
}
