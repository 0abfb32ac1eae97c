import type { HttpMethod } from "../base/http-method.ts";
import { maskIbans } from "../base/masking.ts";
import { describeKind } from "../base/option-names.ts";
import { localError } from "./local-errors.ts";

export type Method = HttpMethod;

/** The parameters of a query, in order; a name may occur more than once. */
export type Query = readonly (readonly [string, string])[];

/** A path below the base URL in which every value stays inside its segment. */
export type SafePath = string & { readonly __brand: "SafePath" };

/** The characters of the services' ids: UUIDs, and bank ids such as `N26_NTSBDEB1`. */
const ID = /^[\w.~:+@-]+$/;

/**
 * Builds the path of an operation from its template.
 *
 * @throws InvalidRequestError if a parameter is empty, `.` or `..`, or has other characters than letters, digits and
 * `_ . ~ : + @ -`
 */
export function pathOf(
  { method, path, subject }: { method: Method; path: string; subject?: string | undefined },
  parameters: Readonly<Record<string, string>>,
): SafePath {
  return branded(
    fillTemplate(path, (name) => {
      const value: unknown = parameters[name];
      if (isValidId(value)) return encodeURIComponent(value);
      const kind = name === "id" && subject !== undefined ? `${subject} id` : name;
      const problem = `${shown(value)} is not a valid ${kind}`;
      throw localError(method, path, { [name]: [problem] }, problem);
    }),
  );
}

function isValidId(value: unknown): value is string {
  return typeof value === "string" && ID.test(value) && value !== "." && value !== "..";
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(maskIbans(value)) : describeKind(value);
}

/** Replaces each parameter of a path template. */
export function fillTemplate(template: string, valueFor: (name: string) => string): string {
  let path = "";
  let from = 0;
  for (let open = template.indexOf("{"); open !== -1; open = template.indexOf("{", from)) {
    const close = template.indexOf("}", open);
    path += template.slice(from, open) + valueFor(template.slice(open + 1, close));
    from = close + 1;
  }
  return path + template.slice(from);
}

/**
 * Matches a path against a template and returns its parameters; undefined if it does not match. A trailing slash is
 * ignored. A template that ends in `*` matches every path that begins like it.
 */
export function matchTemplate(template: string, path: string): Record<string, string> | undefined {
  const expected = template.split("/").filter(Boolean);
  const encoded = path.split("/").filter(Boolean);
  const segments = encoded.map(decodeLoosely);
  const isOpen = expected.at(-1) === "*";
  if (isOpen) expected.pop();
  if (isOpen ? segments.length < expected.length : segments.length !== expected.length) return undefined;
  const parameters: [string, string][] = [];
  for (const [at, part] of expected.entries()) {
    const value = segments[at] ?? "";
    // A value that cannot be an id stays encoded, so that it is as harmless in a message as in a path.
    if (part.startsWith("{"))
      parameters.push([part.slice(1, -1), ID.test(value) ? value : (encoded[at] ?? "")]);
    else if (part !== value) return undefined;
  }
  return Object.fromEntries(parameters);
}

/**
 * Parses a path from outside, with or without the base URL before it and a query after it. The path gets the slash at its
 * end that the service redirects to.
 *
 * @throws InvalidRequestError if it could leave the base URL: another origin, `.` or `..` in any encoding, backslashes, a
 * fragment, control characters
 */
export function pathFromOutside(
  method: Method,
  given: string,
  baseUrl: string,
): { path: SafePath; query: Query } {
  if (typeof given !== "string") throw localError(method, "", { path: ["must be a string"] });
  const below = given.startsWith(`${baseUrl}/`) ? given.slice(baseUrl.length) : given;
  const [pathname = "", queryText = ""] = splitOnce(below.startsWith("/") ? below : `/${below}`, "?");
  const problem = pathProblem(pathname);
  if (problem !== undefined) throw localError(method, given, { path: [problem] });
  return { path: branded(normalized(withSlash(pathname))), query: [...new URLSearchParams(queryText)] };
}

/** Every path of the service ends in a slash, except that of a file, such as `/swagger.json`. */
function withSlash(pathname: string): string {
  return /\/$|\.[a-z]{2,5}$/.test(pathname) ? pathname : `${pathname}/`;
}

/** Escapes each character as `pathOf` does, so that a path has a single request key. */
function normalized(pathname: string): string {
  return pathname
    .split("/")
    .map((segment) => encodeURIComponent(decodeURIComponent(segment)))
    .join("/");
}

function pathProblem(pathname: string): string | undefined {
  if (/[\\#]|[^\x21-\x7e]/.test(pathname))
    return "must be ASCII, without spaces, control characters, # and \\";
  if (pathname.includes("//")) return "must not have an empty segment or another host";
  if (/%(?![0-9a-f]{2})/i.test(pathname)) return "must not have an incomplete percent escape";
  const segments = pathname.split("/").map((part) => decodeLoosely(part));
  if (segments.some((part) => part === "." || part === ".." || /[/\\]/.test(part)))
    return 'must not contain "." or ".." segments';
  return undefined;
}

function decodeLoosely(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "..";
  }
}

function splitOnce(text: string, at: string): string[] {
  const index = text.indexOf(at);
  return index === -1 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

function branded(text: string): SafePath {
  return text as SafePath; // The only place that brands a path; its callers have validated every part.
}
