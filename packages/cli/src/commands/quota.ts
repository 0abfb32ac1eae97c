import type { Command } from "commander";
import { ACCOUNT_ARGUMENT } from "../accounts/account-options.ts";
import { runInSession } from "../session/run-in-session.ts";
import type { CommandLine } from "../ui/command-line.ts";
import type { Terminal } from "../ui/terminal.ts";

export function registerQuota(program: CommandLine, terminal: Terminal): void {
  program
    .command("quota")
    .description("show how many calls each account has left today")
    .withExamples("bankdata quota", "bankdata quota giro --json")
    .onPage("docs/quota.md")
    .argument(...ACCOUNT_ARGUMENT)
    .action(async (account: string | undefined, _, command: Command) => {
      await runInSession(terminal, command, async (session) => {
        const { quota } = await import("./quota.run.ts");
        return await quota(session, account);
      });
    });
}
