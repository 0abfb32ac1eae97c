import type { Requisition } from "bankdata-core";
import { connectionCalled } from "../connect/connections.ts";
import { statusInWords } from "../connect/status.ts";
import type { Session } from "../session/session.ts";
import { EXIT } from "../ui/exit.ts";
import { CommandFailure } from "../ui/failure.ts";
import { counted } from "../ui/format.ts";
import { isForProgram, note } from "../ui/output.ts";
import { line, printable } from "../ui/printable.ts";
import { isInteractive } from "../ui/terminal.ts";

/** Ends a connection: the consent is deleted at the service, and its accounts can no longer be read. */
export async function disconnect(
  session: Session,
  reference: string | undefined,
  { confirmed: alreadyConfirmed = false }: { confirmed?: boolean | undefined },
): Promise<void> {
  const { client, terminal, options } = session;
  const requisition =
    reference === undefined ? await pickedConnection(session) : await connectionCalled(session, reference);
  const bank = requisition.institution_id ?? requisition.id;
  if (!alreadyConfirmed && isInteractive(terminal)) {
    const { confirmed } = await import("../ui/prompts.ts");
    const count = counted(requisition.accounts?.length ?? 0, "account");
    if (!(await confirmed(terminal, line`Disconnect ${bank} with ${count}?`))) {
      note(terminal, line`Nothing was changed.`);
      return;
    }
  }
  const summary = await client.deleteRequisition(requisition.id);
  if (isForProgram(options)) {
    terminal.out.json({ ...summary, reference: requisition.reference, id: requisition.id });
  } else {
    terminal.out.line(line`${bank} is disconnected.`);
  }
}

/** The connection that a person picks. @throws CommandFailure without an interactive terminal, or if there is none */
async function pickedConnection({ client, terminal }: Session): Promise<Requisition> {
  const all = await client.getRequisitions();
  if (!isInteractive(terminal))
    throw new CommandFailure(line`Specify a connection.`, EXIT.usage, line`bankdata connections`);
  if (all.length === 0)
    throw new CommandFailure(line`Nothing is connected.`, EXIT.failed, line`bankdata connect`);
  const { chosen } = await import("../ui/prompts.ts");
  const choices = all.map(({ id, reference, institution_id: bank, status }) => ({
    value: id,
    label: printable(reference ?? id),
    hint: line`${bank ?? ""}, ${statusInWords(status)}`,
  }));
  const id = await chosen(terminal, line`Which connection?`, choices);
  const picked = all.find((one) => one.id === id);
  if (picked === undefined) throw new TypeError("a prompt returned what was not offered");
  return picked;
}
