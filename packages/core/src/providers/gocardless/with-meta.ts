import type { CallOptions, ResponseInfo } from "../../pipeline/index.ts";
import type { Fields, TypedCallOptions } from "./call-options.ts";

/** Where a response came from, how old it is, and what its headers reported of limits. */
export type ResponseMeta = Omit<ResponseInfo, "operation" | "method" | "path" | "dataKind">;

/** The value that a method returns, with the metadata of the responses behind it. */
export interface Envelope<T> {
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

/** `get`, `post` and `put`, whose result a schema types. */
interface AnyPath {
  (endpoint: string, fields?: Fields, options?: CallOptions): Promise<Envelope<unknown>>;
  <Value>(endpoint: string, fields: Fields, options: TypedCallOptions<Value>): Promise<Envelope<Value>>;
}

/** `delete`, whose result a schema types. */
interface AnyDeletion {
  (endpoint: string, options?: CallOptions): Promise<Envelope<unknown>>;
  <Value>(endpoint: string, options: TypedCallOptions<Value>): Promise<Envelope<Value>>;
}

/** Methods with overloads, written out because a mapped type sees only the last signature. */
interface Overloaded {
  get: AnyPath;
  post: AnyPath;
  put: AnyPath;
  delete: AnyDeletion;
}

/** The methods of a client that request something of the service, each returning an envelope. */
export type WithMeta<Client> = Overloaded & {
  readonly [Name in Exclude<keyof Client, NotMapped> as Client[Name] extends (...args: never[]) => unknown
    ? Name
    : never]: Enveloped<Client[Name]>;
};

type Enveloped<Method> = Method extends (...args: infer Arguments) => infer Result
  ? (...args: Arguments) => Promise<Envelope<Awaited<Result>>>
  : never;

/** Includes `withMeta`, whose type would otherwise refer to itself. */
type NotMapped = (typeof WITHOUT_ENVELOPE)[number] | keyof Overloaded | "withMeta" | symbol;

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
