import type { Observation } from "../../banks/index.ts";
import { IDS } from "./quirks.ts";
import { stablePart, type UnstableMembers } from "./unstable-members.ts";

/** A change of an entry, from the form in which it was last shown to one that a response was the first to show. */
export interface Change {
  id: string;
  before: Observation;
  after: Observation;
  /** All forms of the entry so far, oldest first, among them these two. */
  forms: readonly Observation[];
}

/**
 * Marks the entries that changed with one response in a way that leaves open which became which: their content was the
 * same before and is the same after, and no id leads from one to the other.
 */
export function markCrossings(changes: readonly Change[], unstable: UnstableMembers): void {
  if (changes.length < 2) return;
  const content = ({ status, payload }: Observation) =>
    `${status} ${JSON.stringify(stablePart(stablePart(payload, unstable[status]), NAMES_OF_IDS))}`;
  const groups = Map.groupBy(changes, ({ before, after }) => `${content(before)} ${content(after)}`);
  for (const group of groups.values()) {
    if (group.length < 2) continue;
    const marked = group.map((change) => ({ ...change, ...idsOf(change, unstable) }));
    for (const one of marked) {
      one.after.mayContinue = marked
        .filter((other) => other !== one && !isTold(one, other))
        .map(({ id }) => id);
    }
  }
}

const NAMES_OF_IDS: ReadonlySet<string> = new Set(IDS);

/** The ids that an entry had until a response, and those that it has now. */
interface Ids {
  had: ReadonlySet<string>;
  has: ReadonlySet<string>;
}

function idsOf({ after, forms }: Change, unstable: UnstableMembers): Ids {
  const ids = ({ status, payload }: Observation) =>
    IDS.filter((name) => payload[name] !== undefined && !unstable[status].has(name)).map((name) =>
      JSON.stringify([name, payload[name]]),
    );
  return { had: new Set(forms.slice(0, forms.indexOf(after)).flatMap(ids)), has: new Set(ids(after)) };
}

/** Whether an id that only one of two entries had before is there now: it leads to that entry, rightly or wrongly. */
function isTold(one: Ids, other: Ids): boolean {
  return [...one.has, ...other.has].some((id) => one.had.has(id) !== other.had.has(id));
}
