import { type Connection, type ConnectionListing, type ConnectionState, stateAt } from "bankdata-core/bank";
import { BankDataError } from "bankdata-core/base";
import { connectionFields, daysLeft } from "../connect/items.ts";
import type { Session } from "../session/session.ts";
import { renewCommand, typeableReference } from "../ui/connection-reference.ts";
import { connectionInWords } from "../ui/connection-words.ts";
import { EXIT } from "../ui/exit.ts";
import { explain } from "../ui/failure.ts";
import { counted } from "../ui/format.ts";
import { isForProgram, note, printList, printTable, warn } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { row } from "../ui/table.ts";
import { asTyped, styled } from "../ui/terminal.ts";
import { noteUnreadableItems } from "../ui/unreadable.ts";

/** Warnings about the end of a consent begin this number of days before it. */
const WARNING_DAYS = 14;

/** The warnings about connections that must be renewed. */
const USELESS: Readonly<Partial<Record<ConnectionState, string>>> = {
  expired: "has ended",
  ended: "has ended",
  suspended: "has been suspended",
};

/** A connection, and the name of its bank. */
interface NamedConnection {
  connection: Connection;
  /** Null if the bank is unknown. */
  bankName: string | null;
}

/**
 * Lists every connection: its bank, its state in words, its accounts, the days left, and how to renew it.
 *
 * @returns the exit code
 */
export async function connections(session: Session): Promise<number> {
  const { provider, terminal, options } = session;
  const listing = await provider.connections();
  const exitCode = noteMissing(session, listing);
  const names = await bankNames(session, listing.items);
  const all = listing.items.map((connection) => ({
    connection,
    bankName: connection.bankId === null ? null : (names.get(connection.bankId) ?? connection.bankId),
  }));
  const items = all.map(({ connection, bankName }) => ({
    ...connectionFields(session, connection, bankName),
    raw: connection.raw,
  }));
  printList(terminal, options, items, () => printConnections(session, all));
  if (isForProgram(options)) return exitCode;
  if (all.length === 0 && exitCode === EXIT.done)
    note(terminal, line`No bank is connected. Connect one with: `, asTyped(line`bankdata connect`, options));
  for (const one of all) warnOfEnd(session, one);
  return exitCode;
}

/** Notes what is missing from the list, and why the end of access is unknown. @returns the exit code */
function noteMissing({ terminal }: Session, listing: ConnectionListing): number {
  for (const problem of listing.problems)
    warn(terminal, explain(problem, { name: line`Could not find out when access ends` }).message);
  return noteUnreadableItems(terminal, listing.unreadable);
}

function printConnections({ terminal, now }: Session, all: readonly NamedConnection[]): void {
  printTable(
    terminal,
    [
      { title: line`Reference`, flexible: true },
      { title: line`Bank`, flexible: true },
      { title: line`Status`, flexible: true },
      { title: line`Accounts`, align: "right" },
      { title: line`Days left`, align: "right" },
    ],
    all.map(({ connection, bankName }) => {
      const isActive = stateAt(connection, now()) === "active";
      return row(
        connection.reference ?? connection.id,
        bankName,
        connectionInWords(connection, now()),
        String(connection.accountHandles.length),
        isActive ? daysLeft(connection, now())?.toString() : "",
      );
    }),
  );
}

/** Warns of a connection that has ended or soon will, and shows how to renew it. */
function warnOfEnd({ terminal, options, now }: Session, { connection, bankName }: NamedConnection): void {
  const useless = USELESS[stateAt(connection, now())];
  const days = daysLeft(connection, now());
  if (useless === undefined && (days === undefined || days > WARNING_DAYS)) return;
  const which = bankName === null ? "" : ` to ${bankName}`;
  const ends = useless ?? `ends in ${counted(days ?? 0, "day")}`;
  const ending = line` Your connection${which} ${ends}. Renew it: `;
  const renewing = asTyped(renewCommand(typeableReference(connection)), options);
  terminal.err.line(styled("yellow", line`!`), ending, renewing);
}

/** The names of the banks that are connected, by their ids; a bank that cannot be read has none. */
async function bankNames(
  { provider }: Session,
  connections: readonly Connection[],
): Promise<ReadonlyMap<string, string>> {
  const ids = new Set(connections.flatMap(({ bankId }) => bankId ?? []));
  const names = new Map<string, string>();
  await Promise.all(
    [...ids].map(async (id) => {
      try {
        names.set(id, (await provider.bank(id)).name);
      } catch (error) {
        if (!(error instanceof BankDataError)) throw error;
      }
    }),
  );
  return names;
}
