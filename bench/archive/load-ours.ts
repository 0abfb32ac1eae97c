/** Loads an archive: `load-ours.ts FILE TRANSACTIONS`. Prints what it took as JSON. */
import { type Archive, openArchive } from "../../packages/archive/src/index.ts";
import { dateAfter } from "./days.ts";
import { entriesOf } from "./entries.ts";
import { firstLoad, type PlannedResponse } from "./load-plan.ts";
import { Stopwatch } from "./stopwatch.ts";

export const FROM = "2010-01-01";

/** Records a response; only the recording is timed. */
export async function record(
  archive: Archive,
  { account, first, count, perDay }: PlannedResponse,
  watch: Stopwatch,
): Promise<void> {
  const items = entriesOf(account, { first, count, from: FROM, perDay });
  const last = dateAfter(FROM, Math.floor((first + count - 1) / perDay));
  const source = sourceOf(account);
  const observation = {
    observedAt: new Date(`${last}T20:00:00Z`),
    coverage: { from: dateAfter(FROM, Math.floor(first / perDay)), to: null, pending: true },
    items,
    unreadable: [],
  };
  // What making the entries left behind is not part of it.
  globalThis.gc?.();
  await watch.time(() => archive.record(source, observation));
}

/** An account as a provider tells of it. */
export function sourceOf(account: number) {
  const value = `DE${String(account).padStart(20, "0")}`;
  return {
    provider: "gocardless",
    handle: `handle-${account}`,
    identities: [{ scheme: "iban" as const, scope: null, value, currency: "EUR" }],
    currency: "EUR",
  };
}

if (import.meta.main) {
  const [file = "", transactions = "0"] = process.argv.slice(2);
  await using archive = await openArchive({ location: file, now: () => "2026-06-01T09:00:00Z" });
  const watch = new Stopwatch();
  for (const response of firstLoad(Number(transactions))) await record(archive, response, watch);
  console.log(JSON.stringify(watch.taken()));
}
