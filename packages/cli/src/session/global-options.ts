import type { Command } from "commander";
import type { OutputOptions } from "../ui/output.ts";

/** Options that every command takes. */
export interface GlobalOptions extends OutputOptions {
  verbose?: boolean | undefined;
  /** Works with the embedded sandbox, whose state is kept between commands. */
  sandbox?: boolean | undefined;
  config?: string | undefined;
  envFile?: string | undefined;
}

/** Adds the options that every command takes. @returns the same program */
export function addGlobalOptions(program: Command): Command {
  return program
    .option("--json", "print one JSON document, and nothing else, on stdout")
    .option("--jsonl", "print one JSON object per line")
    .option("--sandbox", "work with the embedded sandbox, which is kept between commands")
    .option("--config <file>", "the configuration, instead of bankdata.yaml here or in your own folder")
    .option("--env-file <file>", "a file of variables, instead of .env here")
    .option("--verbose", "log each request, and the service's own words when it rejects one");
}

/** The arguments that give another command the same global options; output for programs is not passed on. */
export function globalArguments(program: Command): string[] {
  const { sandbox, verbose, config, envFile } = program.opts<GlobalOptions>();
  return [
    ...(sandbox ? ["--sandbox"] : []),
    ...(verbose ? ["--verbose"] : []),
    ...(config === undefined ? [] : ["--config", config]),
    ...(envFile === undefined ? [] : ["--env-file", envFile]),
  ];
}
