import type { Connection } from "bankdata-core/bank";
import { bankNames } from "../accounts/bank-names.ts";
import { connectionCalled, noteUnreadableConnections } from "../connect/connections.ts";
import { exists } from "../session/archive-location.ts";
import type { Session } from "../session/session.ts";
import { typeableReference } from "../ui/connection-reference.ts";
import { connectionInWords } from "../ui/connection-words.ts";
import { EXIT } from "../ui/exit.ts";
import { CommandFailure } from "../ui/failure.ts";
import { counted } from "../ui/format.ts";
import { isForProgram, note } from "../ui/output.ts";
import { line, printable } from "../ui/printable.ts";
import { command } from "../ui/shell-command.ts";
import { isInteractive } from "../ui/terminal.ts";

/** Ends a connection: the consent is withdrawn, and its accounts can no longer be read. */
export async function disconnect(
  session: Session,
  reference: string | undefined,
  { confirmed: alreadyConfirmed = false }: { confirmed?: boolean | undefined },
): Promise<void> {
  const { provider, terminal, options } = session;
  const connection =
    reference === undefined ? await pickedConnection(session) : await connectionCalled(session, reference);
  const { id, bankId } = connection;
  const bankName = bankId === null ? null : ((await bankNames(session, [connection])).get(bankId) ?? null);
  const bank = bankName ?? bankId ?? id;
  if (!alreadyConfirmed) {
    if (!isInteractive(terminal))
      throw new CommandFailure(
        line`Disconnecting ${bank} needs a confirmation, and nobody can be asked here.`,
        EXIT.usage,
        command`bankdata disconnect ${typeableReference(connection)} --yes`,
      );
    const { confirmed } = await import("../ui/prompts.ts");
    const count = counted(connection.accountHandles.length, "account");
    const question = line`Disconnect ${bank} with ${count}?`;
    if (!(await confirmed(terminal, question, { preselected: false }))) {
      note(terminal, line`Nothing was changed.`);
      return;
    }
  }
  await provider.end(id);
  if (isForProgram(options)) {
    terminal.out.json({
      connectionId: id,
      connectionReference: connection.reference,
      bankId,
      bankName,
      ended: true,
    });
  } else {
    terminal.out.line(line`${bank} is disconnected.`);
    if (exists(session.archive)) note(terminal, line`The archive keeps what was read of its accounts.`);
  }
}

/** The connection that a person picks. @throws CommandFailure without an interactive terminal, or if there is none */
async function pickedConnection(session: Session): Promise<Connection> {
  const { provider, terminal, now } = session;
  if (!isInteractive(terminal))
    throw new CommandFailure(line`Specify a connection.`, EXIT.usage, line`bankdata connections`);
  const listing = await provider.connections();
  const all = listing.items;
  noteUnreadableConnections(terminal, listing);
  if (all.length === 0)
    throw new CommandFailure(line`No bank is connected.`, EXIT.failed, line`bankdata connect`);
  const { chosen } = await import("../ui/prompts.ts");
  const names = await bankNames(session, all);
  const choices = all.map((connection) => ({
    value: connection.id,
    label: printable(connection.reference ?? connection.id),
    hint: line`${names.get(connection.bankId ?? "") ?? connection.bankId ?? ""}, ${connectionInWords(connection, now())}`,
  }));
  const id = await chosen(terminal, line`Which connection?`, choices);
  const picked = all.find((one) => one.id === id);
  if (picked === undefined) throw new TypeError("a prompt returned what was not offered");
  return picked;
}
