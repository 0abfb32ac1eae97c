/**
 * The world that the stand-in services share: the banks, the people's accounts at them, the clock, the ids that are
 * given out; beside it faults, limits and the file that keeps it all. It knows no service and no wire format.
 */
import { accountsAt, banks, type SandboxAccount, type SandboxBank } from "../banks/index.ts";
import { hashOf } from "../banks/random.ts";
import type { SandboxClock } from "./clock.ts";

/** How much there is in a world. */
export interface WorldSize {
  /** How many accounts a person has at each bank; undefined for the usual two. */
  accountsPerBank?: number | undefined;
  /** How many purchases an account has a day; undefined for a person's usual life. */
  transactionsPerDay?: number | undefined;
}

/** What every service of a sandbox sees. */
export class World {
  readonly clock: SandboxClock;
  readonly seed: number;
  readonly size: WorldSize;
  readonly banks: ReadonlyMap<string, SandboxBank> = new Map(banks.map((bank) => [bank.id, bank]));
  /** How many ids were given out. */
  made = 0;

  constructor(clock: SandboxClock, seed: number, size: WorldSize = {}) {
    this.clock = clock;
    this.seed = seed;
    this.size = size;
  }

  /** The accounts that a person has at a bank; none at a bank that there is not. */
  accountsAt(bankId: string): SandboxAccount[] {
    const bank = this.banks.get(bankId);
    const { accountsPerBank: count, transactionsPerDay } = this.size;
    return bank === undefined ? [] : accountsAt(bank, { seed: this.seed, count, transactionsPerDay });
  }

  /** An id that nothing else has; the same in every run with the same seed and the same order of requests. */
  newId(): string {
    this.made += 1;
    const hex = [1, 2, 3, 4]
      .map((part) => hashOf(this.seed, "id", this.made, part).toString(16).padStart(8, "0"))
      .join("");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }
}
