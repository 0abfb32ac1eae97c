import type { DatabaseSync } from "node:sqlite";
import { addChecksums, columnsOf, hasChecksums } from "../store/sqlite/checksum-column.ts";
import type { FileFormat } from "../store/sqlite/file-format.ts";
import {
  areRecordsComplete,
  completeRecords,
  copyRecords,
  prepareRecords,
} from "../store/sqlite/records-table.ts";
import { CACHE_FILE } from "./cache-file.ts";
import { prepareResponses, type Statements } from "./sqlite-statements.ts";

/** Triggers keep the sum of all sizes: adding it up at each write would take longer with each entry. */
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
`;

/** A version without checksums leaves the old checksum with a new response, so a trigger removes it. */
const CHECKSUM_TRIGGER = `
  CREATE TRIGGER IF NOT EXISTS answer_rewritten AFTER UPDATE OF created_at ON answers
    WHEN new.checksum IS old.checksum AND new.created_at IS NOT old.created_at
    BEGIN UPDATE answers SET checksum = NULL WHERE key = new.key; END;
`;

/** The first layout had no sizes and no times of last use. 400 is what an entry takes up in addition to its content. */
const FROM_FIRST_LAYOUT = `
  ALTER TABLE answers RENAME TO first_answers;
  DROP INDEX IF EXISTS answers_by_path;
  ${TABLES}
  INSERT INTO answers (key, scope, path, status, headers, created_at, expires_at, used_at, bytes, body)
    SELECT key, scope, path, status, headers, created_at, expires_at, created_at,
      length(CAST(body AS BLOB)) + length(headers) + 400, body FROM first_answers;
  DROP TABLE first_answers;
`;

/** The tables, indexes and triggers without which a file cannot be used. */
const PARTS = [
  "answers",
  "answers_by_path",
  "answers_by_use",
  "total",
  "answer_added",
  "answer_changed",
  "answer_deleted",
  "answer_rewritten",
];

/** The cache file: responses, and other records. Responses, counts and tokens of older layouts are kept. */
export const CACHE_FORMAT: FileFormat<Statements> = {
  ...CACHE_FILE,
  isComplete: (database, names) =>
    PARTS.every((name) => names.has(name)) &&
    hasChecksums(database, "answers") &&
    areRecordsComplete(database, names) &&
    database.prepare("SELECT 1 FROM total").get() !== undefined,
  complete(database) {
    database.exec(isOfFirstLayout(database) ? FROM_FIRST_LAYOUT : TABLES);
    addChecksums(database, "answers");
    database.exec(CHECKSUM_TRIGGER);
    completeRecords(database);
  },
  prepare: (database) => ({ ...prepareResponses(database), ...prepareRecords(database) }),
  salvage: copyRecords,
};

function isOfFirstLayout(database: DatabaseSync): boolean {
  const columns = columnsOf(database, "answers");
  return columns.size > 0 && !columns.has("used_at");
}
