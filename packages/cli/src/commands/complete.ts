import type { CommandLine } from "../ui/command-line.ts";
import type { Terminal } from "../ui/terminal.ts";

/** What the scripts of `completion` call, so that they need not be renewed when commands change. */
export function registerComplete(program: CommandLine, terminal: Terminal): void {
  program
    .command("complete", { hidden: true })
    .description("print what can stand for the last of some words, for the scripts of bankdata completion")
    .argument("[words...]", "the words after bankdata, up to the one that is completed")
    .action(async (words: readonly string[]) => {
      const { complete } = await import("./complete.run.ts");
      await complete(program, terminal, words);
    });
}
