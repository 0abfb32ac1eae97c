import { type Connection, stateAt } from "bankdata-core/bank";
import { DAY } from "bankdata-core/base";
import type { Session } from "../session/session.ts";
import { renewCommand, typeableReference } from "../ui/connection-reference.ts";

/**
 * A connection as `--json` prints it, but for `raw`, which comes last.
 *
 * @param bankName null if the bank is unknown
 */
export function connectionFields(
  { now }: Pick<Session, "now">,
  connection: Connection,
  bankName: string | null,
) {
  const { id, reference, bankId, stage, stateAsSent, createdAt, consent, accountHandles } = connection;
  return {
    id,
    reference,
    bankId,
    bankName,
    state: stateAt(connection, now()),
    stage,
    stateAsSent,
    createdAt,
    consent,
    daysLeft: daysLeft(connection, now()) ?? null,
    accountIds: accountHandles,
    renewWith: renewCommand(typeableReference(connection)),
  };
}

/**
 * The whole days until a consent ends: 0 on its last day, and after it. Undefined if that is unknown, or if there is no
 * consent under way.
 *
 * @param now in milliseconds since 1970
 */
export function daysLeft({ state, consent }: Connection, now: number): number | undefined {
  const isGranted = state === "active" || state === "expired";
  if (!isGranted || consent.validUntil === null) return undefined;
  return Math.max(0, Math.floor((consent.validUntil.getTime() - now) / DAY));
}
