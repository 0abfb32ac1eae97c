/**
 * A process to be killed: `process.ts LOCATION RESPONSES WORK`. With WORK `record` it records the responses of a file that the
 * archive does not have yet; with `unite` it makes one account of the first two, with `rederive` it reads the archive again.
 */
import { readFileSync } from "node:fs";
import { deserialize } from "node:v8";
import { openArchive } from "../../../packages/archive/src/index.ts";
import { recordedOf, recordFrom, type Told } from "./told-responses.ts";

const [location = "", file = "", work = "record"] = process.argv.slice(2);
const told: Told[] = deserialize(readFileSync(file));
process.send?.("opens");
const archive = await openArchive({ location, now: () => "2026-06-01T09:00:00Z" });
process.send?.("works");
if (work === "unite") {
  const [one, other] = await archive.accounts();
  if (one !== undefined && other !== undefined) await archive.sameAccount(one.id, other.id);
} else if (work === "rederive") await archive.rederive();
else await recordFrom(archive, told, { from: await recordedOf(archive, told) });
process.send?.("done");
await archive.close();
process.disconnect();
