import {
  AccessExpiredError,
  AccountPausedError,
  AccountSuspendedError,
  ApiError,
  AuthenticationError,
  BankDataError,
  ConfigurationError,
  ConnectionError,
  ConsentRefusedError,
  InvalidRequestError,
  NotFoundError,
  QuotaUnavailableError,
  RateLimitError,
  TimeoutError,
} from "bankdata-core/base";
import { ConsentFailedError, ConsentTimeoutError, UnfinishedConnectionError } from "bankdata-core/connect";
import { renewCommand, typeableReference } from "./connection-reference.ts";
import { connectionInWords } from "./connection-words.ts";
import { EXIT } from "./exit.ts";
import { formatMoment } from "./format.ts";
import { line, type Printable, printable } from "./printable.ts";
import { refusalInWords } from "./refusal-words.ts";
import { command } from "./shell-command.ts";

/** A command that cannot go on, with what to do next. */
export class CommandFailure extends Error {
  override name = "CommandFailure";
  override readonly message: Printable;
  readonly exitCode: number;
  /** A sentence or a command; undefined if there is nothing to do. */
  readonly next: Printable | undefined;
  /** The request and the service's own words, if there was one. */
  readonly details: Printable | undefined;
  /** What may have been meant, a line each. */
  readonly candidates: readonly Printable[];

  constructor(message: Printable, exitCode: number, next?: Printable, beside: Beside = {}) {
    super(message);
    this.message = message;
    this.exitCode = exitCode;
    this.next = next;
    this.details = beside.details;
    this.candidates = beside.candidates ?? [];
  }
}

/** What a failure says beside its message. */
type Beside = Partial<Pick<Explanation, "details" | "candidates">>;

/** How an error is explained to a person. */
export interface Explanation {
  message: Printable;
  next: Printable | undefined;
  exitCode: number;
  /** The request and the service's own words, for those who want to know. */
  details: Printable | undefined;
  /** What may have been meant, a line each. */
  candidates: readonly Printable[];
}

/** Who an error is about, as the person calls it. */
export interface Subject {
  /** The account or bank. */
  name: Printable;
  /** The connection that opens it. */
  reference?: string | null | undefined;
}

/** The longest name in a message, in UTF-16 units: what happened must stay in sight. */
const LONGEST_NAME = 100;

/** Puts an error into words: what happened, to whom, and what to do next. */
export function explain(error: unknown, subject?: Subject, now = Date.now()): Explanation {
  if (error instanceof CommandFailure) {
    const { message, next, exitCode, details, candidates } = error;
    return { message, next, exitCode, details, candidates };
  }
  if (isSuppressed(error)) {
    const first = explain(error.suppressed, subject, now);
    return { ...first, message: line`${first.message} ${explain(error.error, undefined, now).message}` };
  }
  if (error instanceof UnfinishedConnectionError) return explainUnfinished(error, now);
  const about = subject === undefined ? "" : `${printable(subject.name, LONGEST_NAME)}: `;
  const explained = (message: string, exitCode: number, next?: Printable): Explanation => ({
    message: line`${about}${message}`,
    next,
    exitCode,
    details: detailsOf(error),
    candidates: [],
  });
  const reference = subject?.reference;
  const renew = reference ? renewCommand(reference) : line`bankdata connect --renew REFERENCE`;
  const notConnected = notConnectedInWords(error, now);
  if (notConnected !== undefined) return explained(notConnected, EXIT.failed, line`bankdata connect`);
  if (error instanceof AccessExpiredError) {
    const when = error.expiredAt === null ? "" : ` on ${error.expiredAt.slice(0, 10)}`;
    return explained(`the consent ended${when}.`, EXIT.renew, renew);
  }
  if (error instanceof AccountSuspendedError) {
    return explained("the service suspended it after too many failures.", EXIT.renew, renew);
  }
  if (error instanceof RateLimitError) {
    const again =
      error.resetAt === null ? "" : ` They come back ${formatMoment(error.resetAt.getTime(), now)}.`;
    return explained(`the calls that the bank allows are spent.${again}`, EXIT.quota, line`bankdata quota`);
  }
  if (error instanceof QuotaUnavailableError) {
    return explained(
      `it was not read, because its calls cannot be counted: ${sentence(error.reason)}`,
      EXIT.quota,
      line`free up space or restore access to the cache file (bankdata doctor), or use --force`,
    );
  }
  if (error instanceof AccountPausedError) {
    const until = formatMoment(error.retryAt.getTime(), now);
    return explained(
      `it failed ${error.failures} times in a row and is paused until ${until}.`,
      EXIT.failed,
      line`the same command with --force`,
    );
  }
  if (error instanceof AuthenticationError) {
    return explained("the service does not accept the credentials.", EXIT.failed, line`bankdata init`);
  }
  if (error instanceof ConnectionError || error instanceof TimeoutError) {
    return explained(sentence(error.message), EXIT.failed, line`bankdata doctor`);
  }
  if (error instanceof ConfigurationError) return explained(error.message, EXIT.usage);
  if (error instanceof InvalidRequestError)
    return explained(rejectionText(error), error.sent ? EXIT.failed : EXIT.usage);
  if (error instanceof NotFoundError) return explained("not found.", EXIT.failed, line`bankdata connections`);
  if (error instanceof BankDataError) return explained(sentence(error.message), EXIT.failed);
  const message = error instanceof Error ? error.message : String(error);
  return explained(sentence(message), EXIT.failed);
}

/** Why a connection came to nothing; undefined if the error is about something else. */
function notConnectedInWords(error: unknown, now: number): Printable | undefined {
  if (error instanceof ConsentRefusedError) return refusalInWords(error);
  if (error instanceof ConsentTimeoutError) return line`The link was not used in time.`;
  if (error instanceof ConsentFailedError)
    return line`The connection is ${connectionInWords(error.connection, now)}.`;
  return undefined;
}

/** Why a connection came to nothing, why it is still there, and how to remove it. */
function explainUnfinished(error: UnfinishedConnectionError, now: number): Explanation {
  const cause = explain(error.cause, undefined, now).message;
  const removal = explain(error.removalError, undefined, now);
  const { reference, connectionId: id } = error;
  return {
    message: line`${cause} The unfinished connection is still there, as it could not be removed: ${removal.message}`,
    next: command`bankdata disconnect ${typeableReference({ reference, id })}`,
    exitCode: EXIT.failed,
    details: removal.details,
    candidates: [],
  };
}

/** Two errors in one: what went wrong, and then what went wrong on closing. */
function isSuppressed(error: unknown): error is Error & { error: unknown; suppressed: unknown } {
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

function sentence(text: string): string {
  return /[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`;
}

function detailsOf(error: unknown): Printable | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const { method, path, status, summary, detail, type } = error;
  return printable(
    `${method} ${path} → ${status}${type === null ? "" : ` ${type}`}: ${summary} ${detail}`.trim(),
  );
}
