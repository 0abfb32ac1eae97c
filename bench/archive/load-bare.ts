/**
 * Copies the rows of an archive into tables with the same indexes, with plain prepared statements:
 * `load-bare.ts SOURCE FILE`. Each account is a transaction, as it was one response. Prints what it took as JSON.
 */
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { isUnreadable, unpacked } from "../../packages/archive/src/archive/payload.ts";
import { wordsIn } from "../../packages/archive/src/archive/word-index.ts";
import { Stopwatch } from "./stopwatch.ts";

const [source = "", file = ""] = process.argv.slice(2);
const from = new DatabaseSync(source, { readOnly: true });
const to = new DatabaseSync(file);
to.exec(
  "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma temp_store = memory",
);
const schema = from
  .prepare(
    "select type, name, sql from sqlite_schema where sql is not null and name not like 'sqlite_%' and (tbl_name not like 'entry_words_%' or sql like 'create virtual table%') order by type = 'index'",
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
/** Where what the bank said of the transactions of an account is, in the order of the index of words. */
const places =
  from.prepare(`select entry.key, (unixepoch(entry.date) / 86400 << 36) | entry.key as number, payload.pack, payload.place
  from entry join payload on payload.key = entry.payload
  where entry.account = ? order by number`);
places.setReadBigInts(true);
const packsOf = from.prepare("select key, data from pack where account = ?");
packsOf.setReadBigInts(true);
const insertWords = to.prepare("insert into entry_words (rowid, words) values (?, ?)");
const watch = new Stopwatch();
for (const { key } of from.prepare("select key from account order by key").all()) {
  // Reading is not part of it.
  const read = copies.map(({ select, insert }) => ({ insert, rows: select.all(key ?? null).map(values) }));
  const words = wordsOfAccount(Number(key));
  globalThis.gc?.();
  await watch.time(() => {
    to.exec("begin immediate");
    for (const { insert, rows } of read) for (const row of rows) insert.run(...row);
    for (const [number, text] of words) insertWords.run(number, text);
    to.exec("commit");
  });
}
console.log(JSON.stringify(watch.taken()));

/** The words of the transactions of an account, by their rows in the index. */
function wordsOfAccount(account: number): [bigint, string][] {
  const packs = new Map(packsOf.all(account).map(({ key, data }) => [key, data]));
  const opened = new Map<unknown, ReturnType<typeof unpacked>>();
  return places.all(account).map(({ key, number, pack, place }) => {
    const data = packs.get(pack ?? null);
    const payloads = opened.get(pack) ?? (data instanceof Uint8Array ? unpacked(data) : []);
    opened.set(pack, payloads);
    const payload = payloads[Number(place)];
    if (payload === undefined || isUnreadable(payload) || typeof number !== "bigint")
      throw new Error(`Transaction ${key} cannot be read.`);
    return [number, [...wordsIn(Number(key), account, payload).words].join(" ")];
  });
}

function values(row: unknown): SQLInputValue[] {
  if (!Array.isArray(row)) throw new Error("The row is no array.");
  return row;
}
