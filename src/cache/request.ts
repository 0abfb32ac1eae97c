import { createHash } from "node:crypto";
import { withoutTrailing } from "../models/trailing.ts";

/** A question, as the cache knows it. */
export interface CacheRequest {
  method: string;
  /** Below the base URL. */
  path: string;
  query: readonly (readonly [string, string])[];
  headers?: Headers | undefined;
  body?: string | undefined;
  /** A stable name of a query whose dates move with the calendar, such as `days_back=180`. */
  alias?: string | undefined;
}

/** What makes a key besides the question. */
export interface KeyContext {
  scope: string;
  now: number;
  matchHeaders: boolean | readonly string[];
  /** Parameters of the query that do not count. */
  ignoredParameters: ReadonlySet<string>;
}

/** Headers that change from request to request, or hold the token: they never tell questions apart. */
const NEVER_MATCHED = new Set([
  "authorization",
  "cookie",
  "user-agent",
  "date",
  "connection",
  "content-length",
]);

/**
 * The key of a question: a hash of the scope (which stands for the credentials), the method, the path with its slash,
 * and the query in order. A `date_to` of today or later counts as "today", so that the key does not change daily.
 */
export function keyOf(request: CacheRequest, context: KeyContext): string {
  const parts = [
    context.scope,
    request.method.toUpperCase(),
    normalPath(request.path),
    request.alias ?? normalQuery(request.query, context),
    matchedHeaders(request.headers, context.matchHeaders),
    request.body ?? "",
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** A path with exactly one slash at its end. */
export function normalPath(path: string): string {
  return `${withoutTrailing(path, "/")}/`;
}

function normalQuery(query: CacheRequest["query"], { now, ignoredParameters }: KeyContext): string {
  const today = new Date(now).toISOString().slice(0, 10);
  const pairs = query
    .filter(([name]) => !ignoredParameters.has(name))
    .map(([name, value]) => [name, name === "date_to" && value >= today ? "today" : value]);
  return JSON.stringify(pairs.sort(([a = "", b = ""], [c = "", d = ""]) => compare(a, c) || compare(b, d)));
}

function matchedHeaders(headers: Headers | undefined, match: boolean | readonly string[]): string {
  if (headers === undefined || match === false) return "";
  const wanted = match === true ? undefined : new Set(match.map((name) => name.toLowerCase()));
  const matched = [...headers].filter(
    ([name]) => !NEVER_MATCHED.has(name) && (wanted === undefined || wanted.has(name)),
  );
  return JSON.stringify(matched.sort(([a], [b]) => compare(a, b)));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
