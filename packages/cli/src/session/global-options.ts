import { type Command, Option } from "commander";
import type { OutputOptions } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import type { Terminal } from "../ui/terminal.ts";
import { wrongUse } from "../ui/wrong-use.ts";

/** Options that every command takes. */
export interface GlobalOptions extends OutputOptions {
  verbose?: boolean | undefined;
  /** Prints only results, warnings and errors. */
  quiet?: boolean | undefined;
  /** Prints tables uncut. */
  wide?: boolean | undefined;
  /** Works with the embedded sandbox, whose state is kept between commands. */
  sandbox?: boolean | undefined;
  config?: string | undefined;
  /** The file of variables. */
  env?: string | undefined;
  /** The archive; only of commands that take it. */
  archive?: string | undefined;
  /** Another name of `env`, which Node.js takes for an option of its own. */
  envFile?: string | undefined;
}

/** Adds the options that every command takes. @returns the same program */
export function addGlobalOptions(program: Command): Command {
  return program
    .option("--json", "print one JSON document and nothing else on stdout")
    .option("--jsonl", "print one JSON object per line")
    .option("--quiet", "print nothing but results, warnings and errors")
    .option("--wide", "print tables with whole cells, however wide they become")
    .option("--sandbox", "use the embedded sandbox, which keeps its state between commands")
    .option(
      "--config <file>",
      "use this configuration file instead of bankdata.yaml in this folder or your own",
    )
    .option("--env <file>", "read variables from this file instead of .env in this folder")
    .addOption(new Option("--env-file <file>").hideHelp())
    .option("--verbose", "log each request, and the service's own message when it rejects one");
}

/** Options that contradict each other. */
const EXCLUSIVE = [
  ["json", "jsonl"],
  ["quiet", "verbose"],
  ["env", "envFile"],
] as const satisfies readonly (keyof GlobalOptions)[][];

/** Makes the terminal obey `--quiet`. @throws CommandFailure if options contradict each other */
export function obeyGlobalOptions(command: Command, terminal: Terminal): void {
  const given = command.optsWithGlobals<GlobalOptions>();
  for (const [one, other] of EXCLUSIVE) {
    if (given[one] === undefined || given[other] === undefined) continue;
    throw wrongUse(command, line`${flagOf(one)} and ${flagOf(other)} cannot be used together.`);
  }
  terminal.isQuiet = given.quiet === true;
}

function flagOf(name: keyof GlobalOptions): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The arguments that pass the global options on to another command, except `--json` and `--jsonl`. */
export function globalArguments(program: Command): string[] {
  const { sandbox, verbose, quiet, wide, config, env, envFile = env } = program.opts<GlobalOptions>();
  return [
    ...(sandbox ? ["--sandbox"] : []),
    ...(verbose ? ["--verbose"] : []),
    ...(quiet ? ["--quiet"] : []),
    ...(wide ? ["--wide"] : []),
    ...(config === undefined ? [] : ["--config", config]),
    ...(envFile === undefined ? [] : ["--env", envFile]),
  ];
}
