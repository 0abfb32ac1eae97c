import type { Bank, BankProvider } from "bankdata-core/bank";
import { banksMatching, banksOf, pickedBank } from "../connect/banks.ts";
import type { Session } from "../session/session.ts";
import { isForProgram, note, printList, printTable } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { command } from "../ui/shell-command.ts";
import { row } from "../ui/table.ts";
import { asTyped, isInteractive } from "../ui/terminal.ts";
import { noteUnreadableItems } from "../ui/unreadable.ts";

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
  const { provider, terminal, options } = session;
  const { items: all, unreadable } = await banksOf(session, country);
  const exitCode = noteUnreadableItems(terminal, unreadable);
  const found = search === undefined ? all : banksMatching(search, all);
  if (country === undefined && search === undefined && isInteractive(terminal)) {
    const picked = await pickedBank(session, all);
    printBanks(session, [picked]);
    const connecting = asTyped(command`bankdata connect ${picked.id}`, options);
    note(terminal, line`Connect it with: `, connecting);
    return exitCode;
  }
  const items = isForProgram(options) ? found.map((bank) => bankItem(bank, provider)) : [];
  printList(terminal, options, items, () => printBanks(session, found));
  if (found.length === 0 && !isForProgram(options)) note(terminal, line`No matching banks.`);
  return exitCode;
}

/** A bank as `--json` prints it. */
function bankItem(bank: Bank, provider: BankProvider) {
  const { raw, ...members } = bank;
  const { historyDays, continuousHistoryDays, consentDays } = provider.limitsOf(bank);
  const { id: bankId, name: bankName, ...others } = members;
  return { bankId, bankName, ...others, historyDays, continuousHistoryDays, consentDays, raw };
}

function printBanks({ provider, terminal }: Session, list: readonly Bank[]): void {
  printTable(
    terminal,
    [
      { title: line`Name`, flexible: true, least: 14 },
      { title: line`Id` },
      { title: line`BIC`, drop: 2 },
      { title: line`History`, align: "right", drop: 4 },
      { title: line`Access`, align: "right", drop: 3 },
      { title: line`Features`, flexible: true, least: 16, drop: 1 },
    ],
    list.map((bank) => {
      const { historyDays, consentDays } = provider.limitsOf(bank);
      return row(
        bank.name,
        bank.id,
        bank.bic,
        historyDays === null ? "" : `${historyDays} d`,
        `${consentDays} d`,
        bank.features.map((feature) => feature.replaceAll("_", " ")).join(", "),
      );
    }),
  );
}
