import type { Command } from "commander";
import { runInSession } from "../session/run-in-session.ts";
import type { Terminal } from "../ui/terminal.ts";

export function registerAccounts(program: Command, terminal: Terminal): void {
  program
    .command("accounts")
    .description("list your connected accounts")
    .action(async (_, command: Command) => {
      await runInSession(terminal, command, async (session) => {
        const { accounts } = await import("./accounts.run.ts");
        return await accounts(session);
      });
    });
}
