import type { Command } from "commander";
import { runInSession } from "../session/run-in-session.ts";
import type { Terminal } from "../ui/terminal.ts";

interface DisconnectOptions {
  yes?: boolean;
}

export function registerDisconnect(program: Command, terminal: Terminal): void {
  program
    .command("disconnect")
    .description("end a connection at the service")
    .argument("[reference]", "reference of the connection, as bankdata connections lists it")
    .option("--yes", "do not ask for confirmation")
    .action(async (reference: string | undefined, options: DisconnectOptions, command: Command) => {
      await runInSession(terminal, command, async (session) => {
        const { disconnect } = await import("./disconnect.run.ts");
        await disconnect(session, reference, { confirmed: options.yes });
      });
    });
}
