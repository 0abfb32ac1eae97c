import type { Command } from "commander";
import type { GlobalOptions } from "../session/global-options.ts";
import type { CommandLine } from "../ui/command-line.ts";
import type { Terminal } from "../ui/terminal.ts";

export function registerDemo(program: CommandLine, terminal: Terminal): void {
  program
    .command("demo")
    .description(
      "connect a bank, read its accounts and write a ledger, all on invented data; needs no credentials",
    )
    .withExamples("bankdata demo")
    .action(async (_, command: Command) => {
      const { demo } = await import("./demo.run.ts");
      await demo(terminal, command.optsWithGlobals<GlobalOptions>());
    });
}
