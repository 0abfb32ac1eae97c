/** Searches an archive: `search-ours.ts FILE TURNS`. Prints the milliseconds of the processor that each search took, as JSON. */
import { openArchive } from "../../packages/archive/src/index.ts";
import { SEARCHES, SHOWN } from "./searches.ts";
import { typical } from "./stopwatch.ts";

const [location = "", turns = "200"] = process.argv.slice(2);
await using archive = await openArchive({ location });
const taken: Record<string, number> = {};
const found: Record<string, number> = {};
for (const { name, query } of SEARCHES) {
  taken[name] = await typical(Number(turns), async () => {
    let count = 0;
    for await (const _ of archive.summaries({ ...query, first: "newest", limit: SHOWN })) count += 1;
    found[name] = count;
  });
}
console.log(JSON.stringify({ taken, found }));
