import type { Command } from "commander";
import type { Terminal } from "../ui/terminal.ts";
import type { GlobalOptions } from "./global-options.ts";
import type { Session } from "./session.ts";

/** What a command needs that lives from the archive alone: no client, no credentials, no network. */
export interface ArchiveContext
  extends Pick<Session, "configuration" | "terminal" | "options" | "now" | "archive"> {
  /**
   * Does some work with a client, which is opened only for it.
   *
   * @throws CommandFailure without credentials
   */
  withClient<T>(work: (session: Session) => Promise<T>): Promise<T>;
}

/** The ways in which a command can read. */
export interface Reading {
  /** Asks the bank in any case. */
  readonly live: boolean;
  /** Reads the archive, which is there; undefined if what is wanted is not in it. */
  readonly fromArchive: (context: ArchiveContext) => Promise<number | undefined>;
  /** Reads through the provider: from the cache, or the bank. */
  readonly throughProvider: (session: Session) => Promise<number>;
}

/**
 * Reads the archive if what is wanted is in it, otherwise through the provider. What it takes is loaded only now, as the help of a
 * command does not need it.
 */
export async function runReading(terminal: Terminal, command: Command, reading: Reading): Promise<void> {
  const { live, fromArchive, throughProvider } = reading;
  const options = command.optsWithGlobals<GlobalOptions>();
  const { exists } = await import("./archive-location.ts");
  const ifThere = async (context: ArchiveContext) => {
    if (live || !exists(context.archive)) return undefined;
    try {
      return await fromArchive(context);
    } catch (error) {
      await noteOtherWay(context, command, error);
      throw error;
    }
  };
  // The sandbox has a clock of its own, which only it can tell.
  const code = live || options.sandbox ? undefined : await ifThere(await archiveContext(terminal, options));
  if (code !== undefined) {
    process.exitCode = code;
    return;
  }
  const { inSession } = await import("./session.ts");
  process.exitCode = await inSession(terminal, options, async (session) => {
    const archived = options.sandbox ? await ifThere(contextOf(session)) : undefined;
    return archived ?? (await throughProvider(session));
  });
}

/** Says that the bank can be asked although the archive cannot be read. */
async function noteOtherWay(
  { terminal, options }: ArchiveContext,
  command: Command,
  error: unknown,
): Promise<void> {
  const { isForProgram, alert } = await import("../ui/output.ts");
  if (!(error instanceof Error) || !ARCHIVE_ERRORS.has(error.name) || isForProgram(options)) return;
  const { line } = await import("../ui/printable.ts");
  const { asTyped } = await import("../ui/terminal.ts");
  const asking = asTyped(line`bankdata ${command.name()} --live`, options);
  alert(terminal, line`The archive cannot be read. The bank can be asked without it:`, asking);
}

/** By their names, as the archive's classes would have to be loaded. */
const ARCHIVE_ERRORS: ReadonlySet<string> = new Set([
  "ArchiveDamagedError",
  "ArchiveUnavailableError",
  "ArchiveVersionError",
]);

/** Does work that needs nothing but the archive, with the sandbox's clock if it is the sandbox's. */
export async function runInArchive(
  terminal: Terminal,
  command: Command,
  work: (context: ArchiveContext) => Promise<number>,
): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>();
  if (options.sandbox) {
    const { inSession } = await import("./session.ts");
    process.exitCode = await inSession(terminal, options, (session) => work(contextOf(session)));
  } else process.exitCode = await work(await archiveContext(terminal, options));
}

/** What a session is to commands that live from the archive. */
export function contextOf(session: Session): ArchiveContext {
  const { configuration, terminal, options, now, archive } = session;
  return { configuration, terminal, options, now, archive, withClient: (work) => work(session) };
}

async function archiveContext(terminal: Terminal, options: GlobalOptions): Promise<ArchiveContext> {
  const { configurationFor } = await import("./configured.ts");
  const { archivePlace } = await import("./archive-location.ts");
  const configuration = configurationFor(options);
  return {
    ...{ configuration, terminal, options, now: Date.now, archive: archivePlace(configuration, options) },
    async withClient(work) {
      const { inSession } = await import("./session.ts");
      return await inSession(terminal, options, work);
    },
  };
}
