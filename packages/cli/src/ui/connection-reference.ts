import { isPrintable, type Printable } from "./printable.ts";
import { command } from "./shell-command.ts";

/** What a person types for a connection: its reference, or its id if the reference cannot be typed as it is. */
export function typeableReference({
  reference,
  id,
}: {
  reference?: string | null | undefined;
  id: string;
}): string {
  return reference && isPrintable(reference) ? reference : id;
}

/** The command that renews a connection. */
export function renewCommand(reference: string): Printable {
  return command`bankdata connect --renew ${reference}`;
}
