import type { Command } from "commander";
import { addArchiveOption } from "../accounts/account-options.ts";
import { runInArchive } from "../session/archive-context.ts";
import type { CommandLine } from "../ui/command-line.ts";
import type { Terminal } from "../ui/terminal.ts";

export function registerShow(program: CommandLine, terminal: Terminal): void {
  const show = program
    .command("show")
    .description("tell the whole life of one transaction: everything that the bank ever said of it")
    .withExamples("bankdata show 9p5mwd", "bankdata show 01k2x5r8zq3v7m1c4b6n9p5mwd --json")
    .argument("<id>", "its id in the archive, or the end of it as bankdata transactions shows it");
  addArchiveOption(show).action(async (id: string, _: unknown, command: Command) => {
    await runInArchive(terminal, command, async (context) => {
      const { showTransaction } = await import("./show.run.ts");
      return await showTransaction(context, id);
    });
  });
}
