import { type Command, Option } from "commander";

/** The argument of every command that takes an account. */
export const ACCOUNT_ARGUMENT = [
  "[account]",
  "your alias for it, its name, its id, its IBAN or the end of its IBAN",
] as const;

/** Options of every command that reads data of accounts. */
export interface ReadOptions {
  /** Asks the bank, whatever is archived or cached. */
  live?: boolean | undefined;
  /** The former name of `live`. */
  refresh?: boolean | undefined;
  /** Ends with `EXIT.stale` if some data is older than it should be, as it does with `live`. */
  failIfStale?: boolean | undefined;
  /** Asks even for an account that is paused because it keeps failing. */
  force?: boolean | undefined;
}

/** Adds `--archive` to a command that uses the archive. @returns the same command */
export function addArchiveOption(command: Command): Command {
  return command.option(
    "--archive <file>",
    "use this archive, a file or the URL of a Postgres database, instead of the configured one",
  );
}

/** Adds the options of `ReadOptions`, and `--archive`, as what is read is recorded. @returns the same command */
export function addReadOptions(command: Command): Command {
  return addArchiveOption(command)
    .option("--live", "ask the bank, whatever is archived or cached; costs a call")
    .addOption(new Option("--refresh").hideHelp())
    .option("--fail-if-stale", "end with 6 if older data is shown, because nothing newer could be read")
    .option("--force", "ask even if the account is paused because it keeps failing");
}

/** Whether the bank is to be asked in any case. */
export function isLive({ live, refresh }: ReadOptions): boolean {
  return live === true || refresh === true;
}
