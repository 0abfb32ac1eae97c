import type { Connection, ConnectionListing } from "bankdata-core/bank";
import { closest } from "bankdata-core/base";
import type { Session } from "../session/session.ts";
import { EXIT } from "../ui/exit.ts";
import { CommandFailure } from "../ui/failure.ts";
import { line } from "../ui/printable.ts";
import type { Terminal } from "../ui/terminal.ts";
import { noteUnreadable } from "../ui/unreadable.ts";

/** The connection that a person means, by its reference or its id. @throws CommandFailure if there is none */
export async function connectionCalled(
  { provider, terminal }: Session,
  reference: string,
): Promise<Connection> {
  const listing = await provider.connections();
  const all = listing.items;
  const found = all.find((one) => one.reference === reference) ?? all.find(({ id }) => id === reference);
  if (found !== undefined) return found;
  noteUnreadableConnections(terminal, listing);
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

/** Notes that some connections could not be understood. @returns the exit code: `EXIT.partly` if some are left out */
export function noteUnreadableConnections(terminal: Terminal, { unreadable }: ConnectionListing): number {
  const count = unreadable.filter(({ kind }) => kind === "connection").length;
  return noteUnreadable(terminal, count, ["connection", "connections"]);
}
