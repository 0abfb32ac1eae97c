import type { Command } from "commander";
import { runInSession } from "../session/run-in-session.ts";
import type { CommandLine } from "../ui/command-line.ts";
import type { Terminal } from "../ui/terminal.ts";

export function registerConnections(program: CommandLine, terminal: Terminal): void {
  program
    .command("connections")
    .description("list your connections, their status and the days left")
    .withExamples("bankdata connections", "bankdata connections --json")
    .action(async (_, command: Command) => {
      await runInSession(terminal, command, async (session) => {
        const { connections } = await import("./connections.run.ts");
        return await connections(session);
      });
    });
}
