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

/** A wait that ends this much later than one that was reported is another one, in milliseconds. */
const SAME_WAIT = 2000;

/**
 * Passes each wait on once, however many requests wait for the same.
 *
 * @param now in milliseconds since 1970
 */
export function onceForAll(onWait: (wait: WaitInfo) => void, now: () => number): (wait: WaitInfo) => void {
  const reportedUntil = new Map<WaitInfo["reason"], number>();
  return (wait) => {
    const { reason, until } = wait;
    const end = until?.getTime() ?? now();
    if (end <= (reportedUntil.get(reason) ?? Number.NEGATIVE_INFINITY) + SAME_WAIT) return;
    reportedUntil.set(reason, end);
    onWait(wait);
  };
}
