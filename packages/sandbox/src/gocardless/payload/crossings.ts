import type { Observation } from "../../banks/index.ts";
import { IDS } from "./quirks.ts";
import { stablePart, type UnstableMembers } from "./unstable-members.ts";

/** A form, and what an entry can be recognised by while it is shown in it. */
export interface KnownForm {
  observation: Observation;
  /** The list and the entry, without its ids and what nobody can recognise it by. */
  content: string;
  /** The ids by which a reader recognises it. */
  ids: ReadonlySet<string>;
}

/** A change of an entry, from the form in which it was last shown to one that a response was the first to show. */
export interface Change {
  id: string;
  /** Undefined if no earlier response showed it. */
  before: KnownForm | undefined;
  after: KnownForm;
  /** The ids that it had until then. */
  had: ReadonlySet<string>;
  /** The index of the response that showed it last, before it changed; -1 if there is none. */
  last: number;
}

/** An entry that no later response showed again. */
export interface Ending {
  id: string;
  before: KnownForm;
  /** All ids that it ever had. */
  had: ReadonlySet<string>;
  /** The index of the response that showed it last. */
  last: number;
}

/** What a form says apart from whether it is shown again. */
export function knownForm(observation: Observation, unstable: UnstableMembers): KnownForm {
  const { status, payload } = observation;
  const names = IDS.filter((name) => payload[name] !== undefined && !unstable[status].has(name));
  const ids = names.map((name) => JSON.stringify([name, payload[name]]));
  const content = JSON.stringify(stablePart(stablePart(payload, unstable[status]), NAMES_OF_IDS));
  return { observation, content: `${status} ${content}`, ids: new Set(ids) };
}

const NAMES_OF_IDS: ReadonlySet<string> = new Set(IDS);

/**
 * Marks the entries that changed with one response in a way that leaves open which became which: no id leads from one to
 * the other, and their content was the same before or is the same after. Either is enough, as whatever speaks for one of
 * the two ways then speaks for the other as well. So it is if one now has the content that the other had before, as if
 * that had not changed at all, and if one of the two was not shown before: any of them may be new.
 */
export function markCrossings(changes: readonly Change[]): void {
  if (changes.length < 2 || changes.every(({ before }) => before === undefined)) return;
  const groups = new Map<string, Set<Change>>();
  for (const change of changes) {
    for (const content of [change.before?.content, change.after.content]) {
      if (content !== undefined) groups.set(content, (groups.get(content) ?? new Set()).add(change));
    }
  }
  for (const group of groups.values()) {
    if (group.size < 2) continue;
    for (const one of group) {
      const { observation } = one.after;
      const others = [...group].filter((other) => mayCross(one, other));
      observation.mayContinue = [...new Set([...observation.mayContinue, ...others.map(({ id }) => id)])];
    }
  }
}

function mayCross(one: Change, other: Change): boolean {
  // If both are new, nothing goes on.
  const isBegun = one.before !== undefined || other.before !== undefined;
  return one !== other && isBegun && !isTold(idsOf(one), idsOf(other));
}

/**
 * Marks the changes that may as well have been those of an entry which no response showed again: until then both had the
 * same content, and no id leads from one of them to the new form.
 */
export function markEndings(changes: readonly Change[], endings: readonly Ending[]): void {
  const ended = Map.groupBy(endings, ({ last, before }) => `${last} ${before.content}`);
  for (const change of changes) {
    if (change.before === undefined) continue;
    for (const { id, had } of ended.get(`${change.last} ${change.before.content}`) ?? []) {
      if (id !== change.id && !isTold(idsOf(change), { had, has: NO_IDS }))
        change.after.observation.mayContinue.push(id);
    }
  }
}

/** The ids that an entry had until a response, and those that it has now. */
interface Ids {
  had: ReadonlySet<string>;
  has: ReadonlySet<string>;
}

const NO_IDS: ReadonlySet<string> = new Set();

const idsOf = ({ had, after }: Change): Ids => ({ had, has: after.ids });

/** Whether an id that only one of two entries had before is there now: it leads to that entry, rightly or wrongly. */
function isTold(one: Ids, other: Ids): boolean {
  return [...one.has, ...other.has].some((id) => one.had.has(id) !== other.had.has(id));
}
