import type { Command } from "commander";
import { runInSession } from "../session/run-in-session.ts";
import type { Terminal } from "../ui/terminal.ts";

export function registerConnections(program: Command, terminal: Terminal): void {
  program
    .command("connections")
    .description("list your connections, their status and the days left")
    .action(async (_, command: Command) => {
      await runInSession(terminal, command, async (session) => {
        const { connections } = await import("./connections.run.ts");
        return await connections(session);
      });
    });
}
