import { ConfigurationError } from "../base/errors.ts";
import { isHeaderName } from "../base/header-fields.ts";
import { maskIbans } from "../base/masking.ts";
import { kindOf } from "../base/option-names.ts";
import { REQUEST_ID_HEADERS } from "./request-id.ts";

/** Headers by their names in lower case, in the order of the names. */
export type RequestHeaders = Readonly<Record<string, string>>;

/** The headers that the client sends for a reason of its own, or on which Node's HTTP client or a proxy acts. */
const OWNED = new Set([
  ...["authorization", "proxy-authorization", "proxy-connection", "host", "connection", "keep-alive"],
  ...["content-type", "content-length", "content-encoding", "transfer-encoding", "te", "trailer"],
  ...["accept", "accept-encoding", "upgrade", "expect", "range", "if-range"],
  ...["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"],
]);

/** What every HTTP client sends as it is: no line breaks, and nothing whose encoding is open to doubt. */
const VALUE = /^[\t\x20-\x7e]*$/;

const NONE: RequestHeaders = Object.freeze({});

/**
 * Checks headers that a caller adds to requests. Values are never shown, as they may be secret.
 *
 * @param base headers that the given ones are added to, or replace
 * @throws ConfigurationError naming the header that cannot be sent
 */
export function headersFrom(given: unknown, base: RequestHeaders = NONE): RequestHeaders {
  if (given === undefined) return base;
  if (kindOf(given) !== "Object") {
    throw new ConfigurationError(`headers must be an object of names and values, not ${kindOf(given)}.`);
  }
  const added = new Map<string, string>();
  for (const [name, value] of Object.entries<unknown>(Object(given))) {
    const known = checkedName(name);
    if (added.has(known)) throw new ConfigurationError(`headers has ${known} twice, in different cases.`);
    added.set(known, checkedValue(known, value));
  }
  const all = new Map([...Object.entries(base), ...added]);
  return Object.freeze(Object.fromEntries([...all].sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** The shortest text that may be a secret, in characters: a shorter one, such as a language, occurs in many texts. */
const SHORTEST_SECRET = 12;

/** Names that say that even a short value is a secret. */
const SECRET_NAME = /auth|cookie|key|pass|secret|session|token/;

/** Headers that are no secrets, and whose values are looked for in errors and logs. */
const PUBLIC_NAMES: ReadonlySet<string> = new Set([...REQUEST_ID_HEADERS, "traceparent", "user-agent"]);

/**
 * The texts that nothing may contain, as they may be secret: values, and the parts of a cookie, of a list, or of a value
 * with a scheme such as `Token`, because a server may repeat a part alone.
 */
export function secretHeaders(headers: RequestHeaders): string[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (PUBLIC_NAMES.has(name)) return [];
    const long = [value, ...value.split(/[\s,;:="']+/)].filter((text) => text.length >= SHORTEST_SECRET);
    return SECRET_NAME.test(name) ? [value, ...long] : long;
  });
}

function checkedName(name: string): string {
  if (!isHeaderName(name)) throw new ConfigurationError("headers has a name that no HTTP header can have.");
  const known = name.toLowerCase();
  if (!OWNED.has(known)) return known;
  throw new ConfigurationError(`headers must not have ${known}, which the client itself decides on.`);
}

function checkedValue(name: string, value: unknown): string {
  if (typeof value === "string" && VALUE.test(value)) return value.trim();
  const shownName = maskIbans(name);
  throw new ConfigurationError(
    `headers.${shownName} must be a string of printable ASCII characters, without line breaks.`,
  );
}
