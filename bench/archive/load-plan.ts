/** One response of a first load. */
export interface PlannedResponse {
  readonly account: number;
  /** The number of its first entry within the account. */
  readonly first: number;
  readonly count: number;
  readonly perDay: number;
}

/** How many rows the responses have, in turn. */
const SIZES = [1000, 2000, 5000, 10_000];

/** How many entries a day an account has. */
const PER_DAY = 10;

/** The responses of a first load: for each account all of its history in one. */
export function firstLoad(transactions: number): PlannedResponse[] {
  const responses: PlannedResponse[] = [];
  for (let left = transactions; left > 0; ) {
    const account = responses.length;
    const count = Math.min(left, SIZES[account % SIZES.length] ?? left);
    responses.push({ account, first: 0, count, perDay: PER_DAY });
    left -= count;
  }
  return responses;
}
