import { expectTypeOf } from "vitest";
import type {
  CacheOptions,
  CacheSelection,
  ClientOptions,
  Fetch,
  FilteredResponse,
  Logger,
  PipelineOptions,
  ResponseInfo,
  RetryOptions,
  Timeouts,
  TokenStore,
  WaitInfo,
} from "../../../../../packages/core/src/index.ts";
import { GoCardlessClient } from "../../../../../packages/core/src/index.ts";
import type { AsRead, RequiredMembers } from "./model-types.ts";

declare const client: GoCardlessClient;
const credentials = { secretId: "id", secretKey: "key" };

expectTypeOf(GoCardlessClient).constructorParameters.toEqualTypeOf<[options: ClientOptions]>();

expectTypeOf<AsRead<ClientOptions>>().toEqualTypeOf<{
  secretId: string;
  secretKey: string;
  tokenStore: TokenStore | undefined;
  cacheOptions: CacheOptions | false | undefined;
  baseUrl: string | undefined;
  allowHttp: boolean | undefined;
  fetch: Fetch | undefined;
  headers: Readonly<Record<string, string>> | undefined;
  now: (() => Date | string | number) | undefined;
  sleep: ((milliseconds: number, signal: AbortSignal) => Promise<void>) | undefined;
  random: (() => number) | undefined;
  logger: Logger | undefined;
  signal: AbortSignal | undefined;
  onResponse: ((response: ResponseInfo) => void) | undefined;
  onWait: ((wait: WaitInfo) => void) | undefined;
  timeout: number | Timeouts | undefined;
  retries: number | Partial<RetryOptions> | undefined;
  quota: boolean | undefined;
  maxResponseBytes: number | undefined;
}>();
expectTypeOf<RequiredMembers<ClientOptions>>().toEqualTypeOf<"secretId" | "secretKey">();
expectTypeOf<ClientOptions>().toExtend<PipelineOptions>();
new GoCardlessClient(credentials);
// @ts-expect-error secretKey is required
new GoCardlessClient({ secretId: "id" });
// @ts-expect-error it is named timeout
new GoCardlessClient({ ...credentials, tiemout: 1 });
// @ts-expect-error it is named perCall
new GoCardlessClient({ ...credentials, timeout: { percall: 1 } });
// @ts-expect-error it is named limit
new GoCardlessClient({ ...credentials, retries: { limits: 1 } });
// @ts-expect-error it is an option of a call
new GoCardlessClient({ ...credentials, refresh: true });
// @ts-expect-error the cache is on unless this is false
new GoCardlessClient({ ...credentials, cacheOptions: true });

expectTypeOf<AsRead<Omit<CacheOptions, "backend">>>().toEqualTypeOf<{
  cacheName: string | undefined;
  expireAfter: number | "forever" | undefined;
  matchHeaders: boolean | readonly string[] | undefined;
  oldDataOnError: boolean | number | undefined;
  cacheControl: boolean | undefined;
  urlsExpireAfter: readonly (readonly [string | RegExp, number | "forever"])[] | undefined;
  staleWhileRevalidate: boolean | number | undefined;
  ignoredParameters: readonly string[] | undefined;
  filter: ((response: FilteredResponse) => boolean) | undefined;
  maxBytes: number | undefined;
}>();
expectTypeOf<Extract<CacheOptions["backend"], string>>().toEqualTypeOf<"sqlite" | "memory">();
expectTypeOf<RequiredMembers<CacheOptions>>().toBeNever();
new GoCardlessClient({ ...credentials, cacheOptions: { backend: "memory" } });
new GoCardlessClient({ ...credentials, cacheOptions: false });
// @ts-expect-error there is no such backend
new GoCardlessClient({ ...credentials, cacheOptions: { backend: "redis" } });
// @ts-expect-error it is named expireAfter
new GoCardlessClient({ ...credentials, cacheOptions: { expireafter: 1 } });
// @ts-expect-error it is an option of the client
new GoCardlessClient({ ...credentials, cacheOptions: { timeout: 1 } });

expectTypeOf<AsRead<RetryOptions>>().toEqualTypeOf<{
  limit: number;
  firstDelay: number;
  longestDelay: number;
  longestWait: number;
}>();

expectTypeOf<AsRead<CacheSelection>>().toEqualTypeOf<{
  expired: boolean | undefined;
  olderThan: number | undefined;
  match: string | RegExp | undefined;
}>();
client.cache?.delete({ expired: true });
// @ts-expect-error it is named olderThan
client.cache?.delete({ older: 1 });
