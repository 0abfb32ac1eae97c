import type { Command, CommandOptions } from "commander";
import type { CommandLine } from "../ui/command-line.ts";

/** Adds `help`, which shows the help of a command and of the commands that it has, each named by its words. */
export function registerHelp(program: CommandLine, options: CommandOptions = {}): void {
  program
    .command("help", options)
    .description("show the help of a command")
    .argument("[command...]", "the command, such as: cache clear")
    .withExamples("bankdata help connect", "bankdata help cache clear")
    .action(async (names: readonly string[]) => {
      let command: Command = program;
      for (const name of names) {
        const found = command.commands.find((one) => one.name() === name);
        if (found === undefined) {
          const { unknownCommand } = await import("../ui/usage-failure.ts");
          throw unknownCommand(name, command);
        }
        command = found;
      }
      command.help();
    });
}
