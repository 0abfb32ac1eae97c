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
  for (const fork of forks) continueBest(fork, lives, holderOf);
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

/** Gives each of the lives that meet at a fork the continuation that the program has given to it. */
function continueBest(fork: readonly Open[], lives: Map<string, Life>, holderOf: HolderOf): void {
  const owners = new Map([...lives].flatMap(([id, life]) => life.map((form) => [form, id] as const)));
  const parts = fork.flatMap(({ entry, form }) => {
    const owner = owners.get(form);
    const life = owner === undefined ? undefined : lives.get(owner);
    if (owner === undefined || life === undefined) return [];
    const at = life.indexOf(form);
    const [head, tail] = [life.slice(0, at), life.slice(at)];
    const next = tail.findIndex((one, index) => index > 0 && one.mayContinue.length > 0);
    const segment = next < 0 ? tail : tail.slice(0, next);
    return [{ owner, entry, form, head, tail, before: held(head, holderOf), after: held(segment, holderOf) }];
  });
  const matching = heaviestMatching(
    new Map(
      parts.map((before) => [
        before,
        new Map(
          parts
            .filter(({ entry, form }) => entry === before.entry || form.mayContinue.includes(before.entry))
            // Among equals, lives stay as the sandbox showed them.
            .map((after) => [
              after,
              BigInt(2 * common(before.before, after.after) + 1) * 2n + (before === after ? 1n : 0n),
            ]),
        ),
      ]),
    ),
  );
  for (const part of parts) lives.set(part.owner, [...part.head, ...(matching.get(part) ?? part).tail]);
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
function common(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): number {
  let rows = 0;
  for (const [holder, count] of before) rows += Math.min(count, after.get(holder) ?? 0);
  return rows;
}
