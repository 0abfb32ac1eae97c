import {
  accessAt,
  type BankAccount,
  type Connection,
  type ConnectionState,
  stateAt,
} from "bankdata-core/bank";
import { BankDataError } from "bankdata-core/base";
import type { Session } from "../session/session.ts";
import { renewCommand, typeableReference } from "../ui/connection-reference.ts";
import { type ConnectionAccess, connectionInWords, lostInWords } from "../ui/connection-words.ts";
import { EXIT } from "../ui/exit.ts";
import { CommandFailure, explain } from "../ui/failure.ts";
import { counted } from "../ui/format.ts";
import { alert, isForProgram, warn } from "../ui/output.ts";
import { line, type Printable } from "../ui/printable.ts";
import { asTyped } from "../ui/terminal.ts";
import { bankNames } from "./bank-names.ts";

/** A connection with what it gives access to, and the name of its bank. */
export interface KnownConnection {
  readonly connection: Connection;
  readonly access: ConnectionAccess;
  /** Null if the bank is unknown. */
  readonly bankName: string | null;
}

/**
 * What a connection still gives access to, as its accounts say. Costs no call for account data. If they cannot be read,
 * a warning says so, and only the connection's own state counts.
 */
export async function accessOf(session: Session, connection: Connection): Promise<ConnectionAccess> {
  const { provider, now } = session;
  const total = connection.accountHandles.length;
  const own = { ...accessAt(connection, [], now()), total };
  if (own.state !== "active") return own;
  try {
    const { items, unreadable } = await provider.accounts(connection);
    const [error] = items.flatMap((account) => account.error ?? []);
    if (error !== undefined) warnOfUnknown(session, error);
    return { ...accessAt(connection, items, now()), total: items.length + unreadable.length };
  } catch (error) {
    if (!(error instanceof BankDataError)) throw error;
    warnOfUnknown(session, error);
    return own;
  }
}

function warnOfUnknown({ terminal, now }: Session, error: BankDataError): void {
  const subject = { name: line`Could not find out whether all accounts can be read` };
  warn(terminal, explain(error, subject, now()).message);
}

/** Why a connection that worked must be renewed, as a part of a sentence. */
const ENDS: Readonly<Partial<Record<ConnectionState, Printable>>> = {
  expired: line`has ended`,
  ended: line`has ended`,
  suspended: line`has been suspended`,
};

/** Whether nothing but renewing a connection gives access to all of its accounts. */
export function mustBeRenewed(
  { connection, access: { state, lost, total } }: KnownConnection,
  now: number,
): boolean {
  if (ENDS[state] !== undefined || lost.length > 0) return true;
  return stateAt(connection, now) === "active" && total === 0;
}

/** Warns of a connection that must be renewed, and shows how. */
export function warnOfLostAccess({ terminal, options, now }: Session, known: KnownConnection): void {
  if (isForProgram(options) || !mustBeRenewed(known, now())) return;
  const renewing = asTyped(renewCommand(typeableReference(known.connection)), options);
  alert(terminal, line`${lossInWords(known)}:`, renewing);
}

/** A connection whose consent ends soon. */
interface EndingConnection extends Pick<KnownConnection, "connection" | "bankName"> {
  /** Until the day on which it ends: 0 on that day. */
  readonly days: number;
}

/** Warns of a connection that ends soon, and shows how to renew it. */
export function warnOfEnd(
  { terminal, options }: Pick<Session, "terminal" | "options">,
  { connection, bankName, days }: EndingConnection,
): void {
  const which = bankName === null ? "" : ` to ${bankName}`;
  const when = days === 0 ? "today" : line`in ${counted(days, "day")}`;
  const renewing = asTyped(renewCommand(typeableReference(connection)), options);
  alert(terminal, line`Your connection${which} ends ${when}. Renew it:`, renewing);
}

/** What is lost, and what to do, to be followed by the command. */
function lossInWords({ access: { state, lost, total }, bankName }: KnownConnection): Printable {
  const to = bankName === null ? "" : ` to ${bankName}`;
  if (total === 0 && ENDS[state] === undefined)
    return line`Your connection${to} has no accounts. Renew it, and choose accounts at the bank`;
  if (state !== "active") return line`Your connection${to} ${ENDS[state] ?? "no longer works"}. Renew it`;
  const at = bankName === null ? "" : ` at ${bankName}`;
  return line`${lost.length} of ${counted(total, "account")}${at}: ${lostInWords(lost)}. Renew the connection`;
}

/**
 * Warns of the connections that must be renewed, of those that gave access to some accounts, or to none.
 *
 * @param accounts all that are listed
 */
export async function warnOfLostAccounts(
  session: Session,
  connections: readonly Connection[],
  accounts: readonly (BankAccount & { readonly connection: Connection })[],
): Promise<void> {
  if (isForProgram(session.options)) return;
  for (const known of await toRenew(session, connections, accounts)) warnOfLostAccess(session, known);
}

/** Why there is no account: if a connection has none, connecting another bank is not what helps. */
export async function noAccountFailure(
  session: Session,
  connections: readonly Connection[],
): Promise<CommandFailure> {
  const [useless] = await toRenew(session, connections, []);
  if (useless !== undefined)
    return new CommandFailure(
      line`${lossInWords(useless)}.`,
      EXIT.renew,
      renewCommand(typeableReference(useless.connection)),
    );
  const open = connections.find(({ state }) => state === "open");
  const words = open && connectionInWords(open, session.now());
  if (open !== undefined)
    return new CommandFailure(
      line`No account is connected yet: the connection ${open.reference ?? open.id} is ${words ?? ""}.`,
      EXIT.failed,
      line`bankdata connections`,
    );
  return new CommandFailure(line`No account is connected.`, EXIT.failed, line`bankdata connect`);
}

/** The connections that must be renewed, with the names of their banks; of the others, no name is looked up. */
async function toRenew(
  session: Session,
  connections: readonly Connection[],
  accounts: readonly (BankAccount & { readonly connection: Connection })[],
): Promise<KnownConnection[]> {
  const useless = connections
    .map((connection) => {
      const own = accounts.filter((account) => account.connection.id === connection.id);
      const total = Math.max(connection.accountHandles.length, own.length);
      return { connection, access: { ...accessAt(connection, own, session.now()), total }, bankName: null };
    })
    .filter((known) => mustBeRenewed(known, session.now()));
  const names = await bankNames(
    session,
    useless.map(({ connection }) => connection),
  );
  return useless.map((known) => {
    const { bankId } = known.connection;
    return { ...known, bankName: bankId === null ? null : (names.get(bankId) ?? bankId) };
  });
}
