import type { Command } from "commander";
import { ACCOUNT_ARGUMENT, addReadOptions, isLive, type ReadOptions } from "../accounts/account-options.ts";
import { runReading } from "../session/archive-context.ts";
import type { CommandLine } from "../ui/command-line.ts";
import type { Terminal } from "../ui/terminal.ts";

export function registerBalances(program: CommandLine, terminal: Terminal): void {
  const balances = program
    .command("balances")
    .description("show the balances of one account or all")
    .withExamples("bankdata balances", "bankdata balances giro --live")
    .argument(...ACCOUNT_ARGUMENT);
  addReadOptions(balances).action(
    async (account: string | undefined, options: ReadOptions, command: Command) => {
      await runReading(terminal, command, {
        live: isLive(options),
        fromArchive: async (context) => {
          const { archivedBalances } = await import("./balances.archived.ts");
          return await archivedBalances(context, account);
        },
        throughProvider: async (session) => {
          const run = await import("./balances.run.ts");
          return await run.balances(session, account, options);
        },
      });
    },
  );
}
