import type { z } from "zod";
import type { DataKind } from "../base/data-kinds.ts";
import type { AccountData } from "../limits/call-budget.ts";
import type { StandardSchemaV1 } from "../schema/standard-schema.ts";
import type { Method, Query, SafePath } from "./path.ts";

/** The parameters of a path template, which are in braces, by name. */
export type PathParameters<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [Key in Name]: string } & PathParameters<Rest>
  : unknown;

/**
 * One operation of the service: everything that is known about a request before it is made. Code that handles a request
 * reads it here, and never infers it from a path.
 */
export interface Operation<Path extends string = string, Value = unknown> {
  /** The name of the client's method. */
  readonly name: string;
  readonly method: Method;
  /** Relative to the base URL, with parameters in braces: `/accounts/{id}/balances/`. */
  readonly path: Path;
  /** The kind of resource that the parameter `id` identifies: `account`. */
  readonly subject?: string | undefined;
  /** The kind of account data it requests, if that has a daily limit for each account; `id` is then the account's. */
  readonly dataKind?: DataKind | undefined;
  /** The rate-limit bucket that it counts against, if there is one. */
  readonly bucket?: string | undefined;
  /** How long its response is fresh by default, in seconds. @default 0 */
  readonly lifetime?: number | undefined;
  /** Whether a response body shows something in progress: it is never fresh, as the caller waits for the change. */
  readonly isPending?: ((body: string) => boolean) | undefined;
  /** Writes the query for the cache key, if that differs from the parameters as they are sent. */
  readonly cacheKey?: ((query: Query, context: CacheKeyContext) => string) | undefined;
  /** For a write: the path templates whose cached responses it makes outdated, besides its own path. */
  readonly invalidates?: readonly string[] | undefined;
  /** For a write: the paths that depend on the resource at its own path, read from the cached response of that. */
  readonly invalidatesWith?: ((body: string) => readonly string[]) | undefined;
  /** The path templates whose cached responses are outdated if the service rejects it because access to the account is lost. */
  readonly outdatedByLostAccess?: readonly string[] | undefined;
  /** The schema that its query or body is validated against before it is sent. */
  readonly request?: z.ZodType<Readonly<Record<string, unknown>>> | undefined;
  /** The schema of its response. */
  readonly response: StandardSchemaV1<unknown, Value>;
  /** Whether the response contains tokens, so that no part of it may be shown. @default false */
  readonly holdsTokens?: boolean | undefined;
}

/** What a cache key depends on besides the query. */
export interface CacheKeyContext {
  /** Today's date in UTC, `YYYY-MM-DD`. */
  today: string;
  /** Whether the query is the caller's own, with relative dates, and not the one that is sent. */
  isCallerQuery: boolean;
}

/** A request for one operation, complete but for authentication. */
export interface ServiceRequest<Value = unknown> {
  readonly operation: Operation;
  /** The values of the path template's parameters. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly path: SafePath;
  /** The query as it is sent. */
  readonly query: Query;
  /** The caller's query, if it differs because its dates are relative to today. The cache key is made from it. */
  readonly callerQuery?: Query | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Whether it fetches a further page of a list: it is counted but always admitted, as part of a list is of no use. */
  readonly isContinuation?: boolean | undefined;
  /** The schema that the response is validated against: the operation's, or one that accepts any JSON. */
  readonly schema: StandardSchemaV1<unknown, Value>;
}

/** The account and the kind of data of a request; undefined if it does not count against an account's daily limit. */
export function accountDataOf({ operation, parameters }: RequestTarget): AccountData | undefined {
  const accountId = parameters["id"];
  if (operation.dataKind === undefined || accountId === undefined) return undefined;
  return { accountId, dataKind: operation.dataKind };
}

/** A request's operation and its parameters. */
export type RequestTarget = Pick<ServiceRequest, "operation" | "parameters">;
