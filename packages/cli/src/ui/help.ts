import type { Argument, Command, Help, Option } from "commander";
import { CommandLine, pathOf } from "./command-line.ts";

/** The columns of help where the terminal's are not known, and at most. Longer lines are hard to read. */
export const HELP_WIDTH = 80;
/** Descriptions are put below their terms if less than this is left beside them. */
const NARROWEST_DESCRIPTION = 30;
const INDENT = "  ";

/** An option, an argument or a command, and what help says about it. */
type Entry = readonly [term: string, description: string];

/**
 * The help of a command: its usage, what it does, its arguments and flags with their defaults, the flags that it inherits,
 * its commands, examples, and where to read more. Only examples may be wider than the terminal, as they are copied.
 */
export function helpText(command: Command, helper: Help): string {
  const width = Math.min(helper.helpWidth ?? HELP_WIDTH, HELP_WIDTH);
  const { examples, page } = command instanceof CommandLine ? command : new CommandLine();
  const inherited = helper.visibleGlobalOptions(command);
  const sections = [
    wrapped(`Usage: ${usageOf(command)}`, width, INDENT),
    wrapped(sentence(command.description()), width),
    section("Arguments", helper.visibleArguments(command).map(argumentEntry(helper)), width),
    ...commandSections(command, helper, width),
    section("Flags", helper.visibleOptions(command).map(optionEntry(helper)), width),
    section("Inherited flags", inherited.map(optionEntry(helper)), width),
    examples.length === 0 ? "" : `Examples:\n${examples.map((one) => `${INDENT}${one}`).join("\n")}`,
    wrapped(`More: ${page}, beside the source code of bankdata.`, width),
  ];
  return `${sections.filter((text) => text !== "").join("\n\n")}\n`;
}

function usageOf(command: Command): string {
  const words = command.commands.length > 0 ? ["<command>"] : command.registeredArguments.map(argumentTerm);
  return [pathOf(command), ...words, "[flags]"].join(" ");
}

function argumentTerm(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

const argumentEntry =
  (helper: Help) =>
  (argument: Argument): Entry => [argument.name(), helper.argumentDescription(argument)];

const optionEntry =
  (helper: Help) =>
  (option: Option): Entry => [helper.optionTerm(option), helper.optionDescription(option)];

/** The commands of a command, in its groups. */
function commandSections(command: Command, helper: Help, width: number): string[] {
  const visible = helper.visibleCommands(command);
  const groups = helper.groupItems([...command.commands], visible, (one) => one.helpGroup() || "Commands");
  return [...groups].map(([group, commands]) =>
    section(
      group,
      commands.map((one) => [
        [one.name(), ...one.registeredArguments.map(argumentTerm)].join(" "),
        helper.subcommandDescription(one),
      ]),
      width,
    ),
  );
}

/** A list with a heading; nothing if it is empty. */
function section(heading: string, entries: readonly Entry[], width: number): string {
  if (entries.length === 0) return "";
  const termWidth = Math.max(...entries.map(([term]) => term.length)) + 2 * INDENT.length;
  const isWide = width - termWidth >= NARROWEST_DESCRIPTION;
  const lines = entries.map(([term, description]) => {
    const start = `${INDENT}${term}`;
    if (!isWide) return `${start}\n${wrapped(`${INDENT.repeat(3)}${description}`, width, INDENT.repeat(3))}`;
    return wrapped(`${start.padEnd(termWidth)}${description}`, width, " ".repeat(termWidth));
  });
  return `${heading}:\n${lines.join("\n")}`;
}

/** A text of several lines, each but the first of which begins with `indent`. The blanks at its start and in it are kept. */
function wrapped(text: string, width: number, indent = ""): string {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const start = rest.length - rest.trimStart().length;
    const at = rest.lastIndexOf(" ", width);
    const end = at > start ? at : rest.indexOf(" ", Math.max(start, width));
    if (end === -1) break;
    lines.push(rest.slice(0, end).trimEnd());
    rest = indent + rest.slice(end + 1);
  }
  return [...lines, rest].join("\n");
}

function sentence(text: string): string {
  return text === "" || text.endsWith(".") ? text : `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
