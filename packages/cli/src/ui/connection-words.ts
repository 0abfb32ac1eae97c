import { type Connection, type ConnectionState, stateAt } from "bankdata-core/bank";
import { line, type Printable } from "./printable.ts";
import { textsByName } from "./texts-by-name.ts";

/** The words for a state; none if only the provider's own word says anything. */
const STATES: Readonly<Record<ConnectionState, Printable | undefined>> = {
  open: line`waiting for you or the bank`,
  active: line`connected`,
  expired: line`ended`,
  suspended: line`suspended after too many failures`,
  ended: line`ended`,
  failed: line`failed`,
  unknown: undefined,
};

/** Providers' own words that say more than the state does: which step a connection has reached, or how it failed. */
const STEPS = textsByName({
  CR: "waiting for you to open its link",
  ID: "stopped, as your identity was not confirmed",
  GC: "waiting for you to agree",
  UA: "waiting for you to log in at the bank",
  SA: "waiting for you to pick accounts",
  GA: "being granted by the bank",
  RJ: "refused",
});

/**
 * What a connection is good for, in plain words; a status that is not known is shown as it came.
 *
 * @param now in milliseconds since 1970
 */
export function connectionInWords(connection: Connection, now: number): Printable {
  const status = connection.status ?? "";
  return STEPS.get(status) ?? STATES[stateAt(connection, now)] ?? line`${status || "unknown"}`;
}
