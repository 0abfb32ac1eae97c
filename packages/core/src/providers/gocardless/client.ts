/// <reference lib="esnext.disposable" preserve="true" />
// This room is the GoCardless Bank Account Data API as a typed client: operations, models, tokens, errors and limits.
// Nothing outside it knows the service's paths, the texts of its errors or its limits. What is common to all services
// (caching, budgets, retries) comes from the pipeline, to which service.ts describes this one.

import { AsyncLocalStorage } from "node:async_hooks";
import { z } from "zod";
import type { DataKind } from "../../base/data-kinds.ts";
import { BankDataError, InvalidResponseError, NotFoundError } from "../../base/errors.ts";
import { isRecord } from "../../base/is-record.ts";
import {
  type AccountQuota,
  type Assembly,
  type CacheView,
  type CallOptions,
  cacheFor,
  cacheRequestOf,
  checkedRequest,
  localError,
  type Method,
  type Operation,
  type PathParameters,
  pathFromOutside,
  pathOf,
  type Query,
  type RateLimit,
  type RequestTarget,
  type ResponseInfo,
  type RunningCall,
  type ServiceRequest,
  startCall,
  stripCachingHeaders,
} from "../../pipeline/index.ts";
import { type ListWithUnreadable, type Unreadable, withUnreadable } from "../../schema/list.ts";
import {
  MAX_PAGINATION_PAGES,
  relativeQuery,
  type TransactionRange,
  transactionQueries,
  withFurtherPages,
} from "./account-transactions.ts";
import { type AccountInfo, joinAccounts, withUnreadableAccounts } from "./all-accounts.ts";
import { assembleClient } from "./assemble.ts";
import {
  type AnyCallOptions,
  type Fields,
  queryFrom,
  splitSchema,
  type TypedCallOptions,
} from "./call-options.ts";
import { type ClientOptions, type ClientSettings, clientSettingsFrom } from "./client-options.ts";
import type { Account } from "./models/account.ts";
import type { AccountDetails } from "./models/account-details.ts";
import type {
  CreateAgreementRequest,
  EndUserAgreement,
  EndUserAgreementPage,
  Reconfirmation,
} from "./models/agreement.ts";
import type { AccountBalances } from "./models/balance.ts";
import type {
  Institution,
  InstitutionFilter,
  Institutions,
  Integration,
  Integrations,
} from "./models/institution.ts";
import type { Page, PageRequest } from "./models/page.ts";
import type {
  CreateRequisitionRequest,
  DeletionReport,
  ReconfirmRequest,
  Requisition,
  RequisitionPage,
} from "./models/requisition.ts";
import type { AccountTransactions } from "./models/transaction.ts";
import { operationAt, operations } from "./operations.ts";
import { collectPages, iteratePages, MAX_LIST_PAGES, type PageAddress, PageTrail } from "./paging.ts";
import { goCardless } from "./service.ts";
import type { TokenSource } from "./tokens.ts";
import { type WithMeta, withMeta } from "./with-meta.ts";

/** What the cache holds for a request. */
export interface CacheStatus {
  /** Whether there is a response, expired or not. */
  keyExists: boolean;
  isExpired: boolean;
  /** A hash, which reveals no secret and no IBAN; empty without a cache. */
  cacheKey: string;
}

/**
 * Further members of the requisition that `createBankLink` creates, and of an agreement to go with it. `extra` goes into
 * the requisition.
 */
export interface BankLinkFields
  extends Omit<CreateAgreementRequest, "institution_id" | "extra">,
    Omit<CreateRequisitionRequest, "institution_id" | "redirect" | "reference"> {}

const METHODS: readonly Method[] = ["GET", "POST", "PUT", "DELETE"];

/** Fields that make `createBankLink` create an agreement too. */
const AGREEMENT_FIELDS = ["max_historical_days", "access_valid_for_days", "access_scope", "reconfirmation"];

