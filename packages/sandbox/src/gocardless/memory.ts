import { SandboxClock } from "../world/clock.ts";
import type { StateInMemory } from "../world/shared-state.ts";
import { World } from "../world/state.ts";
import { LimitBook, limitsFrom, type SomeLimits } from "./limits.ts";
import { accountsPerBankFor, populate } from "./populate.ts";
import { restore, type SandboxSnapshot, snapshotOf } from "./state/snapshot.ts";
import { ServiceState } from "./state/state.ts";

/** What the state begins with. A snapshot's seed and size override those given here. */
interface Beginning {
  seed?: number | undefined;
  now?: string | Date | undefined;
  rateLimits?: boolean | SomeLimits | undefined;
  accounts?: number | undefined;
  transactionsPerDay?: number | undefined;
  state?: SandboxSnapshot | undefined;
}

/** The state of a sandbox, which a snapshot can replace at any time. */
export class Memory implements StateInMemory<SandboxSnapshot> {
  readonly state: ServiceState;
  readonly limits: LimitBook;
  readonly #clock: SandboxClock;

  /**
   * @param kept what the state file holds
   * @param origin the origin of the sandbox, for the links of accounts that are linked from the start
   */
  constructor(beginning: Beginning, kept: SandboxSnapshot | undefined, origin: string) {
    const { accounts, now, state: given, rateLimits = true } = beginning;
    const known = given ?? kept;
    this.#clock = new SandboxClock(now);
    const world = new World(this.#clock, known?.seed ?? beginning.seed ?? 1, {
      accountsPerBank:
        known?.accountsPerBank ?? (accounts === undefined ? undefined : accountsPerBankFor(accounts)),
      transactionsPerDay: known?.transactionsPerDay ?? beginning.transactionsPerDay,
    });
    this.state = new ServiceState(world);
    this.limits = new LimitBook(world, limitsFrom(rateLimits));
    if (known !== undefined) restore(this.state, this.limits, known);
    else if (accounts !== undefined) populate(this.state, accounts, origin);
    if (known !== undefined && now === undefined) this.#clock.restore(known.clock);
  }

  readonly snapshot = (): SandboxSnapshot => snapshotOf(this.state, this.limits);

  /** @throws Error if the snapshot is of a sandbox with other banks */
  readonly restore = (snapshot: SandboxSnapshot): void => {
    const { seed, size } = this.state.world;
    if (snapshot.seed !== seed || snapshot.accountsPerBank !== size.accountsPerBank)
      throw new Error("The state file was replaced by that of a sandbox with another seed or size.");
    restore(this.state, this.limits, snapshot);
    this.#clock.restore(snapshot.clock);
  };
}
