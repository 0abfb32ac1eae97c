import { type Access, accessAt, type Connection } from "bankdata-core/bank";
import { DAY } from "bankdata-core/base";
import type { Session } from "../session/session.ts";
import { renewCommand, typeableReference } from "../ui/connection-reference.ts";
import { localDate } from "../ui/format.ts";

/**
 * A connection as `--json` prints it, but for `raw`, which comes last.
 *
 * @param bankName null if the bank is unknown
 * @param access what its accounts say, if they were read
 */
export function connectionFields(
  { now }: Pick<Session, "now">,
  connection: Connection,
  bankName: string | null,
  access: Access = accessAt(connection, [], now()),
) {
  const { id, reference, bankId, stage, stateAsSent, createdAt, consent, accountHandles } = connection;
  return {
    connectionId: id,
    connectionReference: reference,
    bankId,
    bankName,
    state: access.state,
    stage,
    stateAsSent,
    createdAt,
    consent,
    daysLeft: daysLeft(connection, now()) ?? null,
    accountIds: accountHandles,
    lostAccountIds: access.lost.map(({ handle }) => handle),
    renewWith: renewCommand(typeableReference(connection)),
  };
}

/**
 * The days until the date on which a consent ends, in local time: 0 on its last day, and after it. Undefined if that is
 * unknown, or if there is no consent under way.
 *
 * @param now in milliseconds since 1970
 */
export function daysLeft({ state, consent }: Connection, now: number): number | undefined {
  const isGranted = state === "active" || state === "expired";
  if (!isGranted || consent.validUntil === null) return undefined;
  const [today, last] = [now, consent.validUntil.getTime()].map((at) => Date.parse(localDate(at)));
  return Math.max(0, ((last ?? 0) - (today ?? 0)) / DAY);
}
