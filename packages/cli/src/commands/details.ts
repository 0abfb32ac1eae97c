import type { Command } from "commander";
import { ACCOUNT_ARGUMENT, addReadOptions, type ReadOptions } from "../accounts/account-options.ts";
import { runInSession } from "../session/run-in-session.ts";
import type { CommandLine } from "../ui/command-line.ts";
import type { Terminal } from "../ui/terminal.ts";

export function registerDetails(program: CommandLine, terminal: Terminal): void {
  const details = program
    .command("details")
    .description("show what the bank says about an account")
    .withExamples("bankdata details giro", "bankdata details 5675 --json")
    .argument(...ACCOUNT_ARGUMENT);
  addReadOptions(details).action(
    async (account: string | undefined, options: ReadOptions, command: Command) => {
      await runInSession(terminal, command, async (session) => {
        const run = await import("./details.run.ts");
        return await run.details(session, account, options);
      });
    },
  );
}
