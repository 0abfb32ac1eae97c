/** Reads an archive again: `rederive-ours.ts FILE`. Prints what it took as JSON. */
import { openArchive } from "../../packages/archive/src/index.ts";
import { Stopwatch } from "./stopwatch.ts";

const [file = ""] = process.argv.slice(2);
await using archive = await openArchive({ location: file, now: () => "2026-06-01T09:00:00Z" });
const watch = new Stopwatch();
const { added, modified, removed } = await watch.time(() => archive.rederive());
if (added + modified + removed > 0) throw new Error("Reading again under the same rules changed something.");
console.log(JSON.stringify(watch.taken()));
