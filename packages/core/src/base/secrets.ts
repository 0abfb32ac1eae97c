import { maskIbans } from "./masking.ts";

/** A credential as short as this is part of words (`id` of `Invalid token`): it is none of the service's, nor secret. */
const TOO_SHORT_FOR_A_SECRET = 3;

/** So many tokens are remembered: five pairs, of which the oldest have ended long ago. */
const MOST_TOKENS = 10;

/** What every secret is replaced by. */
const HIDDEN = "***";

/**
 * Every secret that a client has had in hand: credentials and tokens. Each text from outside passes here before it
 * becomes part of an error, a log line, or what is told of a response.
 */
export class Secrets {
  readonly #credentials: readonly string[];
  readonly #tokens = new Set<string>();
  #pattern: RegExp | undefined;

  constructor(credentials: readonly string[]) {
    this.#credentials = credentials;
  }

  /** Remembers tokens, before they are first used. */
  add(...tokens: readonly string[]): void {
    for (const token of tokens) {
      // The newest last, also if it was known before.
      this.#tokens.delete(token);
      this.#tokens.add(token);
    }
    for (const oldest of this.#tokens) {
      if (this.#tokens.size <= MOST_TOKENS) break;
      this.#tokens.delete(oldest);
    }
    this.#pattern = undefined;
  }

  /** A text without any secret or whole IBAN. */
  readonly clean = (text: string): string => {
    this.#pattern ??= patternOf([...this.#credentials, ...this.#tokens]);
    return maskIbans(text.replaceAll(this.#pattern, HIDDEN));
  };
}

/**
 * Finds each secret in the forms in which others write it: as it is, percent-encoded, escaped as in JSON; in any case, as
 * the host of a URL is written in small letters. The longest goes first, as one may begin as another does.
 */
function patternOf(secrets: readonly string[]): RegExp {
  const forms = secrets
    .filter((secret) => secret.length > TOO_SHORT_FOR_A_SECRET)
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
