import { Argument, type Command } from "commander";
import { printText, type Terminal } from "../ui/terminal.ts";
import type { Shell } from "./completion.run.ts";

const SHELLS = ["bash", "zsh", "fish"] as const satisfies readonly Shell[];

export function registerCompletion(program: Command, terminal: Terminal): void {
  program
    .command("completion")
    .description("print a completion script for your shell")
    .addArgument(new Argument("<shell>", "your shell").choices(SHELLS))
    .action(async (shell: Shell) => {
      const { completionScript } = await import("./completion.run.ts");
      printText(terminal.out, completionScript(program, shell));
    });
}
