import { type Institution, type Institutions, longestAccess, longestHistory } from "bankdata-core";
import { closest } from "../config/closest.ts";
import type { Session } from "../session.ts";
import { CommandFailure, EXIT } from "../ui/failure.ts";
import { counted } from "../ui/format.ts";
import { isForProgram, note, printList, printTable } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { withProgress } from "../ui/progress.ts";
import { command } from "../ui/shell-command.ts";
import { row } from "../ui/table.ts";
import { isInteractive } from "../ui/terminal.ts";
import { tellUnreadable } from "../ui/unreadable.ts";

/**
 * Lists the banks that can be reached; a person who names no country may search them as they type.
 *
 * @returns the exit code
 */
export async function banks(
  session: Session,
  country: string | undefined,
  { search }: { search?: string | undefined },
): Promise<number> {
  const { terminal, options } = session;
  const all = await banksOf(session, country);
  const exitCode = tellUnreadable(terminal, all.unreadable.length, ["bank", "banks"]);
  const wanted = search === undefined ? undefined : folded(search);
  const found = wanted === undefined ? all : all.filter((bank) => folded(searchable(bank)).includes(wanted));
  if (country === undefined && search === undefined && isInteractive(terminal) && !isForProgram(options)) {
    const { pickBank } = await import("../ui/prompts.ts");
    const picked = await pickBank(terminal, all);
    printBanks(session, [picked]);
    const connecting = options.sandbox
      ? command`bankdata connect --sandbox ${picked.id}`
      : command`bankdata connect ${picked.id}`;
    note(terminal, line`Connect it with: `, connecting);
    return exitCode;
  }
  printList(terminal, options, found, () => printBanks(session, found));
  if (found.length === 0 && !isForProgram(options)) note(terminal, line`No bank fits.`);
  return exitCode;
}

/** The banks of a country, or all. */
export async function banksOf({ client, terminal }: Session, country?: string): Promise<Institutions> {
  return await withProgress(terminal, line`Reading the list of banks`, () =>
    client.getInstitutions(country === undefined ? {} : { country }),
  );
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

function searchable({ id, name, bic }: Institution): string {
  return `${name} ${id} ${bic ?? ""}`;
}

/** In small letters and without accents, as people type. */
function folded(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/**
 * The bank that a person means: by its id, or by its name where that is one bank's alone.
 *
 * @throws CommandFailure where it is none, or one of several
 */
export function bankCalled(name: string, all: readonly Institution[]): Institution {
  const wanted = folded(name);
  const exact = all.filter((bank) => folded(bank.id) === wanted || folded(bank.name) === wanted);
  const near = exact.length > 0 ? exact : all.filter((bank) => folded(searchable(bank)).includes(wanted));
  const [only] = near;
  if (only !== undefined && near.length === 1) return only;
  if (near.length > 1) {
    const candidates = near.slice(0, 10).map((bank) => line`${bank.id}  ${bank.name}`);
    if (near.length > 10) candidates.push(line`and ${counted(near.length - 10, "more bank")}`);
    throw new CommandFailure(
      line`"${name}" may be any of these:`,
      EXIT.usage,
      line`bankdata connect with one of these ids`,
      { candidates },
    );
  }
  const meant = closest(
    name,
    all.flatMap((bank) => [bank.id, bank.name]),
  );
  throw new CommandFailure(
    line`No bank is called "${name}".${meant === undefined ? "" : ` Did you mean ${meant}?`}`,
    EXIT.usage,
    line`bankdata banks --search TEXT`,
  );
}
