import { type ClientOptions, GoCardlessClient, goCardlessProvider } from "bankdata-core";
import type { BankProvider } from "bankdata-core/bank";
import type { Logger } from "bankdata-core/base";
import type { CacheView } from "bankdata-core/cache";
import type { Configuration } from "../config/index.ts";
import { EXIT } from "../ui/exit.ts";
import { CommandFailure, explain } from "../ui/failure.ts";
import { warn } from "../ui/output.ts";
import { line, printable } from "../ui/printable.ts";
import { StopSignals } from "../ui/stop-signals.ts";
import type { Terminal } from "../ui/terminal.ts";
import { waitNotes } from "../ui/wait-words.ts";
import { type ArchivePlace, archivePlace, isInUse } from "./archive-location.ts";
import { configurationFor, sandboxFile } from "./configured.ts";
import type { GlobalOptions } from "./global-options.ts";
import { type ConnectedAccounts, Recorder } from "./recorder.ts";

/** What a command works with. */
export interface Session extends AsyncDisposable {
  /** Reaches the banks. Commands read and change everything through it; what a bank sends is recorded in the archive. */
  provider: BankProvider;
  /** The same without recording, for what records by itself. */
  unrecorded: BankProvider;
  /** Makes the accounts of a new connection known in the archive, if there is one. */
  recordConnected(connected: ConnectedAccounts): void;
  /** Waits until what was sent is recorded. False if there is no archive, or it could not be. */
  recorded(): Promise<boolean>;
  /** Where the archive is, whether it exists or not. */
  archive: ArchivePlace;
  /** The cached responses; undefined without a cache. */
  cache: CacheView | undefined;
  /** Logs in at the service. @throws AuthenticationError if it does not accept the credentials */
  login(): Promise<void>;
  /** Makes a small request that bypasses the cache. */
  ping(): Promise<void>;
  configuration: Configuration;
  terminal: Terminal;
  options: GlobalOptions;
  /** The clock that consents and limits run on, in milliseconds. */
  now: () => number;
  stopSignals: StopSignals;
}

/**
 * The base URL under which cache and token store keep the data of the embedded sandbox, whose port differs each time.
 * The domain is reserved (RFC 2606), so that nothing can ever be sent there.
 */
export const SANDBOX_NAME = "http://sandbox.invalid/api/v2";

/** Does some work in a session, which is closed even if the work fails. @returns what the work returns */
export async function inSession<T>(
  terminal: Terminal,
  options: GlobalOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  await using session = await openSession(terminal, options);
  const result = await work(session);
  // Aborted work may still have returned a value.
  session.stopSignals.signal.throwIfAborted();
  return result;
}

/** Opens the client that the configuration describes, or one for the embedded sandbox. */
export async function openSession(terminal: Terminal, options: GlobalOptions): Promise<Session> {
  const configuration = configurationFor(options);
  const logger = loggerFor(terminal, options);
  const { cache, credentials, baseUrl, allowHttp } = configuration;
  if (options.sandbox) return await openSandbox(terminal, options, configuration, logger);
  if (credentials === null) {
    throw new CommandFailure(
      line`No credentials are configured: set GOCARDLESS_SECRET_ID and GOCARDLESS_SECRET_KEY, or store them.`,
      EXIT.usage,
      line`bankdata init, or try any command with --sandbox`,
    );
  }
  const stopSignals = new StopSignals();
  const { signal } = stopSignals;
  const client = await clientOr(() => stopSignals[Symbol.dispose](), {
    ...credentials,
    ...{ baseUrl, allowHttp, logger, signal, cacheOptions: cache },
    onWait: waitNotes(terminal, Date.now),
  });
  const recorded = recordedBy(goCardlessProvider(client), {
    terminal,
    options,
    configuration,
    logger,
    now: Date.now,
  });
  return {
    ...throughClient(client),
    ...recorded.parts,
    configuration,
    terminal,
    options,
    now: Date.now,
    stopSignals,
    async [Symbol.asyncDispose]() {
      try {
        await recorded.close();
        await client.close();
      } finally {
        stopSignals[Symbol.dispose]();
      }
    },
  };
}

async function openSandbox(
  terminal: Terminal,
  options: GlobalOptions,
  configuration: Configuration,
  logger: Logger,
): Promise<Session> {
  const { startSandbox } = await import("bankdata-sandbox");
  const sandbox = await startSandbox({
    stateFile: sandboxFile(),
    onWarning: (message) => terminal.err.line(printable(message)),
  });
  const now = () => Date.parse(sandbox.now());
  const stopSignals = new StopSignals();
  const close = async () => {
    await sandbox.close();
    stopSignals[Symbol.dispose]();
  };
  const client = await clientOr(close, {
    ...sandbox.credentials,
    baseUrl: SANDBOX_NAME,
    allowHttp: true, // Only a name: what is sent goes to loopback.
    fetch: (url, init) => fetch(url.replace(SANDBOX_NAME, sandbox.baseUrl), init),
    now,
    logger,
    onWait: waitNotes(terminal, now),
    signal: stopSignals.signal,
    cacheOptions: configuration.cache,
  });
  const recorded = recordedBy(goCardlessProvider(client), { terminal, options, configuration, logger, now });
  return {
    ...throughClient(client),
    ...recorded.parts,
    configuration,
    terminal,
    options,
    now,
    stopSignals,
    async [Symbol.asyncDispose]() {
      try {
        await recorded.close();
        await client.close();
      } finally {
        await close();
      }
    },
  };
}

/** What decides where responses are recorded. */
interface Recorded extends Pick<Session, "terminal" | "options" | "configuration" | "now"> {
  logger: Logger;
}

/** The parts of a session by which responses are recorded, if there is an archive for them. */
function recordedBy(unrecorded: BankProvider, { terminal, options, configuration, logger, now }: Recorded) {
  const archive = archivePlace(configuration, options);
  if (!isInUse(archive))
    return {
      parts: {
        ...{ archive, unrecorded, provider: unrecorded },
        recordConnected: () => {},
        recorded: async () => false,
      },
      close: async () => {},
    };
  const recorder = new Recorder({
    ...{ location: archive.location, now, logger },
    onFailure: (error) => {
      const name = line`What the bank sent was not recorded in the archive`;
      warn(terminal, explain(error, { name }, now()).message);
    },
  });
  return {
    parts: {
      ...{ archive, unrecorded, provider: recorder.recording(unrecorded) },
      recordConnected: (connected: ConnectedAccounts) => recorder.recordConnected(unrecorded.name, connected),
      recorded: () => recorder.settled(),
    },
    close: () => recorder[Symbol.asyncDispose](),
  };
}

/** The parts of a session that use its client. */
function throughClient(client: GoCardlessClient) {
  return {
    cache: client.cache,
    login: async () => {
      await client.token();
    },
    ping: async () => {
      await client.getRequisitionsPaginated({ limit: 1 }, { forceRefresh: true });
    },
  };
}

/** A client; if its options are rejected, what was opened for it is closed, as it would keep the process from ending. */
async function clientOr(
  close: () => void | Promise<void>,
  options: ClientOptions,
): Promise<GoCardlessClient> {
  try {
    return new GoCardlessClient(options);
  } catch (error) {
    await close();
    throw error;
  }
}

/** Warnings are always printed, the rest with `--verbose`. */
function loggerFor({ err }: Terminal, { verbose }: GlobalOptions): Logger {
  const print = (message: string) => err.line(printable(message));
  const ignore = () => {};
  return { debug: verbose ? print : ignore, info: verbose ? print : ignore, warn: print, error: print };
}
