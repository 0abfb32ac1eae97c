import { type Institution, longestAccess, longestHistory } from "bankdata-core";
import { banksMatching, banksOf, pickedBank } from "../connect/banks.ts";
import type { Session } from "../session/session.ts";
import { isForProgram, note, printList, printTable } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { command } from "../ui/shell-command.ts";
import { row } from "../ui/table.ts";
import { isInteractive } from "../ui/terminal.ts";
import { noteUnreadable } from "../ui/unreadable.ts";

/**
 * Lists the banks that can be reached; a person who names no country may search them as they type.
 *
 * @returns the exit code
 */
export async function banks(
  session: Session,
  country: string | undefined,
  search: string | undefined,
): Promise<number> {
  const { terminal, options } = session;
  const all = await banksOf(session, country);
  const exitCode = noteUnreadable(terminal, all.unreadable.length, ["bank", "banks"]);
  const found = search === undefined ? all : banksMatching(search, all);
  if (country === undefined && search === undefined && isInteractive(terminal) && !isForProgram(options)) {
    const picked = await pickedBank(session, all);
    printBanks(session, [picked]);
    const connecting = options.sandbox
      ? command`bankdata connect --sandbox ${picked.id}`
      : command`bankdata connect ${picked.id}`;
    note(terminal, line`Connect it with: `, connecting);
    return exitCode;
  }
  printList(terminal, options, found, () => printBanks(session, found));
  if (found.length === 0 && !isForProgram(options)) note(terminal, line`No matching banks.`);
  return exitCode;
}

function printBanks({ terminal }: Session, list: readonly Institution[]): void {
  printTable(
    terminal,
    [
      { title: line`Name`, flexible: true },
      { title: line`Id` },
      { title: line`BIC` },
      { title: line`History`, align: "right" },
      { title: line`Access`, align: "right" },
      { title: line`Features`, flexible: true },
    ],
    list.map((bank) =>
      row(
        bank.name,
        bank.id,
        bank.bic,
        `${longestHistory(bank)} d`,
        `${longestAccess(bank)} d`,
        (bank.supported_features ?? []).map((feature) => feature.replaceAll("_", " ")).join(", "),
      ),
    ),
  );
}
