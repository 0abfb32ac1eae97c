// As a name it would not link on an old Node.js, which is told so in supported-node.ts.
import crypto from "node:crypto";
import { withoutTrailing } from "../base/trailing.ts";

/** The part of a request that the cache uses. */
export interface CacheRequest {
  /** The HTTP method. Every request has a key, but only responses to `GET` are kept. */
  method: string;
  /** Below the base URL. */
  path: string;
  /** The parameters as they are sent, decoded. */
  query: readonly (readonly [string, string])[];
  /** The text of the body, which is part of the key. @default empty */
  body?: string | undefined;
  /** Headers of the caller's own, by name in lower case. @default none */
  headers?: Readonly<Record<string, string>> | undefined;
  /** The query that goes into the key, if it differs from the one that is sent. */
  keyQuery?: CacheQuery | undefined;
  /** Writes that query for the key. @default canonicalQuery */
  writeQuery?: ((query: CacheQuery) => string) | undefined;
  /** How long a response is fresh unless an option or the call says otherwise, in seconds. @default 0 */
  lifetime?: number | undefined;
  /**
   * Whether the body describes something that is still in progress: it is then never fresh, regardless of the options.
   */
  isPending?: ((body: string) => boolean) | undefined;
}

/** The parameters of a query as names and values, decoded; a name may occur several times. */
export type CacheQuery = readonly (readonly [string, string])[];

/** What goes into a key besides the request. */
export interface KeyContext {
  tenant: string;
  /** Query parameters that are left out. */
  ignoredParameters: ReadonlySet<string>;
  /** Whether the request's headers are part of the key; or the names of those that are, in lower case. @default false */
  matchHeaders?: boolean | ReadonlySet<string> | undefined;
}

/**
 * The request key: a hash of the tenant (which stands for the credentials), the method, the path with its slash, the
 * query as the request writes it, the headers that count, and the body. Without such headers it is what it always was,
 * so that responses of earlier versions are found.
 */
export function keyOf(request: CacheRequest, context: KeyContext): string {
  const parts = [
    context.tenant,
    request.method.toUpperCase(),
    normalPath(request.path),
    queryText(request, context.ignoredParameters),
    headersText(request, context.matchHeaders ?? false),
    request.body ?? "",
  ];
  return crypto.hash("sha256", JSON.stringify(parts), "hex");
}

/** Empty if no header counts. */
function headersText({ headers = {} }: CacheRequest, matched: boolean | ReadonlySet<string>): string {
  if (matched === false) return "";
  const counted = Object.entries(headers).filter(([name]) => matched === true || matched.has(name));
  return counted.length === 0 ? "" : canonicalQuery(counted);
}

/** A path with exactly one slash at its end. */
export function normalPath(path: string): string {
  return `${withoutTrailing(path, "/")}/`;
}

function queryText(request: CacheRequest, ignored: ReadonlySet<string>): string {
  const { keyQuery = request.query, writeQuery = canonicalQuery } = request;
  return writeQuery(keyQuery.filter(([name]) => !ignored.has(name)));
}

/** The parameters of a query as they are, in an order that does not depend on how it was written. */
export function canonicalQuery(query: CacheQuery): string {
  return JSON.stringify([...query].sort(([a, b], [c, d]) => compare(a, c) || compare(b, d)));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
