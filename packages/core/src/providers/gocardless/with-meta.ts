import type { CallOptions, ResponseInfo, WriteOptions } from "../../pipeline/index.ts";
import type { Fields, QueryParameters, TypedCallOptions, TypedWriteOptions } from "./call-options.ts";
import type { Observer } from "./calls.ts";
import { ServiceMethods } from "./service-methods.ts";

/** Where a response came from, how old it is, and what its headers reported of limits. */
export type ResponseMeta = Omit<ResponseInfo, "operation" | "method" | "path" | "dataKind">;

/** The value that a method returns, with the metadata of the responses behind it. */
export interface Envelope<T> {
  /** What the method without `withMeta` returns. */
  value: T;
  /** Of the response; if several were combined, of all together: as old as the oldest, and stale if one of them is. */
  meta: ResponseMeta;
  /** Each response that the value was made from, in the order of arrival. */
  responses: ResponseInfo[];
}

/** The methods for any path. Written out, because a mapped type sees only the last signature of an overloaded method. */
export interface AnyPathWithMeta {
  /** `GET` any path below the base URL, through the cache. @param params the query */
  get(endpoint: string, params?: QueryParameters, options?: CallOptions): Promise<Envelope<unknown>>;
  /** The same; the schema checks and types the response. */
  get<Value>(
    endpoint: string,
    params: QueryParameters,
    options: TypedCallOptions<Value>,
  ): Promise<Envelope<Value>>;
  /** `POST` any path below the base URL, with `data` as JSON. */
  post(endpoint: string, data?: Fields, options?: WriteOptions): Promise<Envelope<unknown>>;
  /** The same; the schema checks and types the response. */
  post<Value>(endpoint: string, data: Fields, options: TypedWriteOptions<Value>): Promise<Envelope<Value>>;
  /** `PUT` any path below the base URL, with `data` as JSON. */
  put(endpoint: string, data?: Fields, options?: WriteOptions): Promise<Envelope<unknown>>;
  /** The same; the schema checks and types the response. */
  put<Value>(endpoint: string, data: Fields, options: TypedWriteOptions<Value>): Promise<Envelope<Value>>;
  /** `DELETE` any path below the base URL. */
  delete(endpoint: string, options?: WriteOptions): Promise<Envelope<unknown>>;
  /** The same; the schema checks and types the response. */
  delete<Value>(endpoint: string, options: TypedWriteOptions<Value>): Promise<Envelope<Value>>;
}

/** The methods that request something of the service, each returning an envelope. */
export type WithMeta = AnyPathWithMeta & {
  readonly [Name in Exclude<keyof ServiceMethods, keyof AnyPathWithMeta>]: Enveloped<ServiceMethods[Name]>;
};

/** A method with the same arguments, whose result is in an envelope. */
export type Enveloped<Method> = Method extends (...args: infer Arguments) => infer Result
  ? (...args: Arguments) => Promise<Envelope<Awaited<Result>>>
  : never;

/**
 * The methods of a client that return envelopes.
 *
 * @param methodsFor the client's methods, which report to an observer; made anew for each call, so that no call sees the
 * responses of another
 */
export function withMeta(methodsFor: (observe: Observer) => ServiceMethods): WithMeta {
  const members: Record<string, (...args: unknown[]) => Promise<Envelope<unknown>>> = {};
  for (const name of Object.getOwnPropertyNames(ServiceMethods.prototype)) {
    const method: unknown = Reflect.get(ServiceMethods.prototype, name);
    if (name === "constructor" || typeof method !== "function") continue;
    members[name] = async (...args) => {
      const responses: ResponseInfo[] = [];
      const methods = methodsFor((info) => {
        if (info.status < 400) responses.push(info);
      });
      const value: unknown = await Reflect.apply(method, methods, args);
      // A copy, which stays as it is even if a part of the call goes on.
      return { value, meta: summaryOf(responses), responses: [...responses] };
    };
  }
  const enveloped: object = members;
  // Each member has exactly this type, which the compiler cannot infer from a loop.
  return enveloped as WithMeta;
}

function summaryOf(responses: readonly ResponseInfo[]): ResponseMeta {
  const last = responses.at(-1);
  if (last === undefined) throw new TypeError("the call received no response, so it has no metadata");
  const fromService = responses.findLast((response) => !response.fromCache);
  const expiries = responses
    .map(({ expiresAt }) => expiresAt?.getTime())
    .filter((time) => time !== undefined);
  return {
    status: last.status,
    fromCache: fromService === undefined,
    stale: responses.some((response) => response.stale),
    staleReason: responses.find(({ staleReason }) => staleReason !== null)?.staleReason ?? null,
    createdAt: new Date(earliest(responses.map(({ createdAt }) => createdAt.getTime()))),
    expiresAt: expiries.length === 0 ? null : new Date(earliest(expiries)),
    rateLimits: fromService?.rateLimits ?? null,
    requestId: fromService?.requestId ?? null,
  };
}

/** `Math.min(...times)` fails with some hundred thousand arguments, and a call may have as many responses. */
function earliest(times: readonly number[]): number {
  return times.reduce((first, time) => Math.min(first, time), Number.POSITIVE_INFINITY);
}
