/**
 * Reads transactions: `iterate.ts FILE COUNT [ACCOUNT]`. Stops after COUNT of them. Prints what it took, opening included, as
 * JSON.
 */
import { openArchive } from "../../packages/archive/src/index.ts";
import { Stopwatch } from "./stopwatch.ts";

const [location = "", count = "0", account] = process.argv.slice(2);
const watch = new Stopwatch();
let read = 0;
await watch.time(async () => {
  await using archive = await openArchive({ location });
  for await (const { id } of archive.transactions(account === undefined ? {} : { account })) {
    if (id.length === 0) throw new Error("A transaction has no id.");
    read += 1;
    if (read >= Number(count)) break;
  }
});
if (read !== Number(count)) throw new Error(`There were ${read} transactions instead of ${count}.`);
console.log(JSON.stringify(watch.taken()));
