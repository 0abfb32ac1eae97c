import { closest } from "bankdata-core/base";
import type { Argument, Command } from "commander";
import type { CommandFailure } from "./command-failure.ts";
import { type CommandLine, pathOf, type RejectedArguments, withParents } from "./command-line.ts";
import { line, type Printable } from "./printable.ts";
import { wrongUse } from "./wrong-use.ts";

/** Puts into words why commander rejected the arguments of a command. */
export function usageFailure({ command, code, message }: RejectedArguments): CommandFailure {
  const stranger = strangerTo(command);
  if (stranger !== undefined) return unknownCommand(stranger, command);
  return wrongUse(command, problem(command, code) ?? plain(message));
}

/** The failure of a command that does not exist. @param parent the command that it was taken for a part of */
export function unknownCommand(name: string, parent: Command): CommandFailure {
  const visible = parent.createHelp().visibleCommands(parent);
  const hint = didYouMean(
    name,
    visible.map((one) => one.name()),
  );
  const what = parent.parent === null ? "There is" : `${pathOf(parent)} has`;
  return wrongUse(parent, line`${what} no command "${name}".${hint}`);
}

/** The first word after a command that has commands of its own; it would not be here if it were one of them. */
function strangerTo({ commands, args: [first] }: CommandLine): string | undefined {
  return commands.length === 0 || first?.startsWith("-") ? undefined : first;
}

function problem(command: CommandLine, code: string): Printable | undefined {
  const { registeredArguments, args, parsed } = command;
  switch (code) {
    case "commander.excessArguments":
      return line`Unexpected argument "${args[registeredArguments.length] ?? ""}".`;
    case "commander.missingArgument":
      return missingArgument(registeredArguments[args.length]);
    case "commander.unknownOption":
      return unknownFlag(command, parsed.unknown[0] ?? "");
    case "commander.optionMissingArgument":
      return missingValue(command);
    default:
      return undefined;
  }
}

function missingArgument(argument: Argument | undefined): Printable {
  const choices = argument?.argChoices ?? [];
  const list = choices.length === 0 ? "" : ` (${choices.join(", ")})`;
  return line`Specify ${argument?.description ?? "an argument"}${list}.`;
}

/** A flag that the command does not have. Its value is not repeated, as it may be secret. */
function unknownFlag(command: CommandLine, given: string): Printable {
  const [flag = ""] = given.split("=", 1);
  const owners = ownersOf(flag, withParents(command).at(-1) ?? command);
  if (owners.length > 0) {
    const others = owners.map(pathOf).join(", ");
    return line`${pathOf(command)} has no flag ${flag}: it belongs to ${others}.`;
  }
  const flags = withParents(command).flatMap(flagsOf);
  return line`Unknown flag ${flag}.${didYouMean(flag, [...flags, "--help"])}`;
}

/** The commands that have a flag, below one command and the command itself. */
function ownersOf(flag: string, command: Command): Command[] {
  const below = command.commands.flatMap((one) => ownersOf(flag, one));
  return flagsOf(command).includes(flag) ? [command, ...below] : below;
}

function flagsOf({ options }: Command): string[] {
  return options.flatMap(({ hidden, long }) => (hidden || !long ? [] : [long]));
}

/** Commander takes whatever follows as the value, so that it is missing only at the end. */
function missingValue(command: CommandLine): Printable | undefined {
  const last = command.parsed.given.at(-1);
  const option = command.options.find(({ long }) => long === last);
  return option === undefined ? undefined : line`${option.long ?? ""} needs a value: ${option.flags}.`;
}

/** A message of commander, without its prefix. */
function plain(message: string): Printable {
  const text = message.replace(/^error: /, "");
  return line`${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? "" : "."}`;
}

function didYouMean(word: string, words: readonly string[]): string {
  const meant = closest(word, words);
  return meant === undefined ? "" : ` Did you mean ${meant}?`;
}
