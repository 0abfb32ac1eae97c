import { EXIT } from "./exit.ts";
import { note } from "./output.ts";
import { line } from "./printable.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Tells the person that something of a list could not be understood.
 *
 * @param word what one of them is called, and several
 * @returns the exit code, which says as well that this is not all
 */
export function noteUnreadable(
  terminal: Terminal,
  count: number,
  [one, several]: readonly [string, string],
  exitCode: number = EXIT.done,
): number {
  if (count === 0) return exitCode;
  const what =
    count === 1
      ? `1 ${one} could not be understood and is`
      : `${count} ${several} could not be understood and are`;
  note(terminal, line`${what} left out here.`);
  return exitCode === EXIT.done ? EXIT.partly : exitCode;
}
