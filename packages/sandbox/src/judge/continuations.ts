import type { Observation, TrueTransaction } from "../banks/index.ts";
import { heaviestMatching } from "./heaviest-matching.ts";
import type { RowPlace } from "./verdict.ts";

/** The transaction of the program that holds a row; undefined if it did not give the row. */
type HolderOf = (place: RowPlace) => string | undefined;

/** The forms of an entry, oldest first. */
type Life = Observation[];

/** A form of which the truth leaves open whose life it continues, and the entry that the sandbox showed in it. */
interface Open {
  entry: string;
  form: Observation;
}

/** A life that reaches a fork, and what follows. */
interface Part {
  /** The entry whose life it is by now. */
  owner: string;
  /** The entry that the sandbox showed. */
  entry: string;
  /** The form with which it went on; undefined if no response showed it again. */
  next: Observation | undefined;
  head: Life;
  tail: Life;
}

/**
 * The truth in the version that fits the program best. Where all ids of some entries have changed at once and nothing
 * else tells them apart, each of them may have become any of them. There, their further lives are exchanged if the program
 * has exchanged them.
 *
 * @returns the truth itself if nothing is open
 */
export function bestContinuation(
  truth: readonly TrueTransaction[],
  holderOf: HolderOf,
): readonly TrueTransaction[] {
  const forks = forksOf(truth);
  if (forks.length === 0) return truth;
  const lives = new Map(truth.map(({ id, observed }) => [id, [...observed]]));
  const lastForms = new Map(truth.map(({ id, observed }) => [id, observed.at(-1)]));
  for (const fork of forks) continueBest(partsOf(fork, lives, lastForms), lives, holderOf);
  return truth.map((entry) => ({ ...entry, observed: lives.get(entry.id) ?? [] }));
}

/** The open forms by the response that showed them first, oldest first. */
function forksOf(truth: readonly TrueTransaction[]): Open[][] {
  const forks = new Map<string, Open[]>();
  const accounts = accountsOf(truth);
  for (const { id: entry, observed } of truth) {
    for (const form of observed) {
      if (form.mayContinue.length === 0) continue;
      const order = [accounts.indexOf(form.account), form.seen[0]?.response ?? 0];
      const key = order.map((part) => String(part).padStart(9, "0")).join(" ");
      const fork = forks.get(key);
      if (fork === undefined) forks.set(key, [{ entry, form }]);
      else fork.push({ entry, form });
    }
  }
  return [...forks].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, fork]) => fork);
}

/** The account ids, in the order in which they were first asked. */
function accountsOf(truth: readonly TrueTransaction[]): string[] {
  const first = new Map<string, string>();
  for (const { account, on } of truth.flatMap(({ observed }) => observed)) {
    const known = first.get(account);
    if (known === undefined || on < known) first.set(account, on);
  }
  return [...first].sort(([, a], [, b]) => (a < b ? -1 : 1)).map(([account]) => account);
}

function partsOf(
  fork: readonly Open[],
  lives: ReadonlyMap<string, Life>,
  lastForms: ReadonlyMap<string, Observation | undefined>,
): Part[] {
  // A life that was exchanged at an earlier fork has the forms of another entry.
  const owners = new Map([...lives].flatMap(([id, life]) => life.map((form) => [form, id] as const)));
  const part = (entry: string, next: Observation | undefined): Part[] => {
    const form = next ?? lastForms.get(entry);
    const owner = form === undefined ? undefined : owners.get(form);
    const life = owner === undefined ? undefined : lives.get(owner);
    if (form === undefined || owner === undefined || life === undefined) return [];
    const end = life.indexOf(form) + (next === undefined ? 1 : 0);
    return [{ owner, entry, next, head: life.slice(0, end), tail: life.slice(end) }];
  };
  const shown = new Set(fork.map(({ entry }) => entry));
  const ended = new Set(fork.flatMap(({ form }) => form.mayContinue.filter((id) => !shown.has(id))));
  return [
    ...fork.flatMap(({ entry, form }) => part(entry, form)),
    ...[...ended].flatMap((entry) => part(entry, undefined)),
  ];
}

/** Gives each of the lives that meet at a fork the continuation that the program has given to it. */
function continueBest(parts: readonly Part[], lives: Map<string, Life>, holderOf: HolderOf): void {
  const before = new Map(parts.map((part) => [part, held(part.head, holderOf)]));
  const after = new Map(parts.map((part) => [part, held(untilNextFork(part.tail), holderOf)]));
  const rows = [...before.values()].flatMap((counts) => [...counts.values()]);
  // Each life goes on with one continuation, whatever it weighs.
  const base = 2 * parts.length * (rows.reduce((sum, count) => sum + count, 0) + 1);
  const weigh = (part: Part, next: Part) =>
    // Among equals, lives stay as the sandbox showed them.
    base + 2 * common(before.get(part), after.get(next)) + (part === next ? 1 : 0);
  const matching = heaviestMatching(
    new Map(
      parts.map((part) => [
        part,
        new Map(
          parts
            .filter((next) => mayGoOnWith(part, next))
            .map((next): [Part, bigint] => [next, BigInt(weigh(part, next))]),
        ),
      ]),
    ),
  );
  for (const part of parts) lives.set(part.owner, [...part.head, ...(matching.get(part)?.tail ?? [])]);
}

/** Whether the truth leaves open that a life goes on as another one did. */
function mayGoOnWith(part: Part, other: Part): boolean {
  if (part === other) return true;
  // A life may have ended if another one, which has ended, may have gone on instead.
  const [form, entry] = other.next === undefined ? [part.next, other.entry] : [other.next, part.entry];
  return form?.mayContinue.includes(entry) ?? false;
}

/** The part of a life that no other fork divides. */
function untilNextFork(tail: Life): Life {
  const next = tail.findIndex(({ mayContinue }, at) => at > 0 && mayContinue.length > 0);
  return next < 0 ? tail : tail.slice(0, next);
}

/** How many rows of some forms each transaction holds. */
function held(forms: readonly Observation[], holderOf: HolderOf): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { account, status, seen } of forms) {
    for (const { response, position } of seen) {
      const holder = holderOf({ account, status, response, position });
      if (holder !== undefined) counts.set(holder, (counts.get(holder) ?? 0) + 1);
    }
  }
  return counts;
}

/** How many rows two parts of a life have in the same transactions. */
function common(
  before: ReadonlyMap<string, number> | undefined,
  after: ReadonlyMap<string, number> | undefined,
): number {
  let rows = 0;
  for (const [holder, count] of before ?? []) rows += Math.min(count, after?.get(holder) ?? 0);
  return rows;
}
