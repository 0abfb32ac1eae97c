/**
 * A process beside others: `process.ts LOCATION RESPONSES WORK`. It waits for a message before it begins to `record` the
 * responses of a file, to `read` the archive again and again, to `search` and to `rederive` it, or to `unite` its first two accounts.
 */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { deserialize } from "node:v8";
import { type Archive, openArchive } from "../../../packages/archive/src/index.ts";
import { recordFrom, type Told } from "../crash/told-responses.ts";

const [location = "", file = "", work = "record"] = process.argv.slice(2);
const told: Told[] = deserialize(readFileSync(file));
process.send?.("ready");
await once(process, "message");
{
  await using archive = await openArchive({ location });
  if (work === "record") await recordFrom(archive, told);
  else if (work === "unite") await unite(archive);
  else if (work === "rederive") for (let round = 0; round < 5; round += 1) await archive.rederive();
  else if (work === "search") for (let round = 0; round < 20; round += 1) await search(archive, told);
  else for (let round = 0; round < 10; round += 1) await read(archive, told);
}
process.disconnect();

async function unite(archive: Archive): Promise<void> {
  const [one, other] = await archive.accounts();
  if (one === undefined || other === undefined) throw new Error("There are not two accounts.");
  await archive.sameAccount(one.id, other.id);
}

/** Finds each transaction by the amount of a response once. */
async function search(archive: Archive, responses: readonly Told[]): Promise<void> {
  const [first] = responses[0]?.observation.items ?? [];
  const ids: string[] = [];
  for await (const { id, amount } of archive.transactions({ search: first?.amount ?? "1" })) {
    if (first !== undefined && !amount.includes(first.amount.replace("-", "")))
      throw new Error(`${id} of ${amount} was found by ${first.amount}.`);
    ids.push(id);
  }
  if (new Set(ids).size !== ids.length) throw new Error("Something was found twice.");
  if (ids.length === 0) throw new Error("Nothing was found.");
}

/** Reads every transaction, each of which must be there once and be one of those that were sent. */
async function read(archive: Archive, responses: readonly Told[]): Promise<void> {
  const sent = new Set(
    responses.flatMap(({ observation }) => observation.items.map(({ raw }) => JSON.stringify(raw))),
  );
  const ids = new Set<string>();
  for await (const { id, raw } of archive.transactions()) {
    if (ids.has(id)) throw new Error(`${id} was there twice.`);
    ids.add(id);
    if (!sent.has(JSON.stringify(raw))) throw new Error(`${id} was never sent.`);
  }
  if (ids.size === 0) throw new Error("Nothing was there.");
  for (const id of ids) {
    let count = 0;
    for await (const { raw } of archive.observations(id)) {
      count += 1;
      if (!sent.has(JSON.stringify(raw))) throw new Error(`A row of ${id} was never sent.`);
    }
    if (count === 0) throw new Error(`${id} was never seen.`);
  }
}
