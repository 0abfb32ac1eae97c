/** The state of a connection, the same for every provider. */
export type ConnectionState =
  /** It waits for the end user, or for the bank. */
  | "open"
  /** Its accounts can be read. */
  | "active"
  /** The consent has reached its end. */
  | "expired"
  /** The provider stopped it, after failures. */
  | "suspended"
  /** The end user, the bank or the client ended it before its time. */
  | "ended"
  /** The end user or the bank refused it, or it failed. */
  | "failed"
  /** The provider sent an unrecognised state. */
  | "unknown";

/** What an open connection waits for, or how a failed one failed. */
export type ConnectionStage =
  /** The end user has not opened the link yet. */
  | "link"
  /** The end user has not agreed yet. */
  | "consent"
  /** The end user has not logged in at the bank yet. */
  | "login"
  /** The end user has not picked accounts yet. */
  | "accounts"
  /** The bank has not granted access yet. */
  | "granting"
  /** The end user or the bank refused. */
  | "refused"
  /** The end user could not be identified. */
  | "unverified";

/** What the end user has allowed. */
export interface Consent {
  /** When the end user agreed; null if they have not yet, or if unknown. */
  readonly grantedAt: Date | null;
  /** When access ends, unless it is ended before; null if unknown. */
  readonly validUntil: Date | null;
  /** Days of history that it covers; null if unknown, or if the provider has no such limit. */
  readonly historyDays: number | null;
}

/** An end user's connection to a bank, which gives access to accounts until its consent ends. */
export interface Connection {
  /** The provider's id for it. */
  readonly id: string;
  /** Our own name for it, given when it was started; null if it has none. */
  readonly reference: string | null;
  /** The bank's id; null if the provider does not say. */
  readonly bankId: string | null;
  /** As the provider reports it; `stateAt` also considers whether the consent has ended. */
  readonly state: ConnectionState;
  /** Null in other states, and if the provider does not say. */
  readonly stage: ConnectionStage | null;
  /** The provider's own word for the state, such as `LN` or `AUTHORIZED`; null if it sent none. */
  readonly stateAsSent: string | null;
  /** When it was started; null if the provider does not say. */
  readonly createdAt: Date | null;
  /** What the end user allowed, and until when; each field is null until they have agreed, or if unknown. */
  readonly consent: Consent;
  /** The handles of its accounts. */
  readonly accountHandles: readonly string[];
  /** Everything the provider sent about it. */
  readonly raw: unknown;
}

/**
 * The state of a connection at a moment: a consent that is past its end is expired, even if the provider has not noticed.
 *
 * @param now in milliseconds since 1970
 */
export function stateAt(
  { state, consent }: Pick<Connection, "state" | "consent">,
  now: number,
): ConnectionState {
  const isPast = consent.validUntil !== null && consent.validUntil.getTime() <= now;
  return state === "active" && isPast ? "expired" : state;
}
