import { bound, type SqliteConnection } from "./connection.ts";

/** A row to be added. */
type Row = Readonly<Record<string, unknown>>;

/** Adds rows with one prepared statement, as long as they have the same columns. */
export function insertRows(connection: SqliteConnection, table: string, rows: readonly object[]): void {
  let insert: ((row: Row) => boolean) | undefined;
  for (const row of rows) {
    const record: Row = { ...row };
    if (insert?.(record)) continue;
    insert = inserterFor(connection, table, record);
    insert(record);
  }
}

/** Adds rows with the columns of a sample; false, and nothing is added, if a row has others. */
function inserterFor(connection: SqliteConnection, table: string, sample: Row): (row: Row) => boolean {
  const columns = Object.keys(sample).filter((column) => sample[column] !== undefined);
  const places = columns.map(() => "?").join(", ");
  const { prepared } = connection.prepare(
    `insert into "${table}" (${columns.map((c) => `"${c}"`).join(", ")}) values (${places})`,
  );
  return (row) => {
    let used = 0;
    for (const column in row) if (row[column] !== undefined) used += 1;
    if (used !== columns.length) return false;
    const values = columns.map((column) => row[column]);
    if (values.includes(undefined)) return false;
    try {
      prepared.run(...values.map(bound));
    } catch (error) {
      throw connection.translate(error);
    }
    return true;
  };
}
