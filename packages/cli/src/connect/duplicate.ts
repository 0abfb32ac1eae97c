import { type Bank, type Connection, type ConnectionState, stateAt } from "bankdata-core/bank";
import type { Session } from "../session/session.ts";
import { renewCommand, typeableReference } from "../ui/connection-reference.ts";
import { connectionInWords } from "../ui/connection-words.ts";
import { note } from "../ui/output.ts";
import { line, type Printable, printable } from "../ui/printable.ts";
import { asTyped, isInteractive } from "../ui/terminal.ts";

/** The states in which a connection can be renewed, those that need it first. */
const RENEWABLE: readonly ConnectionState[] = ["expired", "ended", "suspended", "active"];

/**
 * The connections to a bank that may be renewed instead of making another one, those that have ended first.
 *
 * @param now in milliseconds since 1970
 */
export function connectionsTo(bank: Bank, all: readonly Connection[], now: number): Connection[] {
  const rank = (connection: Connection) => RENEWABLE.indexOf(stateAt(connection, now));
  return all
    .filter((connection) => connection.bankId === bank.id && rank(connection) >= 0)
    .sort((one, other) => rank(one) - rank(other));
}

/** What a person wants who connects a bank that is connected already. */
export type Wanted = { renew: Connection } | "another" | "nothing";

/**
 * Lets a person choose between renewing a connection to the bank and another one, as for another login. If nobody can
 * be asked, it is another one, and a note says how to renew.
 *
 * @param existing at least one, the one to be renewed first
 */
export async function wantedBeside(
  session: Session,
  bank: Bank,
  existing: readonly [Connection, ...Connection[]],
): Promise<Wanted> {
  const { terminal } = session;
  if (!isInteractive(terminal)) {
    noteExisting(session, bank, existing[0]);
    return "another";
  }
  const { chosen } = await import("../ui/prompts.ts");
  const renewals = existing.map((connection) => ({
    value: `renew ${connection.id}`,
    label: line`Renew ${connection.reference ?? connection.id}`,
    hint: connectionInWords(connection, session.now()),
  }));
  const choice = await chosen(terminal, line`${bank.name} is connected already.`, [
    ...renewals,
    { value: "another", label: line`Connect it again`, hint: line`for another login at the bank` },
    { value: "nothing", label: line`Cancel` },
  ]);
  const renew = existing.find(({ id }) => choice === `renew ${id}`);
  return renew === undefined ? (choice === "another" ? "another" : "nothing") : { renew };
}

function noteExisting({ terminal, options, now }: Session, bank: Bank, connection: Connection): void {
  const reference = printable(connection.reference ?? connection.id);
  const isActive = stateAt(connection, now()) === "active";
  const what: Printable = isActive
    ? line`${bank.name} is connected already (${reference}); this makes another connection.`
    : line`Your connection ${reference} to ${bank.name} has ended; this makes another one beside it.`;
  const renewing = asTyped(renewCommand(typeableReference(connection)), options);
  note(terminal, line`${what} To renew it instead: `, renewing);
}
