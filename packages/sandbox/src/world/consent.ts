import type { SandboxAccount } from "../banks/index.ts";

/** A consent that waits for the end user, as a service passes it to the consent page. */
export interface WaitingConsent {
  /** The bank's name. */
  bank: string;
  /** The accounts that the end user can pick. */
  accounts: readonly SandboxAccount[];
  /** What the application may read. */
  scopes: readonly string[];
  /** For how many days it may read. */
  accessDays: number;
  /** How many days back transactions reach. */
  historyDays: number;
  /** Called when the end user opens the page. */
  opened: () => void;
  /**
   * Called when the end user agrees, with the index of each picked account. Returns the redirect, or null if there is
   * none.
   */
  agree: (picked: readonly number[]) => string | null;
  /** Called when the end user cancels. Returns the redirect, or null if there is none. */
  cancel: () => string | null;
}

/** A reconfirmation that waits for the end user, as a service passes it to the reconfirmation page. */
export interface WaitingReconfirmation {
  /** The accounts that the end user has not decided on yet. */
  accounts: readonly { id: string; name: string; iban: string | null }[];
  /** Called when the end user opens the page. */
  opened: () => void;
  /**
   * Called with the ids that the end user confirms; all others are rejected. Returns the redirect, or null if there is
   * none.
   */
  confirm: (picked: readonly string[]) => string | null;
}

/** A link that cannot be used. */
export interface UnusableLink {
  /** Sentences that say why, and what to do instead. */
  reason: string;
  /** The address at the application that the page leads back to; null for none. */
  back: string | null;
}

/** Finds what a page's link refers to. */
export type Find<Waiting extends object> = (id: string) => Waiting | UnusableLink;
