/**
 * Searches a bare index of words with the rows joined, by one prepared statement a search, or a bare index of amounts:
 * `search-bare.ts FILE TURNS`. The file is an archive's, of which the index of words is used as it is. Prints the milliseconds
 * of the processor that each search took, as JSON.
 */
import { DatabaseSync } from "node:sqlite";
import { SEARCHES, type Search, SHOWN } from "./searches.ts";
import { typical } from "./stopwatch.ts";

const [file = "", turns = "200"] = process.argv.slice(2);
const database = new DatabaseSync(file);
database.exec("create index if not exists bench_amount on entry (micros, date)");
const taken: Record<string, number> = {};
const found: Record<string, number> = {};
for (const search of SEARCHES) {
  const statement = database.prepare(selectFor(search));
  const values = search.match === undefined ? [] : [search.match];
  taken[search.name] = await typical(Number(turns), () => {
    found[search.name] = statement.all(...values).length;
  });
}
console.log(JSON.stringify({ taken, found }));

function selectFor({ match, account, micros }: Search): string {
  const columns = `entry.id, entry.account, entry.status, entry.certain, entry.date, entry.amount, entry.currency,
    entry.booking_date, entry.value_date, entry.counterparty, entry.text`;
  const filters = [
    ...(match === undefined ? [] : ["entry_words match ?"]),
    ...(account === undefined
      ? []
      : [`entry.account = (select account from account_handle where handle = '${account}')`]),
    ...(micros === undefined ? [] : [`entry.micros between ${micros[0]} and ${micros[1]}`]),
  ].join(" and ");
  return match === undefined
    ? `select ${columns} from entry indexed by bench_amount where ${filters} order by date desc limit ${SHOWN}`
    : `select ${columns} from entry_words cross join entry on entry.key = entry_words.rowid & ${2 ** 36 - 1}
        where ${filters} order by entry_words.rowid desc limit ${SHOWN}`;
}
