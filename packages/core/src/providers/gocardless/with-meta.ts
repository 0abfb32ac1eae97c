import type { z } from "zod";
import type { CallOptions, ResponseInfo } from "../../pipeline/index.ts";
import type { Fields, TypedCallOptions } from "./call-options.ts";

/** Where an response came from, how old it is, and what it said of limits. */
export type ResponseMeta = Omit<ResponseInfo, "operation" | "method" | "path" | "dataKind">;

/** A value, and where it came from. */
export interface Envelope<T> {
  value: T;
  /** Of the response; where several were combined, of all of them together: the oldest, and stale where one is. */
  meta: ResponseMeta;
  /** Each response that the value was made from, in the order in which they came. */
  responses: ResponseInfo[];
}

/** Methods without an envelope: of tokens, of what is known without asking, and those that response bit by bit. */
const WITHOUT_RESPONSE = [
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

/** `get`, `post` and `put`, which a schema types. */
interface AnyPath {
  (endpoint: string, members?: Fields, options?: CallOptions): Promise<Envelope<unknown>>;
  <S extends z.ZodType>(
    endpoint: string,
    members: Fields,
    options: TypedCallOptions<S>,
  ): Promise<Envelope<z.output<S>>>;
}

/** `delete`, which a schema types. */
interface AnyDeletion {
  (endpoint: string, options?: CallOptions): Promise<Envelope<unknown>>;
  <S extends z.ZodType>(endpoint: string, options: TypedCallOptions<S>): Promise<Envelope<z.output<S>>>;
}

/** A mapped type sees the last of several signatures alone, so those that have several are given as they are. */
interface Overloaded {
  get: AnyPath;
  post: AnyPath;
  put: AnyPath;
  delete: AnyDeletion;
}

/** The methods of a client that ask the service, each with the envelope of its response. */
export type WithMeta<Client> = Overloaded & {
  readonly [Name in Exclude<keyof Client, NotMapped> as Client[Name] extends (...args: never[]) => unknown
    ? Name
    : never]: Enveloped<Client[Name]>;
};

type Enveloped<Method> = Method extends (...args: infer Given) => infer Response
  ? (...args: Given) => Promise<Envelope<Awaited<Response>>>
  : never;

/** `withMeta` among them, or its type would be asked for while it is made. */
type NotMapped = (typeof WITHOUT_RESPONSE)[number] | keyof Overloaded | "withMeta" | symbol;

/** Runs a call, and gives its value with each response that it got. */
export type Collect = <T>(call: () => Promise<T>) => Promise<{ value: T; responses: ResponseInfo[] }>;

/** The same client, whose methods give envelopes. */
export function withMeta<Client extends object>(client: Client, collect: Collect): WithMeta<Client> {
  const without: ReadonlySet<string> = new Set(WITHOUT_RESPONSE);
  const proxy: object = new Proxy(client, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name, target);
      if (typeof name === "symbol" || typeof method !== "function" || without.has(name)) return undefined;
      return async (...args: unknown[]) => {
        const { value, responses } = await collect(async () => await Reflect.apply(method, target, args));
        return { value, meta: summaryOf(responses), responses: responses };
      };
    },
  });
  return proxy as WithMeta<Client>; // The trap above gives each method just this type; no type can follow a proxy.
}

function summaryOf(responses: readonly ResponseInfo[]): ResponseMeta {
  const last = responses.at(-1);
  if (last === undefined) throw new TypeError("the call asked for nothing, so it has no envelope");
  const ofService = responses.findLast((response) => !response.fromCache);
  const expiries = responses
    .map(({ expiresAt }) => expiresAt?.getTime())
    .filter((time) => time !== undefined);
  return {
    status: last.status,
    fromCache: ofService === undefined,
    stale: responses.some((response) => response.stale),
    createdAt: new Date(earliest(responses.map(({ createdAt }) => createdAt.getTime()))),
    expiresAt: expiries.length === 0 ? null : new Date(earliest(expiries)),
    rateLimits: ofService?.rateLimits ?? null,
    requestId: ofService?.requestId ?? null,
  };
}

/** `Math.min(...times)` would fail once a call has brought some hundred thousand responses. */
function earliest(times: readonly number[]): number {
  return times.reduce((first, time) => Math.min(first, time), Number.POSITIVE_INFINITY);
}
