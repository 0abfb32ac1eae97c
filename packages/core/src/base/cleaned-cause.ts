import { isError } from "./is-error.ts";
import { maskNumbers } from "./masking.ts";

/** The longest name and the longest message, in characters, and how many causes of causes are kept. */
const LONGEST_NAME = 100;
const LONGEST_MESSAGE = 1000;
const MOST_CAUSES = 5;

/** The user and password of a URL, and the credentials of an Authorization header. */
const CREDENTIALS = /(?<=\/\/)[^/@\s]{1,500}(?=@)|(?<=\b(?:basic|bearer)\s)[\w.~+/=-]{1,5000}/gi;

/**
 * What may be shown of an error from elsewhere (the system, an HTTP library, a function of the caller's): an Error with its
 * name, its message, its code (`ECONNREFUSED`) and its causes, without secrets and account numbers. Objects that the error
 * holds, such as sockets and headers, are left behind, and so is its stack.
 *
 * @param redact removes secrets and IBANs
 */
export function cleanedCause(error: unknown, redact: (text: string) => string, depth = 1): Error | undefined {
  if (error === undefined || error === null) return undefined;
  const given = isError(error) ? error : new Error(typeof error === "string" ? error : "unknown reason");
  const code = shownCode(ownCodeOf(given), redact);
  const message = cut(cleaned(textOf(given.message), redact), LONGEST_MESSAGE) || (code ?? "unknown reason");
  const inner = depth < MOST_CAUSES ? cleanedCause(given.cause, redact, depth + 1) : undefined;
  const cause = new Error(message, inner && { cause: inner });
  const name = cut(cleaned(textOf(given.name) || "Error", redact), LONGEST_NAME);
  Object.defineProperty(cause, "name", { value: name, configurable: true });
  // Its own stack would be of this function, and the given one has the whole message.
  Object.defineProperty(cause, "stack", { value: `${name}: ${message}`, configurable: true });
  return code === null ? cause : Object.assign(cause, { code });
}

/** Anything may stand in the members of a thrown error. */
function textOf(member: unknown): string {
  return typeof member === "string" ? member : "";
}

function cleaned(text: string, redact: (text: string) => string): string {
  return maskNumbers(redact(text.replaceAll(CREDENTIALS, "***")));
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}

/** A code that is no secret. */
export function shownCode(code: string | null, redact: (text: string) => string): string | null {
  return code !== null && redact(code) === code ? code : null;
}

/** The code of an error or of its cause: one word in capitals, because anything else could reveal the request. */
export function codeOf(error: unknown): string | null {
  return ownCodeOf(error) ?? (isError(error) ? ownCodeOf(error.cause) : null);
}

function ownCodeOf(error: unknown): string | null {
  if (!isError(error) || !("code" in error) || typeof error.code !== "string") return null;
  return /^[A-Z][A-Z0-9_]{0,60}$/.test(error.code) && !/\d{5}/.test(error.code) ? error.code : null;
}
