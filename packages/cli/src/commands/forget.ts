import type { Command } from "commander";
import { runInArchive } from "../session/archive-context.ts";
import type { GlobalOptions } from "../session/global-options.ts";
import type { CommandLine } from "../ui/command-line.ts";
import type { Terminal } from "../ui/terminal.ts";

interface ForgetOptions {
  yes?: boolean;
  account?: string;
}

export function registerForget(program: CommandLine, terminal: Terminal): void {
  program
    .command("forget")
    .description("remove credentials, tokens and bank data from this machine")
    .option("--yes", "do not ask for confirmation")
    .option(
      "--archive <file>",
      "also remove this archive, which no bank can give you again; with --account, the archive to use",
    )
    .option(
      "--account <name>",
      "remove only this account from the archive, with everything that was recorded of it",
    )
    .withExamples("bankdata forget", "bankdata forget --yes --json", "bankdata forget --account giro")
    .action(async ({ yes, account }: ForgetOptions, command: Command) => {
      if (account !== undefined) {
        await runInArchive(terminal, command, async (context) => {
          const run = await import("./forget.account.ts");
          return await run.forgetAccount(context, account, { confirmed: yes });
        });
        return;
      }
      const { forget } = await import("./forget.run.ts");
      process.exitCode = await forget(terminal, command.optsWithGlobals<GlobalOptions>(), { confirmed: yes });
    });
}
