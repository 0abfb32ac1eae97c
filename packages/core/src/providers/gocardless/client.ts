/// <reference lib="esnext.disposable" preserve="true" />
// This room is the GoCardless Bank Account Data API as a typed client: operations, models, tokens, errors and limits.
// Nothing outside it knows the service's paths, the texts of its errors or its limits. What is common to all services
// (caching, budgets, retries) comes from the pipeline, to which service.ts describes this one.

import type { DataKind } from "../../base/data-kinds.ts";
import { ConfigurationError } from "../../base/errors.ts";
import { describeKind } from "../../base/option-names.ts";
import {
  type AccountQuota,
  type Assembly,
  type CacheStatus,
  type CacheView,
  type CallOptions,
  cacheFor,
  cacheRequestOf,
  type RateLimit,
  stripCachingHeaders,
} from "../../pipeline/index.ts";
import { MAX_PAGINATION_PAGES } from "./account-transactions.ts";
import { assembleClient } from "./assemble.ts";
import { cacheStatus } from "./cache-status.ts";
import { Calls } from "./calls.ts";
import { type ClientOptions, type ClientSettings, clientSettingsFrom } from "./client-options.ts";
import type { EndUserAgreement } from "./models/agreement.ts";
import type { Requisition } from "./models/requisition.ts";
import type { NewToken, RefreshedToken } from "./models/token.ts";
import { operations } from "./operations.ts";
import { MAX_LIST_PAGES } from "./paging.ts";
import { requestAt } from "./requests.ts";
import { goCardless } from "./service.ts";
import { ServiceMethods } from "./service-methods.ts";
import type { TokenSource } from "./tokens.ts";
import { type WithMeta, withMeta } from "./with-meta.ts";

/**
 * A client for the GoCardless Bank Account Data API, version 2. Each method is one operation of the service, or
 * combines a few, as its description says; fields keep the service's spelling. Every method that requests data accepts
 * `CallOptions` (`signal`, `timeout` in milliseconds, `onResponse` and others) in its last argument.
 *
 * Every such method may throw `AuthenticationError`, `RateLimitError`, `NotFoundError`, `InvalidRequestError` and the
 * other kinds of `ApiError`; `ConnectionError`; `TimeoutError`; `InvalidResponseError`; or the reason of the signal.
 *
 * @example
 * const client = new GoCardlessClient({ secretId, secretKey });
 * const { transactions } = await client.getAccountTransactions(accountId, { daysBack: 90 });
 */
export class GoCardlessClient extends ServiceMethods {
  /** The base URL of the service. */
  static readonly BASE_URL = goCardless.baseUrl;
  /** The most pages that `getAccountTransactions` reads; it rejects if there are more. */
  static readonly MAX_PAGINATION_PAGES = MAX_PAGINATION_PAGES;
  /** The most pages of a list of requisitions or agreements that are read; methods reject if there are more. */
  static readonly MAX_LIST_PAGES = MAX_LIST_PAGES;
  /** Returns the headers that may be cached with a response: those that describe its content or validate it. */
  static readonly stripCachingHeaders = stripCachingHeaders;

  readonly #settings: ClientSettings;
  readonly #parts: Assembly<TokenSource>;
  readonly #calls: Calls;

  /** @throws ConfigurationError if the credentials are empty or an option is not valid */
  constructor(options: ClientOptions) {
    const settings = clientSettingsFrom(options);
    const parts = assembleClient(settings, cacheFor(options.cacheOptions, settings));
    const calls = new Calls(settings, parts.pipeline);
    super(settings, calls);
    this.#settings = settings;
    this.#parts = parts;
    this.#calls = calls;
  }

