import type { Command } from "commander";
import { runInSession } from "../session/run-in-session.ts";
import type { CommandLine } from "../ui/command-line.ts";
import type { Terminal } from "../ui/terminal.ts";

export function registerAccounts(program: CommandLine, terminal: Terminal): void {
  program
    .command("accounts")
    .description("list your connected accounts")
    .withExamples("bankdata accounts", "bankdata accounts --json")
    .action(async (_, command: Command) => {
      await runInSession(terminal, command, async (session) => {
        const { accounts } = await import("./accounts.run.ts");
        return await accounts(session);
      });
    });
}
