import type { Command } from "commander";
import type { Terminal } from "../ui/terminal.ts";
import { archivePlace, exists } from "./archive-location.ts";
import { configurationFor } from "./configured.ts";
import type { GlobalOptions } from "./global-options.ts";
import type { Session } from "./session.ts";

/** What a command needs that lives from the archive alone: no client, no credentials, no network. */
export type ArchiveContext = Pick<Session, "configuration" | "terminal" | "options" | "now" | "archive">;

/** The ways in which a command can read. */
export interface Reading {
  /** Asks the bank in any case. */
  readonly live: boolean;
  /** Reads the archive, which is there; undefined if what is wanted is not in it. */
  readonly fromArchive: (context: ArchiveContext) => Promise<number | undefined>;
  /** Reads through the provider: from the cache, or the bank. */
  readonly throughProvider: (session: Session) => Promise<number>;
}

/** Reads the archive if what is wanted is in it, otherwise through the provider. */
export async function runReading(terminal: Terminal, command: Command, reading: Reading): Promise<void> {
  const { live, fromArchive, throughProvider } = reading;
  const options = command.optsWithGlobals<GlobalOptions>();
  if (!live && options.sandbox !== true) {
    const code = await inArchive(terminal, options, fromArchive);
    if (code !== undefined) {
      process.exitCode = code;
      return;
    }
  }
  const { inSession } = await import("./session.ts");
  process.exitCode = await inSession(terminal, options, async (session) => {
    // The sandbox has a clock of its own, which only it can tell.
    const code =
      !live && options.sandbox === true && exists(session.archive) ? await fromArchive(session) : undefined;
    return code ?? (await throughProvider(session));
  });
}

/** Does work that needs nothing but the archive, with the sandbox's clock if it is the sandbox's; undefined if there is none. */
export async function runInArchive(
  terminal: Terminal,
  command: Command,
  work: (context: ArchiveContext) => Promise<number | undefined>,
): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>();
  if (options.sandbox === true) {
    const { inSession } = await import("./session.ts");
    const code = await inSession(terminal, options, work);
    if (code !== undefined) process.exitCode = code;
    return;
  }
  const configuration = configurationFor(options);
  const code = await work({
    ...{ configuration, terminal, options, now: Date.now },
    archive: archivePlace(configuration, options),
  });
  if (code !== undefined) process.exitCode = code;
}

async function inArchive(
  terminal: Terminal,
  options: GlobalOptions,
  work: (context: ArchiveContext) => Promise<number | undefined>,
): Promise<number | undefined> {
  const configuration = configurationFor(options);
  const archive = archivePlace(configuration, options);
  if (!exists(archive)) return undefined;
  return await work({ configuration, terminal, options, now: Date.now, archive });
}
