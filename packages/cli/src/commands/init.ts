import type { Command } from "commander";
import type { GlobalOptions } from "../session/global-options.ts";
import type { CommandLine } from "../ui/command-line.ts";
import type { Terminal } from "../ui/terminal.ts";

export function registerInit(
  program: CommandLine,
  terminal: Terminal,
  run: (args: readonly string[]) => Promise<void>,
): void {
  program
    .command("init")
    .description("set up your credentials, or see how to start without any")
    .withExamples("bankdata init")
    .action(async (_, command: Command) => {
      const { init } = await import("./init.run.ts");
      const options = command.optsWithGlobals<GlobalOptions>();
      const decided = await init(terminal, options);
      // A person who wants to see the sandbox goes on there.
      if (decided === "sandbox" && !options.sandbox) await run(["--sandbox"]);
    });
}
