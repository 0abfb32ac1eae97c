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

/**
 * Notes each wait on stderr.
 *
 * @param now in milliseconds since 1970
 */
export function waitNotes(terminal: Terminal, now: () => number): (wait: WaitInfo) => void {
  return ({ reason, until }) => {
    const time = until === null ? line`` : line` ${formatWait(until.getTime() - now())}`;
    note(terminal, line`Waiting${time}: ${REASONS[reason]}.`);
  };
}
