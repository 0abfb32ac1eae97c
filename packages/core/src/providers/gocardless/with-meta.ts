import type { CallOptions, ResponseInfo } from "../../pipeline/index.ts";
import type { Fields, QueryParameters, TypedCallOptions } from "./call-options.ts";

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

/**
 * Methods without an envelope: of tokens, of what is known without a request, and those that yield items one by one.
 */
const WITHOUT_ENVELOPE = [
  "token",
  "getAccessToken",
  "refreshAccessToken",
  "checkCacheStatus",
  "lastRateLimits",
  "quota",
  "close",
  "iterateAgreements",
  "iterateRequisitions",
] as const;

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
  post(endpoint: string, data?: Fields, options?: CallOptions): Promise<Envelope<unknown>>;
  /** The same; the schema checks and types the response. */
  post<Value>(endpoint: string, data: Fields, options: TypedCallOptions<Value>): Promise<Envelope<Value>>;
  /** `PUT` any path below the base URL, with `data` as JSON. */
  put(endpoint: string, data?: Fields, options?: CallOptions): Promise<Envelope<unknown>>;
  /** The same; the schema checks and types the response. */
  put<Value>(endpoint: string, data: Fields, options: TypedCallOptions<Value>): Promise<Envelope<Value>>;
  /** `DELETE` any path below the base URL. */
  delete(endpoint: string, options?: CallOptions): Promise<Envelope<unknown>>;
  /** The same; the schema checks and types the response. */
  delete<Value>(endpoint: string, options: TypedCallOptions<Value>): Promise<Envelope<Value>>;
}

/** The methods of a client that request something of the service, each returning an envelope. */
export type WithMeta<Client> = AnyPathWithMeta & {
  readonly [Name in Exclude<keyof Client, WithoutEnvelope> as Client[Name] extends (
    ...args: never[]
  ) => unknown
    ? Name
    : never]: Enveloped<Client[Name]>;
};

/** A method with the same arguments, whose result is in an envelope. */
export type Enveloped<Method> = Method extends (...args: infer Arguments) => infer Result
  ? (...args: Arguments) => Promise<Envelope<Awaited<Result>>>
  : never;

/**
 * The members of a client that the mapped part of `WithMeta` leaves out: those without an envelope, those for any path,
 * and `withMeta` itself, whose type would otherwise refer to itself.
 *
 * @useDeclaredType
 */
export type WithoutEnvelope = (typeof WITHOUT_ENVELOPE)[number] | keyof AnyPathWithMeta | "withMeta" | symbol;

/** Runs a call, and returns its value with each response that it received. */
export type Collect = <T>(call: () => Promise<T>) => Promise<{ value: T; responses: ResponseInfo[] }>;

/** The same client, with methods that return envelopes. */
export function withMeta<Client extends object>(client: Client, collect: Collect): WithMeta<Client> {
  const without: ReadonlySet<string> = new Set(WITHOUT_ENVELOPE);
  const proxy: object = new Proxy(client, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name, target);
      if (typeof name === "symbol" || typeof method !== "function" || without.has(name)) return undefined;
      return async (...args: unknown[]) => {
        const { value, responses } = await collect(async () => await Reflect.apply(method, target, args));
        return { value, meta: summaryOf(responses), responses };
      };
    },
  });
  // The trap above gives each method exactly this type, which the compiler cannot infer from a proxy.
  return proxy as WithMeta<Client>;
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
