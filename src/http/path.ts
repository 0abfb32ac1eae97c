import { maskIbans } from "../models/iban.ts";
import { refusedHere } from "./refused-here.ts";

/** A path below the base URL in which every value stays inside its segment. */
export type SafePath = string & { readonly __brand: "SafePath" };

/** What an id of the service is made of: UUIDs, and bank ids such as `N26_NTSBDEB1`. */
const ID = /^[\w.~:+@-]+$/;

/**
 * Builds a path from ids: path`/accounts/${id}/balances/`. An id that is empty, `.` or `..`, or holds anything but
 * letters, digits and `_ . ~ : + @ -` is refused before it is sent.
 */
export function path(texts: TemplateStringsArray, ...ids: readonly string[]): SafePath {
  const template = texts.join("…");
  const built = ids.reduce(
    (sofar, id, at) => `${sofar}${segment(id, template)}${texts[at + 1] ?? ""}`,
    texts[0] ?? "",
  );
  return branded(built);
}

function segment(id: string, template: string): string {
  if (typeof id === "string" && ID.test(id) && id !== "." && id !== "..") return encodeURIComponent(id);
  const shown = typeof id === "string" ? JSON.stringify(maskIbans(id)) : String(id);
  throw refusedHere("A request to", template, {
    id: [`${shown} is none of the service: use an id as the service gave it`],
  });
}

/**
 * Takes a path from outside, with or without the base URL in front and a query behind. Refuses what would leave the
 * base URL: another origin, `.` and `..` in any encoding, backslashes, a fragment, control characters.
 */
export function pathFromOutside(
  given: string,
  baseUrl: string,
): { path: SafePath; query: readonly (readonly [string, string])[] } {
  const below = given.startsWith(`${baseUrl}/`) ? given.slice(baseUrl.length) : given;
  const [pathname = "", queryText = ""] = splitOnce(below.startsWith("/") ? below : `/${below}`, "?");
  const problem = pathProblem(pathname);
  if (problem !== undefined) throw refusedHere("A request to", given, { path: [problem] });
  return { path: branded(pathname), query: [...new URLSearchParams(queryText)] };
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