/**
 * A client for the GoCardless Bank Account Data API, version 2. Each method is one operation of the service, or
 * combines a few, as its description says; fields keep the service's spelling. Every method that sends requests accepts
 * `CallOptions` (`signal`, `timeout` in milliseconds, `onResponse` and others) in its last argument.
 *
 * Every such method may throw `AuthenticationError`, `RateLimitError`, `NotFoundError`, `InvalidRequestError` and the
 * other kinds of `ApiError`; `ConnectionError`; `TimeoutError`; `InvalidResponseError`; or the reason of the signal.
 *
 * @example
 * const client = new GoCardlessClient({ secretId, secretKey });
 * const { transactions } = await client.getAccountTransactions(accountId, { daysBack: 90 });
 */
export class GoCardlessClient {
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
  /** For each call made through `withMeta`, the responses received so far. */
  readonly #collected = new AsyncLocalStorage<ResponseInfo[]>();

  /** @throws ConfigurationError if the credentials are empty or an option is not valid */
  constructor(options: ClientOptions) {
    this.#settings = clientSettingsFrom(options);
    this.#parts = assembleClient(this.#settings, cacheFor(options.cacheOptions, this.#settings));
  }

  /**
   * The same methods, each returning also where its value came from: `{ value, meta, responses }`.
   *
   * @example
   * const { value, meta } = await client.withMeta.getAccountBalances(accountId);
   * if (meta.stale) console.log(`as of ${meta.createdAt.toISOString()}`);
   */
  get withMeta(): WithMeta<GoCardlessClient> {
    return withMeta<GoCardlessClient>(this, async (call) => {
      const responses: ResponseInfo[] = [];
      return { value: await this.#collected.run(responses, call), responses };
    });
  }

  // Tokens

  /**
   * Returns a valid access token: the current one, or after `POST /token/refresh/` or `POST /token/new/` another one.
   */
  async token(): Promise<string> {
    await this.#parts.cache?.check();
    return await this.#parts.authentication.token();
  }

  /** Exchanges the credentials for new tokens and returns the access token. `POST /token/new/`, at most 100 an hour. */
  async getAccessToken(): Promise<string> {
    await this.#parts.cache?.check();
    return (await this.#parts.authentication.create()).access;
  }

  /**
   * Renews the access token and returns it. `POST /token/refresh/`; or `POST /token/new/` if there is no refresh token,
   * or if it is rejected.
   */
  async refreshAccessToken(): Promise<string> {
    await this.#parts.cache?.check();
    return (await this.#parts.authentication.refresh()).access;
  }

  // Any operation

  /**
   * `GET` any path below the base URL, through the cache.
   *
   * @param params the query
   * @example await client.get("/accounts/7e944232-bda9-40bc-b784-660c7ab5fe78/", {}, { schema: Account })
   */
  async get(endpoint: string, params?: Fields, options?: CallOptions): Promise<unknown>;
  async get<Value>(endpoint: string, params: Fields, options: TypedCallOptions<Value>): Promise<Value>;
  async get(endpoint: string, params: Fields = {}, options: AnyCallOptions = {}): Promise<unknown> {
    return await this.#callPath("GET", endpoint, { query: queryFrom(params) }, options);
  }

  /** `POST` any path below the base URL, with `data` as JSON. */
  async post(endpoint: string, data?: Fields, options?: CallOptions): Promise<unknown>;
  async post<Value>(endpoint: string, data: Fields, options: TypedCallOptions<Value>): Promise<Value>;
  async post(endpoint: string, data: Fields = {}, options: AnyCallOptions = {}): Promise<unknown> {
    return await this.#callPath("POST", endpoint, { body: data }, options);
  }

  /** `PUT` any path below the base URL, with `data` as JSON. */
  async put(endpoint: string, data?: Fields, options?: CallOptions): Promise<unknown>;
  async put<Value>(endpoint: string, data: Fields, options: TypedCallOptions<Value>): Promise<Value>;
  async put(endpoint: string, data: Fields = {}, options: AnyCallOptions = {}): Promise<unknown> {
    return await this.#callPath("PUT", endpoint, { body: data }, options);
  }

  /** `DELETE` any path below the base URL. */
  async delete(endpoint: string, options?: CallOptions): Promise<unknown>;
  async delete<Value>(endpoint: string, options: TypedCallOptions<Value>): Promise<Value>;
  async delete(endpoint: string, options: AnyCallOptions = {}): Promise<unknown> {
    return await this.#callPath("DELETE", endpoint, {}, options);
  }

  // Institutions

  /**
   * Lists banks: of one country (two letters), by the filters of the service, or all. `GET /institutions/`
   *
   * @throws InvalidRequestError also if the country is unknown
   */
  async getInstitutions(
    filter: string | InstitutionFilter = {},
    options: CallOptions = {},
  ): Promise<Institutions> {
    const { country, ...others } = typeof filter === "string" ? { country: filter } : filter;
    // The service accepts country codes in capitals only.
    const fields = { ...others, country: typeof country === "string" ? country.toUpperCase() : country };
    return await this.#callOperation(operations.getInstitutions, {}, options, fields);
  }

  /** Returns one bank, with its features. `GET /institutions/{id}/` */
  async getInstitution(id: string, options: CallOptions = {}): Promise<Institution> {
    return await this.#callOperation(operations.getInstitution, { id }, options);
  }

  /** Returns the names of the banks of a country (two letters), or of all. `GET /institutions/` */
  async listBanks(country?: string, options: CallOptions = {}): Promise<string[]> {
    const institutions = await this.getInstitutions(country === undefined ? {} : { country }, options);
    return institutions.map((institution) => institution.name);
  }

  /**
   * Lists integrations. `GET /integrations/`, which is not in the service's specification.
   *
   * @throws NotFoundError at most deployments of the service, which have no such list
   */
  async getIntegrations(options: CallOptions = {}): Promise<Integrations> {
    try {
      return await this.#callOperation(operations.getIntegrations, {}, options);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      throw new NotFoundError("The service has no list of integrations; use getInstitutions.", error);
    }
  }

  /** Returns one integration. `GET /integrations/{id}/`, which is not in the service's specification. */
  async getIntegration(id: string, options: CallOptions = {}): Promise<Integration> {
    return await this.#callOperation(operations.getIntegration, { id }, options);
  }

  // Agreements

  /**
   * Creates an end-user agreement: days of history, days of access, access scopes. `POST /agreements/enduser/`
   *
   * @throws InvalidRequestError with `fields.max_historical_days` or `fields.access_valid_for_days` if the bank allows
   * less
   */
  async createAgreement(
    request: CreateAgreementRequest,
    options: CallOptions = {},
  ): Promise<EndUserAgreement> {
    return await this.#callOperation(operations.createAgreement, {}, options, request);
  }

  /** Returns one agreement. `GET /agreements/enduser/{id}/` */
  async getAgreement(id: string, options: CallOptions = {}): Promise<EndUserAgreement> {
    return await this.#callOperation(operations.getAgreement, { id }, options);
  }

  /** Returns all agreements, from every page. `GET /agreements/enduser/` */
  async getAgreements(options: CallOptions = {}): Promise<ListWithUnreadable<EndUserAgreement>> {
    using running = this.#start(options, "getAgreements");
    return await collectPages(this.#pages(operations.getAgreements, running));
  }

  /** Returns one page of agreements; by default the first 100. `GET /agreements/enduser/` */
  async getAgreementsPaginated(
    page: PageRequest = {},
    options: CallOptions = {},
  ): Promise<EndUserAgreementPage> {
    return await this.#callOperation(operations.getAgreements, {}, options, page);
  }

  /** Iterates over all agreements, each page requested when it is needed. `GET /agreements/enduser/` */
  async *iterateAgreements(options: CallOptions = {}): AsyncGenerator<EndUserAgreement, void, undefined> {
    using running = this.#start(options, "iterateAgreements");
    for await (const page of this.#pages(operations.getAgreements, running)) {
      this.#warnOfUnreadable(page, "agreements");
      yield* this.#yieldItems(page.results, running);
    }
  }

  /**
   * Accepts an agreement for the end user, if the service permits it. `PUT /agreements/enduser/{id}/accept/`
   *
   * @param userAgent the end user's browser
   * @param ip the end user's IP address
   */
  async acceptAgreement(
    id: string,
    userAgent: string,
    ip: string,
    options: CallOptions = {},
  ): Promise<EndUserAgreement> {
    const request = { user_agent: userAgent, ip_address: ip };
    return await this.#callOperation(operations.acceptAgreement, { id }, options, request);
  }

  /** Deletes an agreement. `DELETE /agreements/enduser/{id}/` */
  async deleteAgreement(id: string, options: CallOptions = {}): Promise<DeletionReport> {
    return await this.#callOperation(operations.deleteAgreement, { id }, options);
  }

  /**
   * Returns the reconfirmation of a British agreement: its link, when the link is valid, and which accounts are
   * reconfirmed. `GET /agreements/enduser/{id}/reconfirm/`
   */
  async getReconfirmation(id: string, options: CallOptions = {}): Promise<Reconfirmation> {
    return await this.#callOperation(operations.getReconfirmation, { id }, options);
  }

  /** Starts a reconfirmation and returns it, with its link. `POST /agreements/enduser/{id}/reconfirm/` */
  async reconfirmAgreement(
    id: string,
    request: ReconfirmRequest = {},
    options: CallOptions = {},
  ): Promise<Reconfirmation> {
    return await this.#callOperation(operations.reconfirmAgreement, { id }, options, request);
  }

  // Requisitions

  /** Creates a requisition, a connection to a bank, and returns it with its link. `POST /requisitions/` */
  async createRequisition(
    request: CreateRequisitionRequest,
    options: CallOptions = {},
  ): Promise<Requisition> {
    return await this.#callOperation(operations.createRequisition, {}, options, request);
  }

  /** Returns one requisition: its status, and its accounts once it is linked. `GET /requisitions/{id}/` */
  async getRequisition(id: string, options: CallOptions = {}): Promise<Requisition> {
    return await this.#callOperation(operations.getRequisition, { id }, options);
  }

  /** Returns all requisitions, from every page. `GET /requisitions/` */
  async getRequisitions(options: CallOptions = {}): Promise<ListWithUnreadable<Requisition>> {
    using running = this.#start(options, "getRequisitions");
    return await collectPages(this.#pages(operations.getRequisitions, running));
  }

  /** Returns one page of requisitions; by default the first 100. `GET /requisitions/` */
  async getRequisitionsPaginated(
    page: PageRequest = {},
    options: CallOptions = {},
  ): Promise<RequisitionPage> {
    return await this.#callOperation(operations.getRequisitions, {}, options, page);
  }

  /** Iterates over all requisitions, each page requested when it is needed. `GET /requisitions/` */
  async *iterateRequisitions(options: CallOptions = {}): AsyncGenerator<Requisition, void, undefined> {
    using running = this.#start(options, "iterateRequisitions");
    for await (const page of this.#pages(operations.getRequisitions, running)) {
      this.#warnOfUnreadable(page, "requisitions");
      yield* this.#yieldItems(page.results, running);
    }
  }

  /**
   * Finds the requisition with a reference, on whatever page; null if there is none. `GET /requisitions/`
   *
   * @throws InvalidResponseError also if it exists but cannot be understood: it must not be created a second time
   */
  async findRequisitionByReference(
    reference: string,
    options: CallOptions = {},
  ): Promise<Requisition | null> {
    using running = this.#start(options, "findRequisitionByReference");
    return await this.#requisitionByReference(reference, running);
  }

  /** Deletes a requisition and its agreement. `DELETE /requisitions/{id}/` */
  async deleteRequisition(id: string, options: CallOptions = {}): Promise<DeletionReport> {
    return await this.#callOperation(operations.deleteRequisition, { id }, options);
  }

  /**
   * Creates a requisition and returns its link, where the end user connects the bank; null if there is already a
   * requisition with the reference, or if the service sends no link. `GET /requisitions/`, then
   * `POST /agreements/enduser/` if fields of an agreement are given, then `POST /requisitions/`.
   *
   * @param reference your own name for the connection, which must be unique
   * @param bankId the id of an institution
   * @param redirectUrl where the bank sends the end user afterwards
   */
  async createBankLink(
    reference: string,
    bankId: string,
    redirectUrl = "http://localhost",
    fields: BankLinkFields = {},
    options: CallOptions = {},
  ): Promise<string | null> {
    // Both requests are validated before either is sent: an agreement without a requisition would be left over.
    const [agreementFields, requisitionFields] = splitByName(fields, AGREEMENT_FIELDS);
    const wanted = Object.keys(agreementFields).filter((name) => agreementFields[name] !== undefined);
    const agreement =
      wanted.length === 0
        ? undefined
        : this.#requestFor(operations.createAgreement, {}, { ...agreementFields, institution_id: bankId });
    const requisition = this.#requestFor(
      operations.createRequisition,
      {},
      { ...requisitionFields, redirect: redirectUrl, institution_id: bankId, reference },
    );
    if (agreement !== undefined && fields.agreement !== undefined) {
      throw localError("POST", requisition.path, {
        agreement: [`cannot be combined with ${wanted.join(", ")}`],
      });
    }
    using call = this.#start(options, "createBankLink");
    if ((await this.#requisitionByReference(reference, call)) !== null) return null;
    if (agreement === undefined) return (await this.#send(requisition, call)).link ?? null;
    const { id } = await this.#send(agreement, call);
    const body = { ...requisition.body, agreement: id };
    return (await this.#send({ ...requisition, body }, call)).link ?? null;
  }

  // Accounts

  /** Returns an account's metadata: status, IBAN, owner, bank. `GET /accounts/{id}/` */
  async getAccount(id: string, options: CallOptions = {}): Promise<Account> {
    return await this.#callOperation(operations.getAccount, { id }, options);
  }

  /** Returns an account's balances, each an exact decimal string with its currency. `GET /accounts/{id}/balances/` */
  async getAccountBalances(id: string, options: CallOptions = {}): Promise<AccountBalances> {
    return await this.#callOperation(operations.getAccountBalances, { id }, options);
  }

  /** Returns the bank's details of an account: currency, owner, product, card number. `GET /accounts/{id}/details/` */
  async getAccountDetails(id: string, options: CallOptions = {}): Promise<AccountDetails> {
    return await this.#callOperation(operations.getAccountDetails, { id }, options);
  }

  /**
   * Returns an account's booked and pending transactions, from every page. `GET /accounts/{id}/transactions/`
   *
   * The service silently leaves out what lies before the history that the agreement allows.
   *
   * @throws InvalidResponseError also past MAX_PAGINATION_PAGES pages: an incomplete list is never returned
   */
  async getAccountTransactions(
    id: string,
    range: TransactionRange = {},
    options: CallOptions = {},
  ): Promise<AccountTransactions> {
    const base = this.#requestFor(operations.getAccountTransactions, { id });
    const request = { ...base, ...transactionQueries(range, base.path, this.#settings.now()) };
    const trail = new PageTrail(request, this.#settings.baseUrl, {
      pages: MAX_PAGINATION_PAGES,
      advice: "Ask for fewer days.",
    });
    using running = this.#start(options);
    const first = await this.#send(request, running);
    return await withFurtherPages(first, trail, (address) =>
      this.#send({ ...request, ...address, callerQuery: undefined, isContinuation: true }, running),
    );
  }

  /**
   * Returns all accounts of all requisitions, each once, with its requisition and when access ends.
   * `GET /requisitions/`, `GET /agreements/enduser/`, and `GET /accounts/{id}/` for each account.
   *
   * An account whose metadata cannot be read is in the list with `error`; so is one that the general limit of 100
   * accounts a minute keeps from being requested within the call's `timeout`. If the list of agreements cannot be read,
   * a warning is logged, and `access_valid_until` is null. Requisitions and agreements that cannot be understood, and
   * requisitions with an account id that cannot be understood, are in the list's `unreadable`.
   */
  async getAllAccounts(options: CallOptions = {}): Promise<ListWithUnreadable<AccountInfo>> {
    using running = this.#start(options, "getAllAccounts");
    const listed = collectPages(this.#pages(operations.getRequisitions, running));
    const [requisitions, agreements] = await Promise.all([listed, this.#agreementsOrNone(running, listed)]);
    this.#warnOfUnreadable(requisitions, "requisitions");
    this.#warnOfUnreadable(agreements, "agreements");
    const incomplete = withUnreadableAccounts(requisitions);
    this.#warnOfUnreadable({ unreadable: incomplete }, "accounts of requisitions");
    const load = (id: string) => this.#send(this.#requestFor(operations.getAccount, { id }), running);
    const accounts = await joinAccounts(requisitions, agreements, load, this.#settings.now());
    // Such an account has not failed: the call ended before it could be requested.
    if (accounts.some(({ error }) => error !== undefined && error === running.signal.reason)) {
      running.signal.throwIfAborted();
    }
    return withUnreadable(accounts, [
      ...requisitions.unreadable.map((one) => ({ ...one, list: "requisitions" })),
      ...incomplete,
      ...agreements.unreadable.map((one) => ({ ...one, list: "agreements" })),
    ]);
  }

  /** The same as `getAllAccounts`: `GET /requisitions/`, `GET /agreements/enduser/`, `GET /accounts/{id}/`. */
  async listAccounts(options: CallOptions = {}): Promise<ListWithUnreadable<AccountInfo>> {
    return await this.getAllAccounts(options);
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
    const upper = method.toUpperCase();
    // Only GET is cached: for any other method the key is all there is.
    const known = METHODS.find((one) => one === upper) ?? "GET";
    const address = pathFromOutside(known, url, this.#settings.baseUrl);
    const query = [...address.query, ...queryFrom(params)];
    const now = this.#settings.now();
    const request = this.#requestAt(known, address.path, query);
    const statusOf = (callerQuery?: Query) =>
      this.#parts.cache?.status({
        ...cacheRequestOf({ ...request, callerQuery }, now),
        method: upper,
        ...(data === undefined ? {} : { body: JSON.stringify(data) }),
      });
    const status = await statusOf();
    if (status === undefined) return { keyExists: false, isExpired: false, cacheKey: "" };
    const relative =
      request.operation === operations.getAccountTransactions ? relativeQuery(query, now) : undefined;
    if (status.keyExists || relative === undefined) return status;
    const relativeStatus = await statusOf(relative);
    return relativeStatus?.keyExists ? relativeStatus : status;
  }

  /** Returns the general limit as the headers last reported it; null before the first response. Sends nothing. */
  lastRateLimits(): RateLimit | null;
  /** Returns an account's limits as last reported, by data kind; a kind that was never requested is missing. */
  lastRateLimits(accountId: string): Partial<Record<DataKind, RateLimit>>;
  lastRateLimits(accountId?: string): RateLimit | null | Partial<Record<DataKind, RateLimit>> {
    const { rateLimits } = this.#parts;
    return accountId === undefined ? rateLimits.general() : rateLimits.account(accountId);
  }

  /**
   * Returns how many calls an account has left, by data kind: `{ limit, remaining, resetAt, lastCallAt }`, as the
   * headers reported it, or counted if they did not. Sends nothing.
   */
  async quota(accountId: string): Promise<AccountQuota> {
    return await this.#parts.budget.quota(accountId);
  }

  /** A view of the cache, to inspect and to clear it; undefined without a cache. Sends nothing. */
  get cache(): CacheView | undefined {
    return this.#parts.cache?.viewFor((path, query) =>
      cacheRequestOf(this.#requestAt("GET", path, query), this.#settings.now()),
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

  /**
   * All agreements, or none if they cannot be read, as they only say when access ends. A warning is logged if the rest
   * of the call succeeds.
   */
  async #agreementsOrNone(
    call: RunningCall,
    rest: Promise<unknown>,
  ): Promise<ListWithUnreadable<EndUserAgreement>> {
    try {
      return await collectPages(this.#pages(operations.getAgreements, call));
    } catch (error) {
      if (call.signal.aborted || !(error instanceof BankDataError)) throw error;
      await rest;
      this.#settings.logger.warn(
        `The list of agreements could not be read, so it is not known when access ends: ${error.message}`,
      );
      return withUnreadable([], []);
    }
  }

  #warnOfUnreadable({ unreadable }: { unreadable: readonly Unreadable[] }, what: string): void {
    if (unreadable.length === 0) return;
    this.#settings.logger.warn(
      `The list of ${what} holds items that could not be understood and are left out: ${unreadable.length}.`,
    );
  }

  /** Starts a call. @param name the method, if it may send several requests */
  #start(options: CallOptions, name?: string): RunningCall {
    const collected = this.#collected.getStore();
    const collect =
      collected &&
      ((info: ResponseInfo) => {
        if (info.status < 400) collected.push(info);
      });
    const observers = [this.#settings.onResponse, options.onResponse, collect];
    return startCall(this.#settings, { name, options, observers });
  }

  async #send<Value>(request: ServiceRequest<Value>, call: RunningCall): Promise<Value> {
    return await this.#parts.pipeline.run(request, call);
  }

  /** Makes a call of one request. @param fields of the query or the body, checked before they are sent */
  async #callOperation<Path extends string, Value>(
    operation: Operation<Path, Value>,
    parameters: PathParameters<Path> & Readonly<Record<string, string>>,
    options: CallOptions,
    fields?: object,
  ): Promise<Value> {
    const request = this.#requestFor(operation, parameters, fields);
    using call = this.#start(options);
    return await this.#send(request, call);
  }

  /** @throws InvalidRequestError if a parameter of the path, or a field, is not valid */
  #requestFor<Path extends string, Value>(
    operation: Operation<Path, Value>,
    parameters: PathParameters<Path> & Readonly<Record<string, string>>,
    fields: object = {},
  ): ServiceRequest<Value> & { body?: Fields } {
    const { method, request: schema, response } = operation;
    const path = pathOf(operation, parameters);
    const base = { operation, parameters, path, schema: response };
    if (schema === undefined) return { ...base, query: [] };
    const checked = checkedRequest(schema, fields, method, path);
    return method === "GET" ? { ...base, query: queryFrom(checked) } : { ...base, query: [], body: checked };
  }

  /** Makes a call to any path; the response is checked against the caller's schema. */
  async #callPath(
    method: Method,
    endpoint: string,
    { query = [], body }: { query?: Query; body?: Fields | undefined },
    given: AnyCallOptions,
  ): Promise<unknown> {
    const { schema = z.unknown(), options } = splitSchema(given);
    const address = pathFromOutside(method, endpoint, this.#settings.baseUrl);
    const request: ServiceRequest = {
      ...operationAt(method, address.path),
      path: address.path,
      query: [...address.query, ...query],
      body,
      schema,
    };
    using call = this.#start(options);
    return await this.#send(request, call);
  }

  /** The request for a path: its operation and parameters. */
  #requestAt(method: Method, path: string, query: Query): RequestTarget & { path: string; query: Query } {
    return { ...operationAt(method, path), path, query };
  }

  #pages<T>(
    operation: Operation<string, Page<T>>,
    call: RunningCall,
  ): AsyncGenerator<Page<T>, void, undefined> {
    const request = this.#requestFor(operation, {});
    const load = (address: PageAddress) => this.#send({ ...request, ...address }, call);
    return iteratePages(request, this.#settings.baseUrl, load);
  }

  /** Yields items; the call's time stands still while the caller works on them. */
  *#yieldItems<T>(items: readonly T[], call: RunningCall): Generator<T, void, undefined> {
    call.pause();
    yield* items;
    call.resume();
  }

  /** `findRequisitionByReference`, as part of a call. */
  async #requisitionByReference(reference: string, call: RunningCall): Promise<Requisition | null> {
    for await (const page of this.#pages(operations.getRequisitions, call)) {
      const found = page.results.find((requisition) => requisition.reference === reference);
      if (found !== undefined) return found;
      if (page.unreadable.some(({ raw }) => isRecord(raw) && raw["reference"] === reference)) {
        throw new InvalidResponseError(
          "A requisition with this reference exists, but could not be understood: see getRequisitions().unreadable.",
          { status: 200, bodyStart: "" },
        );
      }
    }
    return null;
  }
}

/** The fields with one of the names, and all others. */
function splitByName(
  fields: object,
  names: readonly string[],
): [Record<string, unknown>, Record<string, unknown>] {
  const entries = Object.entries(fields);
  const isNamed = ([name]: [string, unknown]) => names.includes(name);
  return [
    Object.fromEntries(entries.filter(isNamed)),
    Object.fromEntries(entries.filter((entry) => !isNamed(entry))),
  ];
}
