import { openArchive } from "../../packages/archive/src/index.ts";
import { entriesOf } from "./entries.ts";
import { sourceOf } from "./load-ours.ts";

const [ACCOUNTS, DAYS, PER_DAY] = [3, 400, 2];
const DAY = 86_400_000;

/** Makes an archive as a person has it after a year: three accounts, each with 800 transactions up to today. */
export async function makeUsualArchive(location: string): Promise<void> {
  await using archive = await openArchive({ location });
  const from = new Date(Date.now() - (DAYS - 1) * DAY).toISOString().slice(0, 10);
  for (let account = 0; account < ACCOUNTS; account += 1)
    await archive.record(sourceOf(account), {
      observedAt: new Date(),
      coverage: { from, to: null, pending: true },
      items: entriesOf(account, { first: 0, count: DAYS * PER_DAY, from, perDay: PER_DAY }),
      unreadable: [],
    });
}
