import type { Requisition } from "bankdata-core";
import { closest } from "../config/closest.ts";
import type { Session } from "../session/session.ts";
import { EXIT } from "../ui/exit.ts";
import { CommandFailure } from "../ui/failure.ts";
import { line } from "../ui/printable.ts";
import { noteUnreadable } from "../ui/unreadable.ts";

/** The connection that a person means, by its reference or its id. @throws CommandFailure if there is none */
export async function connectionCalled(
  { client, terminal }: Session,
  reference: string,
): Promise<Requisition> {
  const all = await client.getRequisitions();
  const found = all.find((one) => one.reference === reference) ?? all.find(({ id }) => id === reference);
  if (found !== undefined) return found;
  noteUnreadable(terminal, all.unreadable.length, ["connection", "connections"]);
  const meant = closest(
    reference,
    all.flatMap((one) => one.reference ?? []),
  );
  throw new CommandFailure(
    line`No connection is called "${reference}".${meant === undefined ? "" : ` Did you mean ${meant}?`}`,
    EXIT.usage,
    line`bankdata connections`,
  );
}
