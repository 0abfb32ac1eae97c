import type { Command } from "commander";

/** Adds `--archive` to a command that records or reads what is in the archive. @returns the same command */
export function addArchiveOption<C extends Command>(command: C): C {
  return command.option("--archive <place>", "use this archive: a file, or the URL of a Postgres database");
}
