/** A wait before a call can go on. */
export interface WaitInfo {
  /**
   * `rateLimit`: a general limit of the service is used up. `retry`: the service failed, or asked for a pause.
   * `otherProcess`: another process is sending the same request, whose response this one will use.
   */
  readonly reason: "rateLimit" | "retry" | "otherProcess";
  /** When it is expected to end, by the client's clock; null if unknown. */
  readonly until: Date | null;
}

/** A wait of at most this length is not reported, in milliseconds. */
export const UNREPORTED_WAIT = 2000;
