import type { Command } from "commander";
import type { GlobalOptions } from "../session/global-options.ts";
import type { CommandLine } from "../ui/command-line.ts";
import type { Terminal } from "../ui/terminal.ts";

interface ForgetOptions {
  yes?: boolean;
}

export function registerForget(program: CommandLine, terminal: Terminal): void {
  program
    .command("forget")
    .description("remove credentials, tokens and bank data from this machine")
    .option("--yes", "do not ask for confirmation")
    .option("--archive <file>", "also remove this archive, which no bank can give you again")
    .withExamples("bankdata forget", "bankdata forget --yes --json")
    .action(async ({ yes }: ForgetOptions, command: Command) => {
      const { forget } = await import("./forget.run.ts");
      process.exitCode = await forget(terminal, command.optsWithGlobals<GlobalOptions>(), { confirmed: yes });
    });
}
