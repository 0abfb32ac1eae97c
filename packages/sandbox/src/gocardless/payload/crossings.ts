import type { Observation } from "../../banks/index.ts";
import { IDS, type Payload } from "./quirks.ts";
import { stablePart } from "./unstable-members.ts";

/** A form of an entry, as far as it tells entries apart. */
export interface Evidence {
  /** The list and the entry without its ids and what the bank changes with each response. */
  content: string;
  /** The ids, without those that say nothing. */
  ids: Payload;
}

/** What a form tells of the entry. @param unstable the members by which no reader can recognise an entry */
export function evidenceOf(
  { status, payload }: Pick<Observation, "status" | "payload">,
  unstable: ReadonlySet<string>,
): Evidence {
  const stable = stablePart(payload, unstable);
  const isId = new Set<string>(IDS);
  const ids = Object.fromEntries(Object.entries(stable).filter(([name]) => isId.has(name)));
  return { content: `${status} ${JSON.stringify(stablePart(stable, isId))}`, ids };
}

/** A change from one form of an entry to the next, with the response that showed the former last. */
export interface Change {
  id: string;
  last: number;
  before: Evidence;
  after: Evidence;
  observation: Observation;
}

/**
 * Marks the entries that changed with one response in a way that leaves open which became which: their content was the
 * same before and is the same after, and no id leads from one to the other.
 */
export function markCrossings(changes: readonly Change[]): void {
  const groups = Map.groupBy(changes, ({ last, before, after }) =>
    JSON.stringify([last, before.content, after.content]),
  );
  for (const group of groups.values()) {
    for (const change of group) {
      change.observation.mayContinue = group
        .filter((other) => other !== change && !isTold(change, other) && !isTold(other, change))
        .map(({ id }) => id);
    }
  }
}

/** Whether an id that the other entry did not have is still there, or has moved to the other one. */
function isTold({ before, after }: Change, other: Change): boolean {
  return IDS.some((name) => {
    const id = before.ids[name];
    return (
      id !== undefined &&
      id !== other.before.ids[name] &&
      (id === after.ids[name] || id === other.after.ids[name])
    );
  });
}
