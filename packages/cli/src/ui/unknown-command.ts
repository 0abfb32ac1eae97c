import { closest } from "bankdata-core/base";
import { EXIT } from "./exit.ts";
import { CommandFailure } from "./failure.ts";
import { line } from "./printable.ts";

/** The failure of a command that does not exist. @param commands the names of those that do */
export function unknownCommand(name: string, commands: readonly string[]): CommandFailure {
  const meant = closest(name, commands);
  const suggestion = meant === undefined ? "" : ` Did you mean ${meant}?`;
  return new CommandFailure(
    line`There is no command "${name}".${suggestion}`,
    EXIT.usage,
    line`bankdata --help`,
  );
}
