import {
  AccessExpiredError,
  AccountNotReadyError,
  AccountPausedError,
  AccountSuspendedError,
  ApiError,
  AuthenticationError,
  BankDataError,
  BankNotOfferedError,
  ConfigurationError,
  ConnectionError,
  ConsentRefusedError,
  InvalidRequestError,
  messageOf,
  NotFoundError,
  PlainHttpError,
  QuotaUnavailableError,
  RateLimitError,
  TimeoutError,
} from "bankdata-core/base";
import { ConsentFailedError, ConsentTimeoutError, UnfinishedConnectionError } from "bankdata-core/connect";
import { CommandFailure } from "./command-failure.ts";
import { renewCommand, typeableReference } from "./connection-reference.ts";
import { connectionInWords } from "./connection-words.ts";
import { EXIT } from "./exit.ts";
import { formatMoment } from "./format.ts";
import { line, type Printable, printable } from "./printable.ts";
import { refusalInWords } from "./refusal-words.ts";
import { command } from "./shell-command.ts";

export { CommandFailure };

/** How an error is explained to a person. */
export interface Explanation {
  /** The class of the error. */
  name: string;
  message: Printable;
  next: Printable | undefined;
  exitCode: number;
  /** The request and the service's own words, which `--verbose` shows. */
  details: Printable | undefined;
  /** Suggestions, one per line. */
  candidates: readonly Printable[];
}

/** What an error is about. */
export interface Subject {
  /** The account or bank, as the person calls it, or what could not be done. */
  name: Printable;
  /** The reference or id of its connection. */
  reference?: string | null | undefined;
}

/** The longest name in a message, in UTF-16 units: what happened must stay in sight. */
const LONGEST_NAME = 100;

/** Puts an error into words: what happened, to which account or bank, and what to do next. */
export function explain(error: unknown, subject?: Subject, now = Date.now()): Explanation {
  if (error instanceof CommandFailure) {
    const { message, next, exitCode, details, candidates } = error;
    const name = exitCode === EXIT.usage ? "UsageError" : error.name;
    return { name, message, next, exitCode, details, candidates };
  }
  if (isSuppressed(error)) return explainSuppressed(error, subject, now);
  if (error instanceof UnfinishedConnectionError) return explainUnfinished(error, now);
  const explained =
    notConnected(error, now) ??
    accessLost(error, subject) ??
    callsWithheld(error, now) ??
    serviceUnusable(error) ??
    requestRejected(error, subject) ??
    anyOther(error);
  const { exitCode, next } = explained;
  return {
    name: error instanceof Error ? error.name : "Error",
    message: messageAbout(subject, explained),
    next,
    exitCode,
    details: detailsOf(error),
    candidates: [],
  };
}

/** A part of an explanation, before it says what the error is about. */
type Explained = Words & { exitCode: number; next?: Printable };

/**
 * What happened. A `reason` is in our own words and starts with a small letter, as it may follow a name. A `message` is
 * shown as it is: it may start with the name of an option or a file.
 */
type Words = { reason: string } | { message: string };

function messageAbout(subject: Subject | undefined, words: Words): Printable {
  const text = "reason" in words ? words.reason : words.message;
  if (subject !== undefined) return line`${printable(subject.name, LONGEST_NAME)}: ${text}`;
  return "reason" in words ? line`${capitalised(text)}` : line`${text}`;
}

/** Why a bank was not connected. */
function notConnected(error: unknown, now: number): Explained | undefined {
  const message = notConnectedInWords(error, now);
  if (message === undefined) return undefined;
  return { message, exitCode: EXIT.failed, next: line`bankdata connect` };
}

function notConnectedInWords(error: unknown, now: number): Printable | undefined {
  if (error instanceof ConsentRefusedError) return refusalInWords(error);
  if (error instanceof ConsentTimeoutError) return line`The link was not used in time.`;
  if (error instanceof ConsentFailedError)
    return line`The connection is ${connectionInWords(error.connection, now)}.`;
  return undefined;
}

/** Why a bank has to be connected again. */
function accessLost(error: unknown, subject: Subject | undefined): Explained | undefined {
  const reason = accessLostInWords(error);
  if (reason === undefined) return undefined;
  const reference = subject?.reference;
  const next = reference ? renewCommand(reference) : line`bankdata connect --renew REFERENCE`;
  return { reason, exitCode: EXIT.renew, next };
}

function accessLostInWords(error: unknown): Printable | undefined {
  if (error instanceof AccessExpiredError) {
    const when = error.expiredAt === null ? "" : ` on ${error.expiredAt.slice(0, 10)}`;
    return line`the consent ended${when}.`;
  }
  if (error instanceof AccountSuspendedError) return line`the account is suspended after too many failures.`;
  return undefined;
}

