import type { PayloadQuirk } from "../../banks/index.ts";
import type { Payload } from "./quirks.ts";

/**
 * The members by which no reader can recognise an entry at a bank with a quirk: they differ between two responses although
 * nothing has happened at the bank in between, or say only where the entry stands. A quirk that is not listed has none.
 */
const UNSTABLE: Readonly<Partial<Record<PayloadQuirk, readonly string[]>>> = {
  numberedIds: ["transactionId", "internalTransactionId"],
  idsFromNewest: ["transactionId", "internalTransactionId"],
  changingIds: ["transactionId"],
  unstableInternalIds: ["internalTransactionId"],
};

/** The members of entries that a bank with these quirks changes with each response. */
export function unstableMembers(quirks: readonly PayloadQuirk[]): ReadonlySet<string> {
  return new Set(quirks.flatMap((quirk) => UNSTABLE[quirk] ?? []));
}

/** An entry without the members that its bank changes with each response: what a reader can recognise it by. */
export function stablePart(payload: Payload, unstable: ReadonlySet<string>): Payload {
  return Object.fromEntries(Object.entries(payload).filter(([name]) => !unstable.has(name)));
}
