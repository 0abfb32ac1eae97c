import type { Command } from "commander";
import { ACCOUNT_ARGUMENT, addReadOptions, type ReadOptions } from "../accounts/account-options.ts";
import { runInSession } from "../session/run-in-session.ts";
import type { CommandLine } from "../ui/command-line.ts";
import type { Terminal } from "../ui/terminal.ts";

export function registerBalances(program: CommandLine, terminal: Terminal): void {
  const balances = program
    .command("balances")
    .description("show the balances of one account or all")
    .withExamples("bankdata balances", "bankdata balances giro --refresh")
    .argument(...ACCOUNT_ARGUMENT);
  addReadOptions(balances).action(
    async (account: string | undefined, options: ReadOptions, command: Command) => {
      await runInSession(terminal, command, async (session) => {
        const run = await import("./balances.run.ts");
        return await run.balances(session, account, options);
      });
    },
  );
}