  /**
   * The same methods, each returning also where its value came from: `{ value, meta, responses }`.
   *
   * @example
   * const { value, meta } = await client.withMeta.getAccountBalances(accountId);
   * if (meta.stale) console.log(`as of ${meta.createdAt.toISOString()}`);
   */
  get withMeta(): WithMeta {
    return withMeta((observe) => new ServiceMethods(this.#settings, this.#calls.observedBy(observe)));
  }

  // Tokens

  /**
   * Returns a valid access token: the current one, or after `POST /token/refresh/` or `POST /token/new/` another one.
   */
  async token(): Promise<string> {
    await this.#parts.cache?.check();
    return await this.#parts.authentication.token();
  }

  /**
   * Exchanges the credentials for new tokens and returns both, as the service sends them: `access`, `access_expires`,
   * `refresh`, `refresh_expires`, with lifetimes in seconds. The client uses them from then on. `POST /token/new/`, at most
   * 100 an hour.
   */
  async getAccessToken(): Promise<NewToken> {
    await this.#parts.cache?.check();
    return await this.#parts.authentication.create();
  }

  /**
   * Exchanges a refresh token for a new access token and returns that, as the service sends it: `access`,
   * `access_expires` in seconds. `POST /token/refresh/`, at most 100 a minute. If the refresh token is the client's own,
   * the client uses the new access token from then on; otherwise its own tokens stay as they are.
   *
   * @param refreshToken @default the client's own; if it has none, or if that is rejected, `POST /token/new/` is sent
   * @throws InvalidRequestError if the given refresh token cannot be one; otherwise AuthenticationError if it is rejected
   */
  async refreshAccessToken(refreshToken?: string): Promise<RefreshedToken> {
    await this.#parts.cache?.check();
    const { authentication } = this.#parts;
    return refreshToken === undefined
      ? await authentication.refresh()
      : await authentication.refreshWith(refreshToken);
  }

  // Lists, item by item

  /** Iterates over all agreements, each page requested when it is needed. `GET /agreements/enduser/` */
  async *iterateAgreements(options: CallOptions = {}): AsyncGenerator<EndUserAgreement, void, undefined> {
    yield* this.#calls.items(operations.getAgreements, options, {
      method: "iterateAgreements",
      what: "agreements",
    });
  }

  /** Iterates over all requisitions, each page requested when it is needed. `GET /requisitions/` */
  async *iterateRequisitions(options: CallOptions = {}): AsyncGenerator<Requisition, void, undefined> {
    yield* this.#calls.items(operations.getRequisitions, options, {
      method: "iterateRequisitions",
      what: "requisitions",
    });
  }

  // Cache and limits

  /**
   * Returns what the cache holds for a request. Sends nothing, and needs no token.
   *
   * @param method `GET`; responses to other methods are not cached
   * @param url a path below the base URL, or the whole URL
   * @param params the query
   * @param data the body
   */
  async checkCacheStatus(
    method: string,
    url: string,
    params: Readonly<Record<string, unknown>> = {},
    data?: unknown,
  ): Promise<CacheStatus> {
    const { baseUrl, headers, now } = this.#settings;
    const described = { method, url, params, data };
    return await this.#calls.checked(() =>
      cacheStatus(described, this.#parts.cache, { baseUrl, headers, now: now() }),
    );
  }

  /** Returns the general limit as the headers last reported it; null before the first response. Sends nothing. */
  lastRateLimits(): RateLimit | null;
  /** Returns an account's limits as last reported, by data kind; a kind that was never requested is missing. */
  lastRateLimits(accountId: string): Partial<Record<DataKind, RateLimit>>;
  lastRateLimits(accountId?: string): RateLimit | null | Partial<Record<DataKind, RateLimit>> {
    const { rateLimits } = this.#parts;
    return accountId === undefined ? rateLimits.general() : rateLimits.account(checkedAccountId(accountId));
  }

  /**
   * Returns how many calls an account has left, by data kind: `{ limit, remaining, resetAt, lastCallAt }`, as the
   * headers reported it, or counted if they did not. Clients with `quota: false` are not included. Sends nothing.
   */
  async quota(accountId: string): Promise<AccountQuota> {
    return await this.#parts.budget.quota(checkedAccountId(accountId));
  }

  /** A view of the cache, to inspect and to clear it; undefined without a cache. Sends nothing. */
  get cache(): CacheView | undefined {
    return this.#parts.cache?.viewFor((path, query) =>
      cacheRequestOf(
        { ...requestAt("GET", path, query), headers: this.#settings.headers },
        this.#settings.now(),
      ),
    );
  }

  /** Waits for background renewals of cached responses, and closes the cache; the next call reopens it. */
  async close(): Promise<void> {
    await this.#parts.pipeline.idle();
    await this.#parts.budget.idle();
    await this.#parts.cache?.close();
  }

  /** The same as `close`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** @throws ConfigurationError if it is no string: nothing is known of such an account, which looks like a fresh one */
function checkedAccountId(id: unknown): string {
  if (typeof id === "string" && id !== "") return id;
  const given = id === "" ? "an empty one" : describeKind(id);
  throw new ConfigurationError(`The account's id must be a string that is not empty, not ${given}.`);
}
