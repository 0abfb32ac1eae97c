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
    .option("--json", "print one JSON document and nothing else on stdout")
    .option("--jsonl", "print one JSON object per line")
    .option("--sandbox", "use the embedded sandbox, which keeps its state between commands")
    .option(
      "--config <file>",
      "use this configuration file instead of bankdata.yaml in this folder or your own",
    )
    .option("--env-file <file>", "read variables from this file instead of .env in this folder")
    .option("--verbose", "log each request, and the service's own message when it rejects one");
}

/** The arguments that pass the global options on to another command, except `--json` and `--jsonl`. */
export function globalArguments(program: Command): string[] {
  const { sandbox, verbose, config, envFile } = program.opts<GlobalOptions>();
  return [
    ...(sandbox ? ["--sandbox"] : []),
    ...(verbose ? ["--verbose"] : []),
    ...(config === undefined ? [] : ["--config", config]),
    ...(envFile === undefined ? [] : ["--env-file", envFile]),
  ];
}
