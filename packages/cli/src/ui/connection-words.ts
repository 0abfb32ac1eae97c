import { type Connection, type ConnectionStage, type ConnectionState, stateAt } from "bankdata-core/bank";
import { line, type Printable } from "./printable.ts";

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
