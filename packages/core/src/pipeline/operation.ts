import type { z } from "zod";
import type { DataKind } from "../limits/account-calls.ts";
import type { AccountData } from "../limits/call-budget.ts";
import type { Method, Query, SafePath } from "./path.ts";

/** What a path template has in braces, by name. */
export type PathParameters<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [Key in Name]: string } & PathParameters<Rest>
  : unknown;

/**
 * One operation of the service: all that is known of a request before it is made. Whoever handles a request reads it
 * here, and never guesses it back from a path.
 */
export interface Operation<Path extends string = string, Response extends z.ZodType = z.ZodType> {
  /** The client's method for it. */
  readonly name: string;
  readonly method: Method;
  /** Below the base URL, with parameters in braces: `/accounts/{id}/balances/`. */
  readonly path: Path;
  /** What the parameter `id` is the id of, in a word: `account`. */
  readonly subject?: string | undefined;
  /** The kind of account data it asks for, if that has a daily limit for each account, which is then `id`. */
  readonly dataKind?: DataKind | undefined;
  /** The general limit that it counts against. */
  readonly bucket: string;
  /** For how long its response is fresh if nobody says otherwise, in seconds. @default 0 */
  readonly lifetime?: number | undefined;
  /** Whether a response, as it was sent, tells of something still under way: it is never fresh, as asking again is the point. */
  readonly isUnderWay?: ((body: string) => boolean) | undefined;
  /** The query as the cache key has it, if that is something else than its parameters as they are sent. */
  readonly cacheKey?: ((query: Query, context: CacheKeyContext) => string) | undefined;
  /** Of a write: the templates of the paths whose cached responses it makes wrong, beside its own path. */
  readonly invalidates?: readonly string[] | undefined;
  /** Of a write: the paths that go with the resource at its own path, read from a response that the cache has of it. */
  readonly invalidatesWith?: ((body: string) => readonly string[]) | undefined;
  /** What its query or its body is checked against before it is sent. */
  readonly request?: z.ZodType<Readonly<Record<string, unknown>>> | undefined;
  readonly response: Response;
  /** Whether the response holds tokens, so that nothing of it may be shown. @default false */
  readonly holdsTokens?: boolean | undefined;
}

/** What a cache key depends on beside the query. */
export interface CacheKeyContext {
  /** The date in UTC, `YYYY-MM-DD`. */
  today: string;
  /** Whether the query is the one that the caller meant, and not the one that is sent. */
  isMeant: boolean;
}

/** A request for one operation, ready to be sent by whoever has the right to. */
export interface ServiceRequest<Schema extends z.ZodType = z.ZodType> {
  readonly operation: Operation;
  /** The values of the path template's parameters. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly path: SafePath;
  /** As it is sent. */
  readonly query: Query;
  /** As the caller meant it, if that is something else: dates that are relative to today. The cache key is made of it. */
  readonly meantQuery?: Query | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** A further page of a response that was begun: it counts, and is not held back, as a part is worth nothing. */
  readonly continues?: boolean | undefined;
  /** What the response is checked against: the operation's schema, or the caller's own. */
  readonly schema: Schema;
}

/** The account and the kind of data that a request asks for; undefined if no daily limit of an account counts it. */
export function accountDataOf({ operation, parameters }: RequestTarget): AccountData | undefined {
  const accountId = parameters["id"];
  if (operation.dataKind === undefined || accountId === undefined) return undefined;
  return { accountId, dataKind: operation.dataKind };
}

/** Which operation a request is for, and with which parameters. */
export type RequestTarget = Pick<ServiceRequest, "operation" | "parameters">;
