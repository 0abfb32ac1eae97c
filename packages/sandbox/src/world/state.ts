/**
 * The world that all simulated services share: the banks, the accounts at them, the clock and the ids. Its folder also
 * holds faults, limits and the state file. Nothing here depends on a service or its wire format.
 */
import { accountsAt, banks, type SandboxAccount, type SandboxBank } from "../banks/index.ts";
import { hashOf } from "../banks/random.ts";
import type { BankQuirks } from "./bank-quirks.ts";
import type { SandboxClock } from "./clock.ts";

/** The size of a world. */
export interface WorldSize {
  /** How many accounts the end user has at each bank. @default 2 */
  accountsPerBank?: number | undefined;
  /** How many purchases each account has a day. @default from 0 to 3, drawn for each day */
  transactionsPerDay?: number | undefined;
}

/** The state that every service of a sandbox shares. */
export class World {
  readonly clock: SandboxClock;
  readonly seed: number;
  readonly size: WorldSize;
  readonly quirks: BankQuirks;
  readonly banks: ReadonlyMap<string, SandboxBank>;
  /** How many ids have been generated. */
  made = 0;

  constructor(clock: SandboxClock, seed: number, size: WorldSize = {}, quirks: BankQuirks = {}) {
    this.clock = clock;
    this.seed = seed;
    this.size = size;
    this.quirks = quirks;
    this.banks = new Map(banks.map((bank) => [bank.id, withQuirks(bank, quirks[bank.id])]));
  }

  /** The end user's accounts at a bank; none if the bank is unknown. */
  accountsAt(bankId: string): SandboxAccount[] {
    const bank = this.banks.get(bankId);
    const { accountsPerBank: count, transactionsPerDay } = this.size;
    return bank === undefined ? [] : accountsAt(bank, { seed: this.seed, count, transactionsPerDay });
  }

  /** A new unique id; the same in every run with the same seed and the same order of requests. */
  newId(): string {
    this.made += 1;
    const hex = [1, 2, 3, 4]
      .map((part) => hashOf(this.seed, "id", this.made, part).toString(16).padStart(8, "0"))
      .join("");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }
}

function withQuirks(bank: SandboxBank, quirks: SandboxBank["quirks"]): SandboxBank {
  return quirks === undefined ? bank : { ...bank, quirks };
}
