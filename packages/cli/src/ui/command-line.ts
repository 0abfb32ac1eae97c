import { Command, type ErrorOptions, type ParseOptionsResult } from "commander";

/** Arguments that a command does not accept. `usageFailure` puts it into words. */
export class RejectedArguments extends Error {
  override name = "RejectedArguments";
  readonly command: CommandLine;
  /** Commander's name for what is wrong, such as `commander.unknownOption`. */
  readonly code: string;

  constructor(command: CommandLine, code: string, message: string) {
    super(message);
    this.command = command;
    this.code = code;
  }
}

/** A command of commander with what our help and our errors show. */
export class CommandLine extends Command {
  /** Command lines that help shows. */
  examples: readonly string[] = [];
  /** The page of the documentation that describes it. */
  page = "docs/cli.md";
  /** The arguments in which options were looked for last, and those from the first unknown option on. */
  parsed: { given: readonly string[]; unknown: readonly string[] } = { given: [], unknown: [] };

  override createCommand(name?: string): CommandLine {
    return new CommandLine(name);
  }

  /** Sets the command lines that help shows. */
  withExamples(...examples: readonly string[]): this {
    this.examples = examples;
    return this;
  }

  /** Sets the page of the documentation that describes it. @default "docs/cli.md" */
  onPage(page: string): this {
    this.page = page;
    return this;
  }

  override parseOptions(args: string[]): ParseOptionsResult {
    this.parsed = { given: args, unknown: [] };
    const result = super.parseOptions(args);
    this.parsed = { given: args, unknown: result.unknown };
    return result;
  }

  /** Called by commander. It prints nothing, as failures are reported in one place. */
  override error(message: string, { code = "" }: ErrorOptions = {}): never {
    throw new RejectedArguments(this, code, message);
  }
}

/** A command and those that it belongs to: itself, then its parent, up to the program. */
export function withParents(command: Command): Command[] {
  return command.parent === null ? [command] : [command, ...withParents(command.parent)];
}

/** What a person types for a command: `bankdata cache clear`. */
export function pathOf(command: Command): string {
  return withParents(command)
    .map((one) => one.name())
    .reverse()
    .join(" ");
}
