import type { WaitInfo } from "bankdata-core/base";
import { formatWait } from "./format.ts";
import { note } from "./output.ts";
import { line, type Printable } from "./printable.ts";
import type { Terminal } from "./terminal.ts";

const REASONS: Readonly<Record<WaitInfo["reason"], Printable>> = {
  rateLimit: line`the service allows only so many requests a minute`,
  retry: line`the service cannot respond now`,
  otherProcess: line`another process is asking for the same`,
};

/** A wait that ends this much later than one that was noted is another one, in milliseconds. */
const SAME_WAIT = 2000;

/**
 * Notes each wait on stderr, once, however many requests wait for the same.
 *
 * @param now in milliseconds since 1970
 */
export function waitNotes(terminal: Terminal, now: () => number): (wait: WaitInfo) => void {
  const notedUntil = new Map<WaitInfo["reason"], number>();
  return ({ reason, until }) => {
    const end = until?.getTime() ?? now();
    if (end <= (notedUntil.get(reason) ?? Number.NEGATIVE_INFINITY) + SAME_WAIT) return;
    notedUntil.set(reason, end);
    const time = until === null ? line`` : line` ${formatWait(end - now())}`;
    note(terminal, line`Waiting${time}: ${REASONS[reason]}.`);
  };
}
