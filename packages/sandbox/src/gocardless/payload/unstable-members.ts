import type { PayloadQuirk } from "../../banks/index.ts";
import type { Payload } from "./quirks.ts";

/**
 * The members that a quirk makes differ between two responses although nothing has happened at the bank in between. A
 * quirk that is not listed changes none.
 */
const UNSTABLE: Readonly<Partial<Record<PayloadQuirk, readonly string[]>>> = {
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
