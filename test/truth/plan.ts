import type { Quirk } from "../../packages/sandbox/src/index.ts";

/** A simulated life: who banks where, and how they use the archive. */
export interface LifePlan {
  /** The id of a bank of the sandbox. */
  readonly bank: string;
  /** The quirks that the bank has in place of its own; undefined for its own. */
  readonly quirks: readonly Quirk[] | undefined;
  readonly seed: number;
  readonly days: number;
}

/** What was found about one life. */
export interface LifeResult {
  readonly plan: LifePlan;
  /** Undefined if it could be lived; what went wrong if not. */
  readonly error: string | undefined;
  readonly counts: Counts;
  /** Sentences about faults, the first few. */
  readonly faults: readonly string[];
  /** How long it took, in milliseconds. */
  readonly took: number;
}

/** What was counted, over all accounts of a life. */
export interface Counts {
  readonly responses: number;
  /** Calls of which the program got no data. */
  readonly failures: number;
  readonly rows: number;
  readonly entries: number;
  /** True entries without a transaction, and rows that no transaction has. */
  readonly missing: number;
  /** True entries with several transactions in one list, and bank accounts that are several in the archive. */
  readonly doubled: number;
  /** Transactions with booked rows of several entries. */
  readonly mixed: number;
  /** True entries with pending and booked rows. */
  readonly links: number;
  /** Those of them of which one transaction holds both. */
  readonly linked: number;
  /** Transactions of pending and booked rows that are called certain. */
  readonly certain: number;
  /** Those of them that hold rows of one entry alone. */
  readonly certainRight: number;
  /** Rows that are not as the sandbox sent them, and amounts that are not those of the rows. */
  readonly altered: number;
  /** Transactions whose status is not that of the truth. */
  readonly misstated: number;
  /** Ids that are not of the promised form, or that lead nowhere any more. */
  readonly brokenIds: number;
}

export const NO_COUNTS: Counts = {
  responses: 0,
  failures: 0,
  rows: 0,
  entries: 0,
  missing: 0,
  doubled: 0,
  mixed: 0,
  links: 0,
  linked: 0,
  certain: 0,
  certainRight: 0,
  altered: 0,
  misstated: 0,
  brokenIds: 0,
};

/** The sum of some counts. */
export function sumOf(all: readonly Counts[]): Counts {
  const sum: Record<keyof Counts, number> = { ...NO_COUNTS };
  for (const counts of all) for (const name of namesOf(counts)) sum[name] += counts[name];
  return sum;
}

function namesOf(counts: Counts): readonly (keyof Counts)[] {
  return Object.keys(counts).filter((name): name is keyof Counts => name in NO_COUNTS);
}

/** A plan in a few words. */
export function nameOf({ bank, quirks, seed }: LifePlan): string {
  const instead = quirks === undefined ? "" : ` with ${quirks.length === 0 ? "no quirks" : quirks.join(" ")}`;
  return `${bank}${instead}, seed ${seed}`;
}
