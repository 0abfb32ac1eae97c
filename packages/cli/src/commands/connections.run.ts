import type { ConnectionListing } from "bankdata-core/bank";
import { bankNames } from "../accounts/bank-names.ts";
import {
  accessOf,
  type KnownConnection,
  mustBeRenewed,
  warnOfEnd,
  warnOfLostAccess,
} from "../accounts/lost-access.ts";
import { connectionFields, daysLeft } from "../connect/items.ts";
import type { Session } from "../session/session.ts";
import { accessInWords } from "../ui/connection-words.ts";
import { EXIT } from "../ui/exit.ts";
import { explain } from "../ui/failure.ts";
import { isForProgram, note, printList, printTable, warn } from "../ui/output.ts";
import { line, type Printable } from "../ui/printable.ts";
import { row } from "../ui/table.ts";
import { asTyped } from "../ui/terminal.ts";
import { noteUnreadableItems } from "../ui/unreadable.ts";

/** Warnings about the end of a consent begin this number of days before it. */
const WARNING_DAYS = 14;

/**
 * Lists every connection: its bank, its state in words, its accounts, the days left, and how to renew it.
 *
 * @returns the exit code
 */
export async function connections(session: Session): Promise<number> {
  const { provider, terminal, options, now } = session;
  const listing = await provider.connections();
  const exitCode = noteMissing(session, listing);
  const names = await bankNames(session, listing.items);
  const all = await Promise.all(
    listing.items.map(async (connection) => ({
      connection,
      access: await accessOf(session, connection),
      bankName: connection.bankId === null ? null : (names.get(connection.bankId) ?? connection.bankId),
    })),
  );
  const items = all.map(({ connection, access, bankName }) => ({
    ...connectionFields(session, connection, bankName, access),
    raw: connection.raw,
  }));
  printList(terminal, options, items, () => printConnections(session, all));
  const mayEnd = all.some((one) => mustBeRenewed(one, now())) ? EXIT.renew : EXIT.done;
  const code = exitCode === EXIT.done ? mayEnd : exitCode;
  if (isForProgram(options)) return code;
  if (all.length === 0 && exitCode === EXIT.done)
    note(terminal, line`No bank is connected. Connect one with: `, asTyped(line`bankdata connect`, options));
  for (const one of all) {
    warnOfLostAccess(session, one);
    const days = daysLeft(one.connection, now());
    const isSoon = days !== undefined && days <= WARNING_DAYS && !mustBeRenewed(one, now());
    if (isSoon) warnOfEnd(session, { ...one, days });
  }
  return code;
}

/** Notes what is missing from the list, and why the end of access is unknown. @returns the exit code */
function noteMissing({ terminal }: Session, listing: ConnectionListing): number {
  for (const problem of listing.problems)
    warn(terminal, explain(problem, { name: line`Could not find out when access ends` }).message);
  return noteUnreadableItems(terminal, listing.unreadable);
}

function printConnections({ terminal, now }: Session, all: readonly KnownConnection[]): void {
  printTable(
    terminal,
    [
      { title: line`Reference`, flexible: true, least: 14 },
      { title: line`Bank`, flexible: true, least: 10, drop: 2 },
      { title: line`Status`, flexible: true, least: 21, short: shortAccess },
      { title: line`Accounts`, align: "right", drop: 1 },
      { title: line`Days left`, align: "right" },
    ],
    all.map(({ connection, access, bankName }) => {
      const isActive = access.state === "active";
      return row(
        connection.reference ?? connection.id,
        bankName,
        accessInWords(connection, access, now()),
        String(connection.accountHandles.length),
        isActive ? daysLeft(connection, now())?.toString() : "",
      );
    }),
  );
}

/** "1 of 2: consent ended" for "1 of 2 accounts: consent ended". */
function shortAccess(text: Printable): Printable {
  return line`${text.replace(/ accounts?: /, ": ")}`;
}
