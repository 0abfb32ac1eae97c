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
  /** The index of the response that showed the entry last, before it changed. */
  last: number;
}

/** An entry that a response was the first to show. */
export type Beginning = Pick<Change, "id" | "after" | "forms">;

/** An entry that no later response showed again. */
export interface Ending {
  id: string;
  /** All its forms, oldest first. */
  forms: readonly Observation[];
  before: Observation;
  /** The index of the response that showed it last. */
  last: number;
}

/**
 * Marks the entries that changed with one response in a way that leaves open which became which: no id leads from one to
 * the other, and their content was the same before or is the same after. Either is enough, as whatever speaks for one of
 * the two ways then speaks for the other as well. It is also left open if one now has the content that the other had
 * before, as if that had not changed at all.
 *
 * The same is true of an entry that changed and one that begins: of a payment that is booked twice by mistake, either may
 * be the one that was pending.
 *
 * @param beginnings the entries that the response was the first to show
 */
export function markCrossings(
  changes: readonly Change[],
  beginnings: readonly Beginning[],
  unstable: UnstableMembers,
): void {
  if (changes.length + Math.min(changes.length, beginnings.length) < 2) return;
  const marked = [...changes, ...beginnings.map((one) => ({ ...one, before: undefined }))].map((one) => ({
    ...one,
    ...idsOfChange(one, unstable),
    contentBefore: one.before === undefined ? undefined : contentOf(one.before, unstable),
    contentAfter: contentOf(one.after, unstable),
  }));
  const byContent = new Map<string, Set<(typeof marked)[number]>>();
  for (const one of marked) {
    for (const content of [one.contentBefore, one.contentAfter]) {
      if (content !== undefined) byContent.set(content, (byContent.get(content) ?? new Set()).add(one));
    }
  }
  for (const one of marked) {
    const alike = [one.contentBefore ?? "", one.contentAfter].flatMap((content) => [
      ...(byContent.get(content) ?? []),
    ]);
    const others = alike.filter(
      (other) =>
        other !== one && (one.before !== undefined || other.before !== undefined) && !isTold(one, other),
    );
    one.after.mayContinue = [...new Set([...one.after.mayContinue, ...others.map(({ id }) => id)])];
  }
}

/**
 * Marks the changes that may as well have been those of an entry which no response showed again: until then both had the
 * same content, and no id leads from one of them to the new form.
 */
export function markEndings(
  changes: readonly Change[],
  endings: readonly Ending[],
  unstable: UnstableMembers,
): void {
  const ended = Map.groupBy(endings, ({ last }) => last);
  for (const change of changes) {
    const candidates = ended.get(change.last) ?? [];
    if (candidates.length === 0) continue;
    const content = contentOf(change.before, unstable);
    const ids = idsOfChange(change, unstable);
    for (const { id, forms, before } of candidates) {
      const isSame = id !== change.id && contentOf(before, unstable) === content;
      const other = { had: idsOf(forms, unstable), has: new Set<string>() };
      if (isSame && !isTold(ids, other)) change.after.mayContinue.push(id);
    }
  }
}

/** The list and the entry, without its ids and what nobody can recognise it by. */
function contentOf({ status, payload }: Observation, unstable: UnstableMembers): string {
  return `${status} ${JSON.stringify(stablePart(stablePart(payload, unstable[status]), NAMES_OF_IDS))}`;
}

const NAMES_OF_IDS: ReadonlySet<string> = new Set(IDS);

/** The ids that an entry had until a response, and those that it has now. */
interface Ids {
  had: ReadonlySet<string>;
  has: ReadonlySet<string>;
}

function idsOfChange({ after, forms }: Beginning, unstable: UnstableMembers): Ids {
  return { had: idsOf(forms.slice(0, forms.indexOf(after)), unstable), has: idsOf([after], unstable) };
}

function idsOf(forms: readonly Observation[], unstable: UnstableMembers): Set<string> {
  return new Set(
    forms.flatMap(({ status, payload }) =>
      IDS.filter((name) => payload[name] !== undefined && !unstable[status].has(name)).map((name) =>
        JSON.stringify([name, payload[name]]),
      ),
    ),
  );
}

/** Whether an id that only one of two entries had before is there now: it leads to that entry, rightly or wrongly. */
function isTold(one: Ids, other: Ids): boolean {
  return [...one.has, ...other.has].some((id) => one.had.has(id) !== other.had.has(id));
}
