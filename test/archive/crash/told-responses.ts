import type { Archive, SourceAccount, TransactionsObservation } from "../../../packages/archive/src/index.ts";

/** A response, and of which account. */
export interface Told {
  readonly source: SourceAccount;
  readonly observation: TransactionsObservation;
}

/** Records responses from a place on. */
export async function recordFrom(
  archive: Archive,
  told: readonly Told[],
  { from = 0, onRecorded = () => {} }: { from?: number; onRecorded?: (count: number) => void } = {},
): Promise<void> {
  for (let at = from; at < told.length; at += 1) {
    const response = told[at];
    if (response === undefined) continue;
    await archive.record(response.source, response.observation);
    onRecorded(at + 1);
  }
}

/** How many of some responses, which were recorded in their order, are in the archive. */
export async function recordedOf(archive: Archive, told: readonly Told[]): Promise<number> {
  let last = Number.NEGATIVE_INFINITY;
  for (const { lastRun } of await archive.accounts())
    last = Math.max(last, lastRun?.observedAt.getTime() ?? last);
  return told.filter(({ observation }) => observation.observedAt.getTime() <= last).length;
}

/** The responses of one account as if they came under two handles in turn, of which nothing says that they are one account. */
export function underTwoHandles(told: readonly Told[]): Told[] {
  const own = ofOneAccount(told);
  return own.map(({ observation, source }, at) => {
    const handle = `handle-${at % 2}`;
    return {
      source: { provider: source.provider, handle, identities: [], currency: source.currency },
      observation,
    };
  });
}

/** The responses of the account that is told of first. */
export function ofOneAccount(told: readonly Told[]): Told[] {
  return told.filter(({ source }) => source.handle === told[0]?.source.handle);
}
