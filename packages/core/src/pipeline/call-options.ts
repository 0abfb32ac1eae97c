import { ConfigurationError } from "../base/errors.ts";
import {
  aboveZeroMilliseconds,
  aFunction,
  anAbortSignal,
  checkOptions,
  type OptionKind,
  type OptionKinds,
  secondsOrForever,
  trueOrFalse,
} from "../base/option-kinds.ts";
import type { ResponseInfo } from "./response-info.ts";

/** The options of a call that writes: one that creates, changes or deletes something. */
export interface WriteOptions {
  /** Aborts the call, which then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** The timeout of the whole call with all its requests, retries and waits, in milliseconds. @default 120000 */
  timeout?: number | undefined;
  /** Called with each response that this call gets, after the client's own `onResponse`. */
  onResponse?: ((response: ResponseInfo) => void) | undefined;
  /**
   * Headers that each request of this call has in addition to the client's own `headers`, or in place of those with the
   * same name. Requests for tokens do not have them.
   * @default none
   */
  headers?: Readonly<Record<string, string>> | undefined;
}

/** The options of a call that reads. */
export interface CallOptions extends WriteOptions {
  /**
   * Sends the request even if the account is paused after failures, or its calls cannot be counted. Only calls for
   * balances, details and transactions are ever held back for these reasons.
   * @default false
   */
  force?: boolean | undefined;
  /** Asks the service even if a fresh response is cached, which may still be used if that fails. @default false */
  refresh?: boolean | undefined;
  /** Asks the service, and never uses a cached response instead. @default false */
  forceRefresh?: boolean | undefined;
  /**
   * How long this call's response is fresh, in seconds; `"forever"`, or 0 for not at all. Has no effect on a response that
   * is cached already.
   * @default as the cache's options say
   */
  expireAfter?: number | "forever" | undefined;
  /**
   * Sends no request: returns the cached response, marked as stale if it has expired, or throws a NotCachedError. Cannot be
   * combined with `refresh` or `forceRefresh`.
   * @default false
   */
  onlyIfCached?: boolean | undefined;
}

/** Checked by itself, as its names and values are. */
const anyHeaders: OptionKind = { takes: "an object of names and values", fits: () => true };

const writeOptionKinds: OptionKinds<WriteOptions> = {
  signal: anAbortSignal,
  timeout: aboveZeroMilliseconds,
  onResponse: aFunction,
  headers: anyHeaders,
};

const callOptionKinds: OptionKinds<CallOptions> = {
  ...writeOptionKinds,
  force: trueOrFalse,
  refresh: trueOrFalse,
  forceRefresh: trueOrFalse,
  expireAfter: secondsOrForever,
  onlyIfCached: trueOrFalse,
};

/**
 * Checks the options of one call.
 *
 * @param writes whether it creates, changes or deletes something
 * @param hint what to do about an unknown name that the provider has a use for elsewhere
 * @throws ConfigurationError naming an option that does not exist, has no meaning for this call, or cannot work
 */
export function checkCallOptions(
  options: CallOptions,
  { writes, hint }: { writes: boolean; hint?: (name: string) => string | undefined },
): void {
  checkOptions(options, callOptionKinds, { what: "the call options", hint });
  const { refresh, forceRefresh, onlyIfCached } = options;
  if (onlyIfCached && (refresh || forceRefresh)) {
    const other = refresh ? "refresh" : "forceRefresh";
    throw new ConfigurationError(`onlyIfCached, which sends nothing, cannot be combined with ${other}.`);
  }
  if (!writes) return;
  const misplaced = Object.entries(options).find(
    ([name, value]) => value !== undefined && !Object.hasOwn(writeOptionKinds, name),
  );
  if (misplaced === undefined) return;
  throw new ConfigurationError(
    `${misplaced[0]} is an option of calls that read, and has no meaning for one that writes: leave it out.`,
  );
}

/**
 * What to do about a call option in another object; undefined if the name is not one of a call option.
 *
 * @param further names of options that the provider adds to some calls
 */
export function callOptionHint(name: string, further: readonly string[] = []): string | undefined {
  return Object.hasOwn(callOptionKinds, name) || further.includes(name)
    ? "it is a call option, which goes into an object of its own, the last argument"
    : undefined;
}
