import type { UnreadableItem } from "bankdata-core/bank";
import { EXIT } from "./exit.ts";
import { counted } from "./format.ts";
import { warn } from "./output.ts";
import { line } from "./printable.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Notes that some items of a list could not be understood.
 *
 * @param names the noun for one of them, and for several
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
  warn(terminal, line`${items} could not be understood and ${count === 1 ? "is" : "are"} left out here.`);
  return exitCode === EXIT.done ? EXIT.partly : exitCode;
}

/** The noun for one item and for several, in the order in which they are noted. */
const NAMES: Readonly<Record<UnreadableItem["kind"], readonly [string, string]>> = {
  bank: ["bank", "banks"],
  connection: ["connection", "connections"],
  consent: ["consent", "consents"],
  account: ["account", "accounts"],
  balance: ["balance", "balances"],
};

/**
 * Notes the items of several lists that could not be understood, kind by kind.
 *
 * @returns the exit code, as `noteUnreadable` does
 */
export function noteUnreadableItems(
  terminal: Terminal,
  unreadable: readonly UnreadableItem[],
  before: number = EXIT.done,
): number {
  return Object.entries(NAMES).reduce((exitCode, [kind, names]) => {
    const count = unreadable.filter((item) => item.kind === kind).length;
    return noteUnreadable(terminal, count, names, exitCode);
  }, before);
}
