import type { PostgresConnection } from "./connection.ts";

/** A row to be added. */
type Row = Readonly<Record<string, unknown>>;

/** How many rows one statement adds. */
const BATCH = 1000;

/** Adds rows by one statement for many, with an array for each column, so that its text is the same for any number. */
export async function insertRows(
  connection: PostgresConnection,
  table: string,
  rows: readonly object[],
  typesOf: (table: string) => Promise<ColumnTypes>,
): Promise<void> {
  if (rows.length === 0) return;
  const types = await typesOf(table);
  for (const { columns, rows: alike } of batches(rows)) {
    const names = columns.map((column) => `"${column}"`).join(", ");
    const arrays = columns.map((column, at) => `$${at + 1}::${types.get(column) ?? "text"}[]`).join(", ");
    await connection.query(
      `insert into "${table}" (${names}) select * from unnest(${arrays})`,
      columns.map((column) => alike.map((row) => row[column])),
    );
  }
}

/** The rows in their order, as long as they follow each other with the same columns. */
function batches(rows: readonly object[]): { columns: string[]; rows: Row[] }[] {
  const found: { columns: string[]; rows: Row[] }[] = [];
  for (const row of rows) {
    const record: Row = { ...row };
    const columns = Object.keys(record).filter((column) => record[column] !== undefined);
    const last = found.at(-1);
    if (last !== undefined && last.rows.length < BATCH && areEqual(last.columns, columns))
      last.rows.push(record);
    else found.push({ columns, rows: [record] });
  }
  return found;
}

function areEqual(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((name, at) => name === others[at]);
}

/** The type of each column of a table. */
export type ColumnTypes = ReadonlyMap<unknown, unknown>;

/** Asks the server for the types of a table's columns. */
export async function columnTypes(connection: PostgresConnection, table: string): Promise<ColumnTypes> {
  const { rows } = await connection.query(
    "select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute where attrelid = quote_ident($1)::regclass and attnum > 0 and not attisdropped",
    [table],
  );
  return new Map(rows.map(({ name, type }) => [name, type]));
}
