import type { Logger } from "./logger.ts";
import { maskIbans } from "./masking.ts";

/**
 * A text of at most this length occurs within words (`id` in `Invalid token`), and no service issues such a credential.
 */
const LONGEST_HARMLESS_TEXT = 3;

/** How many tokens are remembered: the client's own last ones, and many that a caller passed in. */
const MAX_TOKENS = 50;

/** How many values of headers, and parts of them, are remembered. */
const MAX_HEADERS = 300;

/** What replaces every secret. */
const REDACTED = "***";

/**
 * The secrets that a client has used: credentials and tokens. Every text from outside is redacted here before it becomes
 * part of an error, a log line or a reported response.
 */
export class Secrets {
  readonly #credentials: readonly string[];
  readonly #tokens = new Set<string>();
  readonly #headers = new Set<string>();
  #pattern: RegExp | undefined;

  constructor(credentials: readonly string[]) {
    this.#credentials = credentials;
  }

  /** Remembers tokens. Call this before they are first used. */
  add(...tokens: readonly string[]): void {
    remember(tokens, this.#tokens, MAX_TOKENS);
    this.#pattern = undefined;
  }

  /** Remembers what may be secret in a call's headers. Call this before they are first sent. */
  addHeaders(values: readonly string[]): void {
    const isNew = values.some((value) => !this.#headers.has(value));
    remember(values, this.#headers, MAX_HEADERS);
    if (isNew) this.#pattern = undefined;
  }

  /** Returns the text without any secret or whole IBAN. */
  readonly redact = (text: string): string => {
    this.#pattern ??= patternOf([...this.#credentials, ...this.#tokens, ...this.#headers]);
    return maskIbans(text.replaceAll(this.#pattern, REDACTED));
  };
}

/** Adds values to those that are known, and forgets the oldest of too many. */
function remember(values: readonly string[], known: Set<string>, most: number): void {
  for (const value of values) {
    // The newest goes last, even if it was known already.
    known.delete(value);
    known.add(value);
  }
  for (const oldest of known) {
    if (known.size <= most) break;
    known.delete(oldest);
  }
}

/**
 * Matches each secret as it is, percent-encoded, or escaped as in JSON; in any case, because the host of a URL is
 * lower-cased. The longest comes first, because one may be a prefix of another.
 */
function patternOf(secrets: readonly string[]): RegExp {
  const forms = secrets
    .filter((secret) => secret.length > LONGEST_HARMLESS_TEXT)
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret.toWellFormed()),
      JSON.stringify(secret).slice(1, -1),
    ]);
  const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length);
  if (longestFirst.length === 0) return /(?!)/g;
  return new RegExp(
    longestFirst.map((form) => form.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("|"),
    "gi",
  );
}

/** A logger whose messages hold no secret: some repeat what a storage backend or another function of the caller threw. */
export function redactingLogger(logger: Logger, { redact }: Pick<Secrets, "redact">): Logger {
  return Object.freeze({
    debug: (message: string) => logger.debug(redact(message)),
    info: (message: string) => logger.info(redact(message)),
    warn: (message: string) => logger.warn(redact(message)),
    error: (message: string) => logger.error(redact(message)),
  });
}
