import { Argument } from "commander";
import type { CommandLine } from "../ui/command-line.ts";
import { line } from "../ui/printable.ts";
import { printText, type Terminal } from "../ui/terminal.ts";
import { wrongUse } from "../ui/wrong-use.ts";
import type { Shell } from "./completion.run.ts";

const SHELLS = ["bash", "zsh", "fish"] as const satisfies readonly Shell[];

export function registerCompletion(program: CommandLine, terminal: Terminal): void {
  const completion = program
    .command("completion")
    .description("print a completion script for your shell")
    .withExamples('eval "$(bankdata completion bash)"', "bankdata completion fish | source");
  const shellNamed = (name: string): Shell => {
    const shell = SHELLS.find((one) => one === name);
    if (shell !== undefined) return shell;
    throw wrongUse(completion, line`There is no completion for "${name}", only for ${SHELLS.join(", ")}.`);
  };
  completion
    .addArgument(new Argument("<shell>", "your shell").choices(SHELLS).argParser(shellNamed))
    .action(async (shell: Shell) => {
      const { completionScript } = await import("./completion.run.ts");
      printText(terminal.out, completionScript(program.name(), shell));
    });
}
