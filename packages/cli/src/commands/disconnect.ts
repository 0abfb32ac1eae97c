import type { Command } from "commander";
import { runInSession } from "../session/run-in-session.ts";
import type { CommandLine } from "../ui/command-line.ts";
import type { Terminal } from "../ui/terminal.ts";

interface DisconnectOptions {
  yes?: boolean;
}

export function registerDisconnect(program: CommandLine, terminal: Terminal): void {
  program
    .command("disconnect")
    .description("end a connection at the service")
    .withExamples("bankdata disconnect n26-2026-11-24-a169ed --yes")
    .argument("[reference]", "reference of the connection, as bankdata connections lists it")
    .option("--yes", "do not ask for confirmation")
    .action(async (reference: string | undefined, options: DisconnectOptions, command: Command) => {
      await runInSession(terminal, command, async (session) => {
        const { disconnect } = await import("./disconnect.run.ts");
        await disconnect(session, reference, { confirmed: options.yes });
      });
    });
}
