import type { Observation, PayloadQuirk } from "../../banks/index.ts";
import type { Payload } from "./quirks.ts";

/**
 * The members by which no reader can recognise a booked entry at a bank with a quirk: they differ between two responses
 * although nothing has happened at the bank in between, or say only where the entry stands. A quirk that is not listed has
 * none.
 */
const UNSTABLE: Readonly<Partial<Record<PayloadQuirk, readonly string[]>>> = {
  numberedIds: ["transactionId", "internalTransactionId"],
  idsFromNewest: ["transactionId", "internalTransactionId"],
  changingIds: ["transactionId"],
  unstableInternalIds: ["internalTransactionId"],
};

/** The names of such members, by the list in which an entry is shown. */
export type UnstableMembers = Readonly<Record<Observation["status"], ReadonlySet<string>>>;

/** The members by which no reader can recognise an entry at a bank with these quirks. */
export function unstableMembers(quirks: readonly PayloadQuirk[]): UnstableMembers {
  return { booked: new Set(quirks.flatMap((quirk) => UNSTABLE[quirk] ?? [])), pending: NONE };
}

/** An entry without such members: what a reader can recognise it by. */
export function stablePart(payload: Payload, unstable: ReadonlySet<string>): Payload {
  return Object.fromEntries(Object.entries(payload).filter(([name]) => !unstable.has(name)));
}

/** Whether two forms of an entry are the same, or differ in unstable members only, or in others too. */
export function comparisonOf(
  before: Payload,
  after: Payload,
  unstable: ReadonlySet<string>,
): "equal" | "alike" | "different" {
  const [names, others] = [Object.keys(before), Object.keys(after)];
  if (names.length !== others.length) return "different";
  let found: "equal" | "alike" = "equal";
  let at = 0;
  for (const name of names) {
    if (others[at] !== name) return "different";
    at += 1;
    if (isSame(before[name], after[name])) continue;
    if (!unstable.has(name)) return "different";
    found = "alike";
  }
  return found;
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || (isObject(one) && isObject(other) && comparisonOf(one, other, NONE) === "equal");
}

const NONE: ReadonlySet<string> = new Set();

const isObject = (value: unknown): value is Payload => typeof value === "object" && value !== null;