/** Why a call was not made, or not allowed. */
function callsWithheld(error: unknown, now: number): Explained | undefined {
  if (error instanceof RateLimitError) {
    const spent =
      error.scope === "general"
        ? "the service accepts no more requests for now."
        : line`today's ${error.limit === null ? "calls are" : error.limit === 1 ? "only call is" : line`${error.limit} calls are`} used up.`;
    const again =
      error.resetAt === null
        ? ""
        : ` The next one is available ${formatMoment(error.resetAt.getTime(), now)}.`;
    return {
      reason: `${spent}${again}`,
      exitCode: EXIT.quota,
      next: line`bankdata quota`,
    };
  }
  if (error instanceof QuotaUnavailableError) {
    return {
      reason: `not read, because the call cannot be counted: ${sentence(error.reason)}`,
      exitCode: EXIT.quota,
      next: line`Free up space or restore access to the cache file (see bankdata doctor), or use --force.`,
    };
  }
  if (error instanceof AccountPausedError) {
    const until = formatMoment(error.retryAt.getTime(), now);
    return {
      reason: `it failed ${error.failures} times in a row and is paused until ${until}.`,
      exitCode: EXIT.failed,
      next: line`Run the same command with --force.`,
    };
  }
  if (error instanceof AccountNotReadyError && isPreparing(error)) {
    return {
      reason: "the bank is still preparing it. Ask again in a few minutes.",
      exitCode: EXIT.failed,
    };
  }
  return undefined;
}

/** Whether the bank will have data by itself; an account that failed stays so until it is connected again. */
function isPreparing({ accountStatus }: AccountNotReadyError): boolean {
  return /^(?:DISCOVERED|PROCESSING)$/i.test(accountStatus);
}

/** Why the service cannot be used at all. */
function serviceUnusable(error: unknown): Explained | undefined {
  if (error instanceof AuthenticationError) {
    return {
      reason: "the service does not accept the credentials.",
      exitCode: EXIT.failed,
      next: line`bankdata init`,
    };
  }
  if (error instanceof ConnectionError || error instanceof TimeoutError) {
    return { message: sentence(error.message), exitCode: EXIT.failed, next: line`bankdata doctor` };
  }
  if (error instanceof PlainHttpError) {
    return {
      reason: line`the base URL is plain http: anyone on the network path to ${error.host} could read the secret.`,
      exitCode: EXIT.usage,
      next: line`Use https, or allow it: allow_http in your configuration, or BANKDATA_ALLOW_HTTP=true.`,
    };
  }
  if (error instanceof ConfigurationError) return { message: error.message, exitCode: EXIT.usage };
  return undefined;
}

/** What was wrong with a request. */
function requestRejected(error: unknown, subject: Subject | undefined): Explained | undefined {
  if (error instanceof BankNotOfferedError) {
    const { bankName, bankId } = error;
    return {
      message: line`The service does not offer ${bankName ?? bankId} any more, so it cannot be connected or renewed. Nothing was changed: a connection to it works until its consent ends.`,
      exitCode: EXIT.failed,
      next: line`bankdata connections`,
    };
  }
  if (error instanceof InvalidRequestError)
    return { message: rejectionText(error), exitCode: error.sent ? EXIT.failed : EXIT.usage };
  if (error instanceof NotFoundError) {
    // What was not found may also be a bank or a path; the error's own message names it.
    const words =
      subject?.reference === undefined
        ? { message: sentence(error.message) }
        : { reason: "the account or connection no longer exists." };
    return { ...words, exitCode: EXIT.failed, next: line`bankdata connections` };
  }
  return undefined;
}

function anyOther(error: unknown): Explained {
  const message = messageOf(error);
  return { message: sentence(message), exitCode: EXIT.failed };
}

/** What went wrong, and then what went wrong on closing. */
function explainSuppressed(
  { error, suppressed }: Suppressed,
  subject: Subject | undefined,
  now: number,
): Explanation {
  const first = explain(suppressed, subject, now);
  return { ...first, message: line`${first.message} ${explain(error, undefined, now).message}` };
}

/** Why a bank was not connected, why the connection still exists, and how to remove it. */
function explainUnfinished(error: UnfinishedConnectionError, now: number): Explanation {
  const cause = explain(error.cause, undefined, now).message;
  const left = line`The unfinished connection is still there, as it could not be removed`;
  const removal = explain(error.removalError, { name: left }, now);
  const { reference, connectionId: id } = error;
  return {
    name: error.name,
    message: line`${cause} ${removal.message}`,
    next: command`bankdata disconnect ${typeableReference({ reference, id })}`,
    exitCode: EXIT.failed,
    details: removal.details,
    candidates: [],
  };
}

/** Two errors in one, as `await using` throws them. */
type Suppressed = Error & { error: unknown; suppressed: unknown };

function isSuppressed(error: unknown): error is Suppressed {
  return (
    error instanceof Error && error.name === "SuppressedError" && "error" in error && "suppressed" in error
  );
}

function rejectionText(error: ApiError): string {
  const fields = Object.entries(error.fields).flatMap(([name, problems]) =>
    problems.map(({ summary, detail }) => `${name}: ${detail === "" ? summary : `${summary}, ${detail}`}`),
  );
  return sentence(
    fields.length > 0 ? fields.join("; ") : `${error.summary.replace(/[.:]$/, "")}: ${error.detail}`,
  );
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function sentence(text: string): string {
  return /[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`;
}

/** The stack of an unexpected error, innermost frame first; empty for any other error, whose message is enough. */
export function framesOf(error: unknown): Printable[] {
  if (isSuppressed(error)) return [...framesOf(error.suppressed), ...framesOf(error.error)];
  if (!(error instanceof Error) || error instanceof CommandFailure || error instanceof BankDataError)
    return [];
  const lines = (error.stack ?? "").split("\n").map((one) => one.trim());
  return lines.filter((one) => one.startsWith("at ")).map((one) => printable(one));
}

function detailsOf(error: unknown): Printable | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const { method, path, status, summary, detail, type } = error;
  return printable(
    `${method} ${path} → ${status}${type === null ? "" : ` ${type}`}: ${summary} ${detail}`.trim(),
  );
}
