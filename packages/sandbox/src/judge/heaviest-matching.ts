/** The weights of the pairs that one node on the left can be part of; all are above 0. */
export type Weights<Right> = ReadonlyMap<Right, bigint>;

/**
 * The one-to-one matching with the greatest sum of weights: shortest augmenting paths with potentials, as in the
 * algorithm of Jonker and Volgenant, on the pairs that exist. Among equals, the order of the nodes decides.
 *
 * @returns the partner of each matched node on the left
 */
export function heaviestMatching<Left, Right>(pairs: ReadonlyMap<Left, Weights<Right>>): Map<Left, Right> {
  const matching = new Matching(pairs);
  for (const left of pairs.keys()) matching.add(left);
  return matching.partners();
}

/** A node on the left that a path has reached, and how far it is from the start. */
interface Reached<Left> {
  left: Left;
  distance: bigint;
}

/** The shortest known way to a node on the right. */
interface Way<Left> {
  from: Left;
  distance: bigint;
}

/**
 * The slack of a pair is the sum of its potentials less its weight. It is never negative, and 0 for matched pairs. A node
 * on the left that stays alone has the slack of its potential.
 */
class Matching<Left, Right> {
  readonly #pairs: ReadonlyMap<Left, Weights<Right>>;
  readonly #leftPotential = new Map<Left, bigint>();
  readonly #rightPotential = new Map<Right, bigint>();
  readonly #leftOf = new Map<Right, Left>();
  readonly #rightOf = new Map<Left, Right>();

  constructor(pairs: ReadonlyMap<Left, Weights<Right>>) {
    this.#pairs = pairs;
  }

  partners(): Map<Left, Right> {
    return this.#rightOf;
  }

  /** Adds a node on the left, on the shortest way to a free partner, or to a node that then stays alone. */
  add(start: Left): void {
    let potential = 0n;
    for (const weight of this.#pairs.get(start)?.values() ?? []) if (weight > potential) potential = weight;
    this.#leftPotential.set(start, potential);

    const open = new Map<Right, Way<Left>>();
    const closed = new Map<Right, Way<Left>>();
    const reached: Reached<Left>[] = [{ left: start, distance: 0n }];
    let alone = { left: start, distance: potential };
    let newest = { left: start, distance: 0n };
    for (;;) {
      this.#look(newest, open, closed);
      const next = nearest(open);
      if (next === undefined || alone.distance < next[1].distance) {
        this.#settle(reached, closed, alone.distance);
        this.#exchange(alone.left, closed);
        return;
      }
      const [right, way] = next;
      open.delete(right);
      closed.set(right, way);
      const left = this.#leftOf.get(right);
      if (left === undefined) {
        this.#settle(reached, closed, way.distance);
        this.#give(right, way, closed);
        return;
      }
      newest = { left, distance: way.distance };
      reached.push(newest);
      const end = way.distance + (this.#leftPotential.get(left) ?? 0n);
      if (end < alone.distance) alone = { left, distance: end };
    }
  }

  /** Notes the ways that lead on from a node on the left. */
  #look({ left, distance }: Reached<Left>, open: Map<Right, Way<Left>>, closed: Map<Right, Way<Left>>): void {
    const base = distance + (this.#leftPotential.get(left) ?? 0n);
    for (const [right, weight] of this.#pairs.get(left) ?? []) {
      if (closed.has(right)) continue;
      const length = base + (this.#rightPotential.get(right) ?? 0n) - weight;
      const known = open.get(right);
      if (known === undefined || length < known.distance) open.set(right, { from: left, distance: length });
    }
  }

  /** Changes the potentials so that every pair on the way has no slack. */
  #settle(reached: readonly Reached<Left>[], closed: ReadonlyMap<Right, Way<Left>>, end: bigint): void {
    for (const { left, distance } of reached)
      this.#leftPotential.set(left, (this.#leftPotential.get(left) ?? 0n) - (end - distance));
    for (const [right, { distance }] of closed)
      this.#rightPotential.set(right, (this.#rightPotential.get(right) ?? 0n) + (end - distance));
  }

  /** Leaves a node alone, whose partner goes to the node before it on the way. */
  #exchange(left: Left, closed: ReadonlyMap<Right, Way<Left>>): void {
    const right = this.#rightOf.get(left);
    this.#rightOf.delete(left);
    const way = right === undefined ? undefined : closed.get(right);
    if (right !== undefined && way !== undefined) this.#give(right, way, closed);
  }

  /** Gives a free partner to the node before it on the way, whose partner becomes free, and so on. */
  #give(free: Right, way: Way<Left>, closed: ReadonlyMap<Right, Way<Left>>): void {
    let right = free;
    let left = way.from;
    for (;;) {
      const before = this.#rightOf.get(left);
      this.#rightOf.set(left, right);
      this.#leftOf.set(right, left);
      const previous = before === undefined ? undefined : closed.get(before);
      if (before === undefined || previous === undefined) return;
      right = before;
      left = previous.from;
    }
  }
}

function nearest<Left, Right>(open: ReadonlyMap<Right, Way<Left>>): [Right, Way<Left>] | undefined {
  let best: [Right, Way<Left>] | undefined;
  for (const one of open) if (best === undefined || one[1].distance < best[1].distance) best = one;
  return best;
}
