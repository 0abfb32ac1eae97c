import type { Command } from "commander";
import { CommandFailure } from "./command-failure.ts";
import { pathOf } from "./command-line.ts";
import { EXIT } from "./exit.ts";
import { line, type Printable } from "./printable.ts";

/** The failure of a command whose arguments cannot be used, with the way to its help. */
export function wrongUse(command: Command, message: Printable): CommandFailure {
  return new CommandFailure(message, EXIT.usage, line`See ${pathOf(command)} --help`);
}
