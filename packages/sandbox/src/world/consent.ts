import type { SandboxAccount } from "../banks/index.ts";

/** A consent that waits for its person, as a service hands it to the consent page. */
export interface WaitingConsent {
  /** The bank's name. */
  bank: string;
  /** The accounts that the person can pick. */
  accounts: readonly SandboxAccount[];
  /** What the application may read, and for how many days; transactions reach back this many days. */
  scopes: readonly string[];
  accessDays: number;
  historyDays: number;
  /** The person sees the page. */
  opened: () => void;
  /** The person agrees, for these accounts by their index. Returns where the browser goes; null for nowhere. */
  agree: (picked: readonly number[]) => string | null;
  /** The person turns back. Returns where the browser goes; null for nowhere. */
  cancel: () => string | null;
}

/** A reconfirmation that waits for its person, as a service hands it to the reconfirmation page. */
export interface WaitingReconfirmation {
  /** The accounts that are still to be decided on. */
  accounts: readonly { id: string; name: string; iban: string | null }[];
  opened: () => void;
  /** The person confirms these accounts by their id, and no others. Returns where the browser goes; null for nowhere. */
  confirm: (picked: readonly string[]) => string | null;
}

/** Finds what the link of a page stands for, or returns a sentence that says why it cannot be used. */
export type Find<Waiting> = (id: string) => Waiting | string;
