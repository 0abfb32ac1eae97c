import { EXIT } from "./exit.ts";
import { counted } from "./format.ts";
import { note } from "./output.ts";
import { line } from "./printable.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Notes that some items of a list could not be understood.
 *
 * @param names what one of them is called, and several
 * @returns the exit code: `EXIT.partly` if some are left out and nothing worse happened
 */
export function noteUnreadable(
  terminal: Terminal,
  count: number,
  [one, several]: readonly [string, string],
  exitCode: number = EXIT.done,
): number {
  if (count === 0) return exitCode;
  const items = counted(count, one, several);
  note(terminal, line`${items} could not be understood and ${count === 1 ? "is" : "are"} left out here.`);
  return exitCode === EXIT.done ? EXIT.partly : exitCode;
}
