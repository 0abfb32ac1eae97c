import {
  type Access,
  type AccountState,
  type BankAccount,
  type Connection,
  type ConnectionStage,
  type ConnectionState,
  stateAt,
} from "bankdata-core/bank";
import { counted } from "./format.ts";
import { joined, line, type Printable } from "./printable.ts";

/** What a connection still gives access to. */
export interface ConnectionAccess extends Access {
  /** How many accounts it has, including those that could not be understood. */
  readonly total: number;
}

/** The words for a state; undefined if only the provider's own word is known. */
const STATES: Readonly<Record<ConnectionState, Printable | undefined>> = {
  open: line`waiting for you or the bank`,
  active: line`connected`,
  expired: line`ended`,
  suspended: line`suspended after too many failures`,
  ended: line`ended`,
  failed: line`failed`,
  unknown: undefined,
};

/** The words for a stage, which say more than the state does. */
const STAGES: Readonly<Record<ConnectionStage, Printable>> = {
  link: line`waiting for you to open its link`,
  consent: line`waiting for you to agree`,
  login: line`waiting for you to log in at the bank`,
  accounts: line`waiting for you to pick accounts`,
  granting: line`waiting for the bank to grant access`,
  refused: line`refused`,
  unverified: line`stopped, as your identity was not confirmed`,
};

/**
 * The state of a connection in plain words; an unknown status is shown as it was sent.
 *
 * @param now in milliseconds since 1970
 */
export function connectionInWords(connection: Connection, now: number): Printable {
  const { stage, stateAsSent } = connection;
  if (stage !== null) return STAGES[stage];
  return STATES[stateAt(connection, now)] ?? line`${stateAsSent || "unknown"}`;
}

/** The state of a connection in plain words, with what its accounts say: "2 of 3 accounts: consent ended". */
export function accessInWords(
  connection: Connection,
  { state, lost, total }: ConnectionAccess,
  now: number,
): Printable {
  if (stateAt(connection, now) !== "active") return connectionInWords(connection, now);
  if (total === 0) return line`connected, but without accounts`;
  return state === "active" && lost.length > 0
    ? line`${lost.length} of ${counted(total, "account")}: ${lostInWords(lost)}`
    : (STATES[state] ?? line`${state}`);
}

/** Why accounts cannot be read any more: what all have in common. */
export function lostInWords(lost: readonly BankAccount[]): Printable {
  const [first] = lost;
  const isCommon = lost.every(({ state }) => state === first?.state);
  return first !== undefined && isCommon ? accountStateInWords(first) : line`no access`;
}

/** The states of an account of which its provider's own word says too little. */
const ACCOUNT_STATES: Readonly<Partial<Record<AccountState, Printable>>> = {
  expired: line`consent ended`,
  processing: line`being prepared`,
};

/** The state of an account in plain words. */
export function accountStateInWords({
  state,
  stateAsSent,
}: Pick<BankAccount, "state" | "stateAsSent">): Printable {
  return ACCOUNT_STATES[state] ?? line`${stateAsSent?.toLowerCase() ?? ""}`;
}

/** That a bank has no data of some accounts yet. @param names of at least one account */
export function preparingInWords(names: readonly Printable[], bankName?: string): Printable {
  const who = bankName === undefined ? line`The bank` : line`${bankName}`;
  return line`${who} is still preparing ${joined(names, line`, `)}: ask again in a few minutes.`;
}
