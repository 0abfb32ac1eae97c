/**
 * Copies the rows of an archive into tables with the same indexes, with plain prepared statements:
 * `load-bare.ts SOURCE FILE`. Each account is a transaction, as it was one response. Prints what it took as JSON.
 */
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { Stopwatch } from "./stopwatch.ts";

const [source = "", file = ""] = process.argv.slice(2);
const from = new DatabaseSync(source, { readOnly: true });
const to = new DatabaseSync(file);
to.exec(
  "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma temp_store = memory",
);
const schema = from
  .prepare(
    "select type, name, sql from sqlite_schema where sql is not null and name not like 'sqlite_%' order by type = 'index'",
  )
  .all();
for (const { sql } of schema) to.exec(String(sql));

/** The rows of an account, by table, in the order in which they refer to each other. */
const ROWS: Readonly<Record<string, string>> = {
  account: "select * from account where key = ?",
  account_identity: "select * from account_identity where account = ?",
  account_handle: "select * from account_handle where account = ?",
  run: "select * from run where account = ?",
  listing: "select * from listing where account = ?",
  pack: "select * from pack where account = ?",
  payload: "select * from payload where account = ?",
  entry: "select * from entry where account = ?",
  link: "select link.* from link join payload on payload.key = link.payload where payload.account = ?",
};

const copies = Object.entries(ROWS).map(([table, query]) => {
  const select = from.prepare(query);
  select.setReturnArrays(true);
  const columns = select.columns().map(({ name }) => name);
  const places = columns.map(() => "?").join();
  return { select, insert: to.prepare(`insert into "${table}" (${columns.join()}) values (${places})`) };
});
const watch = new Stopwatch();
for (const { key } of from.prepare("select key from account order by key").all()) {
  // Reading is not part of it.
  const read = copies.map(({ select, insert }) => ({ insert, rows: select.all(key ?? null).map(values) }));
  await watch.time(() => {
    to.exec("begin immediate");
    for (const { insert, rows } of read) for (const row of rows) insert.run(...row);
    to.exec("commit");
  });
}
console.log(JSON.stringify(watch.taken()));

function values(row: unknown): SQLInputValue[] {
  if (!Array.isArray(row)) throw new Error("The row is no array.");
  return row;
}
