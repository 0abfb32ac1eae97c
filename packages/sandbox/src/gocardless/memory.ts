import { isDeepStrictEqual } from "node:util";
import type { BankQuirks } from "../world/bank-quirks.ts";
import { SandboxClock } from "../world/clock.ts";
import type { StateInMemory } from "../world/shared-state.ts";
import { World, type WorldSize } from "../world/state.ts";
import { LimitBook, limitsFrom, type SomeLimits } from "./limits.ts";
import { accountsPerBankFor, populate } from "./populate.ts";
import { restore, type SandboxSnapshot, snapshotOf } from "./state/snapshot.ts";
import { ServiceState } from "./state/state.ts";

/** What the state begins with. A snapshot's seed, size and quirks override those given here. */
interface Beginning {
  seed?: number | undefined;
  now?: string | Date | undefined;
  rateLimits?: boolean | SomeLimits | undefined;
  accounts?: number | undefined;
  transactionsPerDay?: number | undefined;
  quirks?: BankQuirks | undefined;
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
    const { accounts, now, state: given, rateLimits = true, seed = 1, transactionsPerDay } = beginning;
    const { quirks = {} } = beginning;
    const known = given ?? kept;
    this.#clock = new SandboxClock(now);
    const accountsPerBank = accounts === undefined ? undefined : accountsPerBankFor(accounts);
    // A size that is absent in a snapshot stands for the usual one, and absent quirks for none that are replaced.
    const size = known === undefined ? { accountsPerBank, transactionsPerDay } : sizeOf(known);
    const world = new World(
      this.#clock,
      known?.seed ?? seed,
      size,
      known === undefined ? quirks : quirksIn(known),
    );
    this.state = new ServiceState(world);
    this.limits = new LimitBook(world, limitsFrom(rateLimits));
    if (known !== undefined) restore(this.state, this.limits, known);
    else if (accounts !== undefined) populate(this.state, accounts, origin);
    if (known !== undefined && now === undefined) this.#clock.restore(known.clock);
  }

  readonly snapshot = (): SandboxSnapshot => snapshotOf(this.state, this.limits);

  /** @throws Error if the snapshot is of a sandbox with other banks */
  readonly restore = (snapshot: SandboxSnapshot): void => {
    const { seed, size, quirks } = this.state.world;
    const same =
      snapshot.seed === seed &&
      isDeepStrictEqual(sizeOf(snapshot), sizeOf(size)) &&
      isDeepStrictEqual(quirksIn(snapshot), quirks);
    if (!same)
      throw new Error("The state file was replaced by that of a sandbox with another seed, size or quirks.");
    restore(this.state, this.limits, snapshot);
    this.#clock.restore(snapshot.clock);
  };
}

function sizeOf({ accountsPerBank, transactionsPerDay }: WorldSize): WorldSize {
  return { accountsPerBank, transactionsPerDay };
}

function quirksIn({ quirks = {} }: SandboxSnapshot): BankQuirks {
  return quirks;
}
