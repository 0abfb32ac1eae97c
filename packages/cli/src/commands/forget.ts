import type { Command } from "commander";
import type { GlobalOptions } from "../session/global-options.ts";
import type { Terminal } from "../ui/terminal.ts";

interface ForgetOptions {
  yes?: boolean;
}

export function registerForget(program: Command, terminal: Terminal): void {
  program
    .command("forget")
    .description("remove credentials, tokens and bank data from this machine")
    .option("--yes", "do not ask for confirmation")
    .action(async ({ yes }: ForgetOptions, command: Command) => {
      const { forget } = await import("./forget.run.ts");
      process.exitCode = await forget(terminal, command.optsWithGlobals<GlobalOptions>(), { confirmed: yes });
    });
}
