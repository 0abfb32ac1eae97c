import type { Command } from "commander";
import type { Terminal } from "../ui/terminal.ts";
import type { GlobalOptions } from "./global-options.ts";
import type { Session } from "./session.ts";

/**
 * Runs a command's work in a session, which is closed afterwards. A number that the work returns is the exit code.
 * The client loads only now, as the help of a command does not need it.
 */
export async function runInSession(
  terminal: Terminal,
  command: Command,
  work: (session: Session) => Promise<unknown>,
): Promise<void> {
  const { inSession } = await import("./session.ts");
  const exitCode = await inSession(terminal, command.optsWithGlobals<GlobalOptions>(), work);
  if (typeof exitCode === "number") process.exitCode = exitCode;
}
