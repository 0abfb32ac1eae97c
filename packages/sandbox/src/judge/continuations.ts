import type { Observation, TrueTransaction } from "../banks/index.ts";
import { heaviestMatching } from "./heaviest-matching.ts";
import type { Group, Shown, ShownRow } from "./shown-rows.ts";

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
 * The truth in the version that fits the program best. If it leaves open which of some entries became which
 * (`mayContinue`), their further lives are exchanged from there on, provided that the program has exchanged them.
 *
 * @param holders the transaction of the program that holds each row that it gave
 * @returns the truth itself if nothing is open
 */
export function bestContinuation(
  truth: readonly TrueTransaction[],
  shown: Shown,
  holders: ReadonlyMap<ShownRow, string>,
): readonly TrueTransaction[] {
  const forks = forksOf(truth);
  if (forks.length === 0) return truth;
  const lives = new Lives(truth);
  const rows = new HeldRows(shown, holders);
  for (const fork of forks) continueBest(partsOf(fork, lives), lives, rows);
  return truth.map((entry) => ({ ...entry, observed: lives.of(entry.id) }));
}

/** The lives in the version that fits the program best so far. */
class Lives {
  readonly #lives: Map<string, Life>;
  readonly #owners = new Map<Observation, string>();
  readonly #lastForms: ReadonlyMap<string, Observation | undefined>;

  constructor(truth: readonly TrueTransaction[]) {
    this.#lives = new Map(truth.map(({ id, observed }) => [id, [...observed]]));
    this.#lastForms = new Map(truth.map(({ id, observed }) => [id, observed.at(-1)]));
    for (const [id, life] of this.#lives) for (const form of life) this.#owners.set(form, id);
  }

  of(id: string): Life {
    return this.#lives.get(id) ?? [];
  }

  /** The entry whose life a form belongs to. A life that was exchanged at an earlier fork has the forms of another one. */
  ownerOf(form: Observation): string | undefined {
    return this.#owners.get(form);
  }

  /** The last form in which the sandbox showed an entry. */
  lastFormOf(id: string): Observation | undefined {
    return this.#lastForms.get(id);
  }

  /** Lets a life go on with another tail. */
  continue({ owner, head }: Part, tail: Life): void {
    this.#lives.set(owner, [...head, ...tail]);
    for (const form of tail) this.#owners.set(form, owner);
  }
}

/** The open forms by the response that showed them first, oldest first. */
function forksOf(truth: readonly TrueTransaction[]): Open[][] {
  const forks = new Map<string, Open[]>();
  const accounts = accountsOf(truth);
  for (const { id: entry, observed } of truth) {
    for (const form of observed) {
      if (form.mayContinue.length === 0) continue;
      const order = [accounts.indexOf(form.account), form.seen[0]?.response ?? 0];
      // An earlier account id may be asked again after a reconnection.
      const key = [form.on, ...order.map((part) => String(part).padStart(9, "0"))].join(" ");
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

function partsOf(fork: readonly Open[], lives: Lives): Part[] {
  const part = (entry: string, next: Observation | undefined): Part[] => {
    const form = next ?? lives.lastFormOf(entry);
    const owner = form === undefined ? undefined : lives.ownerOf(form);
    if (form === undefined || owner === undefined) return [];
    const life = lives.of(owner);
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
function continueBest(parts: readonly Part[], lives: Lives, held: HeldRows): void {
  const before = new Map(parts.map((part) => [part, held.of(part.head)]));
  const after = new Map(parts.map((part) => [part, held.of(untilNextFork(part.tail))]));
  const most = [...before.values()].reduce(
    (sum, { all }) => [...all.values()].reduce((a, b) => a + b, sum),
    0,
  );
  const above = BigInt(2 * parts.length * (most + 1));
  const weigh = (part: Part, next: Part) => {
    const [head, tail] = [before.get(part), after.get(next)];
    // Each life goes on with one continuation, whatever it weighs. Rows that may as well be those of another life count
    // less than its own ones, and among equals lives stay as the sandbox showed them.
    const ranks = [1, common(head?.all, tail?.all), common(head?.own, tail?.all), part === next ? 1 : 0];
    return ranks.reduce((weight, rank) => weight * above + BigInt(rank), 0n);
  };
  const matching = heaviestMatching(
    new Map(
      parts.map((part) => [
        part,
        new Map(
          parts
            .filter((next) => mayGoOnWith(part, next))
            .map((next): [Part, bigint] => [next, weigh(part, next)]),
        ),
      ]),
    ),
  );
  for (const part of parts) {
    const next = matching.get(part);
    if (next !== part) lives.continue(part, next?.tail ?? []);
  }
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
interface Held {
  /** At most: of rows that nobody can tell apart, any may be those of the forms. */
  all: Map<string, number>;
  /** Without those that may as well belong to other entries. */
  own: Map<string, number>;
}

/** Tells which transactions hold the rows of some forms. */
class HeldRows {
  readonly #shown: Shown;
  readonly #holders: ReadonlyMap<ShownRow, string>;
  /** How many rows of a group that several entries share each transaction holds. */
  readonly #shared = new Map<Group, Map<string, number>>();

  constructor(shown: Shown, holders: ReadonlyMap<ShownRow, string>) {
    this.#shown = shown;
    this.#holders = holders;
    for (const [{ group }, holder] of holders) {
      if (group.labels.size < 2) continue;
      const counts = this.#shared.get(group) ?? new Map<string, number>();
      this.#shared.set(group, counts);
      add(counts, holder, 1);
    }
  }

  of(forms: readonly Observation[]): Held {
    const held: Held = { all: new Map(), own: new Map() };
    for (const { account, status, seen } of forms) {
      const groups = new Map<Group, number>();
      for (const { response, position } of seen) {
        const row = this.#shown.find({ account, status, response, position });
        if (row === undefined) continue;
        const holder = this.#holders.get(row);
        if (this.#shared.has(row.group)) groups.set(row.group, (groups.get(row.group) ?? 0) + 1);
        else if (holder !== undefined) for (const counts of [held.all, held.own]) add(counts, holder, 1);
      }
      for (const [group, rows] of groups)
        for (const [holder, count] of this.#shared.get(group) ?? [])
          add(held.all, holder, Math.min(rows, count));
    }
    return held;
  }
}

function add(counts: Map<string, number>, holder: string, rows: number): void {
  counts.set(holder, (counts.get(holder) ?? 0) + rows);
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
