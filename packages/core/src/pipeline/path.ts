import { maskIbans } from "../base/masking.ts";
import { localError } from "./local-errors.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** The parameters of a query, in order; a name may stand there more than once. */
export type Query = readonly (readonly [string, string])[];

/** A path below the base URL in which every value stays inside its segment. */
export type SafePath = string & { readonly __brand: "SafePath" };

/** What an id of the service is made of: UUIDs, and bank ids such as `N26_NTSBDEB1`. */
const ID = /^[\w.~:+@-]+$/;

/**
 * The path of an operation, with its parameters put in.
 *
 * @throws InvalidRequestError if a parameter is empty, `.` or `..`, or holds anything but letters, digits and `_ . ~ : + @ -`
 */
export function pathOf(
  { method, path }: { method: Method; path: string },
  parameters: Readonly<Record<string, string>>,
): SafePath {
  const refused = (name: string, problem: string) => localError(method, path, { [name]: [problem] });
  return branded(filledIn(path, (name) => segment(name, parameters[name], refused)));
}

/** A template with something for each of its parameters. */
export function filledIn(template: string, valueFor: (name: string) => string): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => valueFor(name));
}

function segment(name: string, value: unknown, refused: (name: string, problem: string) => Error): string {
  if (typeof value === "string" && ID.test(value) && value !== "." && value !== "..")
    return encodeURIComponent(value);
  const shown = typeof value === "string" ? JSON.stringify(maskIbans(value)) : String(value);
  throw refused(name, `${shown} is none of the service: use an id as the service gave it`);
}

/**
 * The parameters with which a template makes a path; undefined if it makes another one. A slash at the end does not
 * count. A template that ends in `*` fits every path that begins as it does.
 */
export function parametersIn(template: string, path: string): Record<string, string> | undefined {
  const wanted = template.split("/").filter(Boolean);
  const written = path.split("/").filter(Boolean);
  const segments = written.map(decodeLoosely);
  const isOpen = wanted.at(-1) === "*";
  if (isOpen) wanted.pop();
  if (isOpen ? segments.length < wanted.length : segments.length !== wanted.length) return undefined;
  const parameters: [string, string][] = [];
  for (const [at, part] of wanted.entries()) {
    const value = segments[at] ?? "";
    // What no id can be stays as it is written, so that it is as harmless in a message as in a path.
    if (part.startsWith("{"))
      parameters.push([part.slice(1, -1), ID.test(value) ? value : (written[at] ?? "")]);
    else if (part !== value) return undefined;
  }
  return Object.fromEntries(parameters);
}

/**
 * Takes a path from outside, with or without the base URL in front and a query behind. Refuses what would leave the
 * base URL: another origin, `.` and `..` in any encoding, backslashes, a fragment, control characters.
 */
export function pathFromOutside(
  method: Method,
  given: string,
  baseUrl: string,
): { path: SafePath; query: Query } {
  const below = given.startsWith(`${baseUrl}/`) ? given.slice(baseUrl.length) : given;
  const [pathname = "", queryText = ""] = splitOnce(below.startsWith("/") ? below : `/${below}`, "?");
  const problem = pathProblem(pathname);
  if (problem !== undefined) throw localError(method, given, { path: [problem] });
  return { path: branded(inOneSpelling(pathname)), query: [...new URLSearchParams(queryText)] };
}

/** With each character escaped as `pathOf` does, so that one path has one key and one place in the cache. */
function inOneSpelling(pathname: string): string {
  return pathname
    .split("/")
    .map((segment) => encodeURIComponent(decodeURIComponent(segment)))
    .join("/");
}

function pathProblem(pathname: string): string | undefined {
  if (/[\\#]|[^\x21-\x7e]/.test(pathname)) return "holds a character that no path of the service has";
  if (pathname.includes("//")) return "has an empty segment or names another host";
  if (/%(?![0-9a-f]{2})/i.test(pathname)) return "has a broken escape";
  const segments = pathname.split("/").map((part) => decodeLoosely(part));
  if (segments.some((part) => part === "." || part === ".." || /[/\\]/.test(part))) return "leaves its place";
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
  return text as SafePath; // The one place where a path earns its brand: every part was checked above.
}
