/// <reference lib="esnext.disposable" preserve="true" />
import { AsyncLocalStorage } from "node:async_hooks";
import { z } from "zod";
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
  type DataKind,
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
import { type Fields, queryFrom, splitCall, type TypedCallOptions, type WithCall } from "./call-options.ts";
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
import type { PageRequest } from "./models/page.ts";
import type {
  CreateRequisitionRequest,
  DeletionReport,
  ReconfirmRequest,
  Requisition,
  RequisitionPage,
} from "./models/requisition.ts";
import type { AccountTransactions } from "./models/transaction.ts";
import { operationAt, operations } from "./operations.ts";
import {
  collectPages,
  iteratePages,
  MAX_LIST_PAGES,
  type Page,
  type PageAddress,
  PageTrail,
} from "./paging.ts";
import { goCardless } from "./service.ts";
import type { TokenSource } from "./tokens.ts";
import { type WithMeta, withMeta } from "./with-meta.ts";

/** A call to any path, typed or not. */
interface AnyCallOptions extends CallOptions {
  schema?: z.ZodType;
}

/** What the cache holds for a question. */
export interface CacheStatus {
  keyExists: boolean;
  isExpired: boolean;
  /** A hash; it holds no secret and no IBAN. */
  cacheKey: string;
}

/** What `createBankLink` can say beside the bank: members of the agreement, and of the requisition. */
export type BankLinkOptions = Partial<
  Omit<CreateAgreementRequest, "institution_id"> &
    Omit<CreateRequisitionRequest, "institution_id" | "redirect" | "reference">
>;

const METHODS: readonly Method[] = ["GET", "POST", "PUT", "DELETE"];

/** Fields by which `createBankLink` knows that an agreement of its own is wanted. */
const AGREEMENT_MEMBERS = ["max_historical_days", "access_valid_for_days", "access_scope", "reconfirmation"];

/**
 * A client of the GoCardless Bank Account Data API, version 2. Each method is one operation of the service, named and
 * typed as there, or one of the few that combine several. Every method takes `{ signal, timeout, onResponse }` as
 * members of its last argument.
 *
 * Every method may throw: `AuthenticationError`, `RateLimitError`, `NotFoundError`, `InvalidRequestError` and the
 * other kinds of `ApiError`; `ConnectionError`; `TimeoutError`; `InvalidResponseError`; or the reason of the signal.
 *
 * @example
 * const client = new GoCardlessClient({ secretId, secretKey });
 * const { transactions } = await client.getAccountTransactions(accountId, { daysBack: 90 });
 */
export class GoCardlessClient {
  /** Where the service is. */
  static readonly BASE_URL = goCardless.baseUrl;
  /** `getAccountTransactions` follows at most so many pages, and fails past them. */
  static readonly MAX_PAGINATION_PAGES = MAX_PAGINATION_PAGES;
  /** Lists of requisitions and agreements are followed through at most so many pages, and fail past them. */
  static readonly MAX_LIST_PAGES = MAX_LIST_PAGES;
  /** The headers that may be kept with an answer: what describes its content, and what validates it. */
  static readonly stripCachingHeaders = stripCachingHeaders;

  readonly #settings: ClientSettings;
  readonly #parts: Assembly<TokenSource>;
  /** Of the calls made through `withMeta`, the responses that each has got so far. */
  readonly #collected = new AsyncLocalStorage<ResponseInfo[]>();

  /** @throws ConfigurationError where the credentials are empty or an option cannot work */
  constructor(options: ClientOptions) {
    this.#settings = clientSettingsFrom(options);
    this.#parts = assembleClient(this.#settings, cacheFor(options.cacheOptions, this.#settings));
  }

  /**
   * The same methods, each of which gives where its answer came from: `{ value, meta, answers }`.
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

  /** A valid access token: the one in hand, or another. `POST /token/new/` or `/token/refresh/`, where needed. */
  async token(): Promise<string> {
    await this.#parts.cache?.check();
    return await this.#parts.authentication.token();
  }

  /** Exchanges the credentials for new tokens and gives the access token. `POST /token/new/`, limited to 100 an hour. */
  async getAccessToken(): Promise<string> {
    await this.#parts.cache?.check();
    return (await this.#parts.authentication.create()).access;
  }

  /** Gets another access token for the refresh token, or new tokens where that is refused. `POST /token/refresh/` */
  async refreshAccessToken(): Promise<string> {
    await this.#parts.cache?.check();
    return (await this.#parts.authentication.refresh()).access;
  }

  // Any operation

  /**
   * `GET` of any path below the base URL, through the cache. `params` become the query.
   *
   * @example await client.get("/accounts/7e944232-bda9-40bc-b784-660c7ab5fe78/", {}, { schema: Account })
   */
  async get(endpoint: string, params?: Fields, options?: CallOptions): Promise<unknown>;
  async get<S extends z.ZodType>(
    endpoint: string,
    params: Fields,
    options: TypedCallOptions<S>,
  ): Promise<z.output<S>>;
  async get(endpoint: string, params: Fields = {}, options: AnyCallOptions = {}): Promise<unknown> {
    return await this.#askAnywhere("GET", endpoint, { query: queryFrom(params) }, options);
  }

  /** `POST` of `data` as JSON to any path. */
  async post(endpoint: string, data?: Fields, options?: CallOptions): Promise<unknown>;
  async post<S extends z.ZodType>(
    endpoint: string,
    data: Fields,
    options: TypedCallOptions<S>,
  ): Promise<z.output<S>>;
  async post(endpoint: string, data: Fields = {}, options: AnyCallOptions = {}): Promise<unknown> {
    return await this.#askAnywhere("POST", endpoint, { body: data }, options);
  }

  /** `PUT` of `data` as JSON to any path. */
  async put(endpoint: string, data?: Fields, options?: CallOptions): Promise<unknown>;
  async put<S extends z.ZodType>(
    endpoint: string,
    data: Fields,
    options: TypedCallOptions<S>,
  ): Promise<z.output<S>>;
  async put(endpoint: string, data: Fields = {}, options: AnyCallOptions = {}): Promise<unknown> {
    return await this.#askAnywhere("PUT", endpoint, { body: data }, options);
  }

  /** `DELETE` of any path. */
  async delete(endpoint: string, options?: CallOptions): Promise<unknown>;
  async delete<S extends z.ZodType>(endpoint: string, options: TypedCallOptions<S>): Promise<z.output<S>>;
  async delete(endpoint: string, options: AnyCallOptions = {}): Promise<unknown> {
    return await this.#askAnywhere("DELETE", endpoint, {}, options);
  }

  // Institutions

  /**
   * Banks, of one country (two letters) or by the filters of the service; all of them where nothing is given.
   * `GET /institutions/`. An unknown country is an InvalidRequestError.
   */
  async getInstitutions(
    filter: string | WithCall<InstitutionFilter> = {},
    options: CallOptions = {},
  ): Promise<Institutions> {
    const given = typeof filter === "string" ? { country: filter } : filter;
    const { members, call } = splitCall(given, options);
    using running = this.#start(call);
    const request = this.#requestFor(operations.getInstitutions, {}, members);
    // The service knows countries in capitals alone.
    const query = request.query.map(([name, value]) =>
      name === "country" ? ([name, value.toUpperCase()] as const) : ([name, value] as const),
    );
    return await this.#send({ ...request, query }, running);
  }

  /** One bank, with its features. `GET /institutions/{id}/` */
  async getInstitution(id: string, call: CallOptions = {}): Promise<Institution> {
    return await this.#ask(operations.getInstitution, { id }, call);
  }

  /** The names of the banks of a country, or of all. */
  async listBanks(country?: string, call: CallOptions = {}): Promise<string[]> {
    const institutions = await this.getInstitutions(country === undefined ? {} : { country }, call);
    return institutions.map((institution) => institution.name);
  }

  /**
   * Integrations, where the service lists them: the list is not in its specification, and mostly answers 404.
   * `GET /integrations/`
   */
  async getIntegrations(call: CallOptions = {}): Promise<Integrations> {
    try {
      return await this.#ask(operations.getIntegrations, {}, call);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      throw new NotFoundError(
        "The service has no list of integrations (it is not in its specification): use getInstitutions.",
        error,
      );
    }
  }

  /** One integration. `GET /integrations/{id}/` */
  async getIntegration(id: string, call: CallOptions = {}): Promise<Integration> {
    return await this.#ask(operations.getIntegration, { id }, call);
  }

  // Agreements

  /**
   * Makes an end-user agreement: days of history, days of access, scopes. `POST /agreements/enduser/`. More than the
   * bank allows is an InvalidRequestError with `fields.max_historical_days` or `fields.access_valid_for_days`.
   */
  async createAgreement(
    request: WithCall<CreateAgreementRequest>,
    options: CallOptions = {},
  ): Promise<EndUserAgreement> {
    const { members, call } = splitCall(request, options);
    return await this.#ask(operations.createAgreement, {}, call, members);
  }

  /** One agreement. `GET /agreements/enduser/{id}/` */
  async getAgreement(id: string, call: CallOptions = {}): Promise<EndUserAgreement> {
    return await this.#ask(operations.getAgreement, { id }, call);
  }

  /** All agreements, through every page. `GET /agreements/enduser/` */
  async getAgreements(call: CallOptions = {}): Promise<ListWithUnreadable<EndUserAgreement>> {
    using running = this.#start(call, "getAgreements");
    return await collectPages(this.#pages(operations.getAgreements, running));
  }

  /** One page of agreements; 100 from the first unless said. `GET /agreements/enduser/` */
  async getAgreementsPaginated(page: WithCall<PageRequest> = {}): Promise<EndUserAgreementPage> {
    const { members, call } = splitCall(page);
    return await this.#ask(operations.getAgreements, {}, call, members);
  }

  /** All agreements one by one, each page asked for when it is needed. */
  async *iterateAgreements(call: CallOptions = {}): AsyncGenerator<EndUserAgreement, void, undefined> {
    using running = this.#start(call, "iterateAgreements");
    for await (const page of this.#pages(operations.getAgreements, running)) {
      this.#tellUnreadable(page, "agreements");
      yield* this.#oneByOne(page.results, running);
    }
  }

  /**
   * Accepts an agreement for the end user, where the service allows that: `PUT /agreements/enduser/{id}/accept/`.
   *
   * @param userAgent the end user's browser
   * @param ip the end user's IP address
   */
  async acceptAgreement(
    id: string,
    userAgent: string,
    ip: string,
    call: CallOptions = {},
  ): Promise<EndUserAgreement> {
    const request = { user_agent: userAgent, ip_address: ip };
    return await this.#ask(operations.acceptAgreement, { id }, call, request);
  }

  /** Deletes an agreement. `DELETE /agreements/enduser/{id}/` */
  async deleteAgreement(id: string, call: CallOptions = {}): Promise<DeletionReport> {
    return await this.#ask(operations.deleteAgreement, { id }, call);
  }

  /** A British agreement's reconfirmation: its link and window, and which accounts are done. `GET …/reconfirm/` */
  async getReconfirmation(id: string, call: CallOptions = {}): Promise<Reconfirmation> {
    return await this.#ask(operations.getReconfirmation, { id }, call);
  }

  /** Starts a reconfirmation and gives its link. `POST /agreements/enduser/{id}/reconfirm/` */
  async reconfirmAgreement(
    id: string,
    request: WithCall<ReconfirmRequest> = {},
    options: CallOptions = {},
  ): Promise<Reconfirmation> {
    const { members, call } = splitCall(request, options);
    return await this.#ask(operations.reconfirmAgreement, { id }, call, members);
  }

  // Requisitions

  /** Starts a connection to a bank and gives its link. `POST /requisitions/` */
  async createRequisition(
    request: WithCall<CreateRequisitionRequest>,
    options: CallOptions = {},
  ): Promise<Requisition> {
    const { members, call } = splitCall(request, options);
    return await this.#ask(operations.createRequisition, {}, call, members);
  }

  /** One requisition: its status, and its accounts once it is linked. `GET /requisitions/{id}/` */
  async getRequisition(id: string, call: CallOptions = {}): Promise<Requisition> {
    return await this.#ask(operations.getRequisition, { id }, call);
  }

  /** All requisitions, through every page. `GET /requisitions/` */
  async getRequisitions(call: CallOptions = {}): Promise<ListWithUnreadable<Requisition>> {
    using running = this.#start(call, "getRequisitions");
    return await collectPages(this.#pages(operations.getRequisitions, running));
  }

  /** One page of requisitions; 100 from the first unless said. `GET /requisitions/` */
  async getRequisitionsPaginated(page: WithCall<PageRequest> = {}): Promise<RequisitionPage> {
    const { members, call } = splitCall(page);
    return await this.#ask(operations.getRequisitions, {}, call, members);
  }

  /** All requisitions one by one, each page asked for when it is needed. */
  async *iterateRequisitions(call: CallOptions = {}): AsyncGenerator<Requisition, void, undefined> {
    using running = this.#start(call, "iterateRequisitions");
    for await (const page of this.#pages(operations.getRequisitions, running)) {
      this.#tellUnreadable(page, "requisitions");
      yield* this.#oneByOne(page.results, running);
    }
  }

  /**
   * The requisition with this reference, on whatever page; null where there is none.
   *
   * @throws InvalidResponseError also if it is there and could not be understood: it must not be made a second time
   */
  async findRequisitionByReference(reference: string, call: CallOptions = {}): Promise<Requisition | null> {
    using running = this.#start(call, "findRequisitionByReference");
    return await this.#requisitionNamed(reference, running);
  }

  /** Deletes a requisition with its agreement. `DELETE /requisitions/{id}/` */
  async deleteRequisition(id: string, call: CallOptions = {}): Promise<DeletionReport> {
    return await this.#ask(operations.deleteRequisition, { id }, call);
  }

  /**
   * The link where the end user connects a bank; null where the reference exists already. Where days or scopes are
   * given, the agreement is made first.
   *
   * @param reference your own name for the connection, unique
   * @param bankId an institution's id
   * @param redirectUrl where the end user comes back to
   */
  async createBankLink(
    reference: string,
    bankId: string,
    redirectUrl = "http://localhost",
    options: WithCall<BankLinkOptions> = {},
  ): Promise<string | null> {
    const { members, call } = splitCall(options);
    using running = this.#start(call, "createBankLink");
    if ((await this.#requisitionNamed(reference, running)) !== null) return null;
    const [ofAgreement, ofRequisition] = parted(members, AGREEMENT_MEMBERS);
    const agreement: { agreement?: string } = {};
    if (Object.keys(ofAgreement).length > 0) {
      const wanted = { ...ofAgreement, institution_id: bankId };
      const request = this.#requestFor(operations.createAgreement, {}, wanted);
      agreement.agreement = (await this.#send(request, running)).id;
    }
    const request = this.#requestFor(
      operations.createRequisition,
      {},
      { ...ofRequisition, ...agreement, redirect: redirectUrl, institution_id: bankId, reference },
    );
    return (await this.#send(request, running)).link ?? null;
  }

  // Accounts

  /** An account's metadata: status, IBAN, owner, bank. `GET /accounts/{id}/` */
  async getAccount(id: string, call: CallOptions = {}): Promise<Account> {
    return await this.#ask(operations.getAccount, { id }, call);
  }

  /** An account's balances, each an exact decimal string with its currency. `GET /accounts/{id}/balances/` */
  async getAccountBalances(id: string, call: CallOptions = {}): Promise<AccountBalances> {
    return await this.#ask(operations.getAccountBalances, { id }, call);
  }

  /** What the bank says of an account: currency, owner, product, card number. `GET /accounts/{id}/details/` */
  async getAccountDetails(id: string, call: CallOptions = {}): Promise<AccountDetails> {
    return await this.#ask(operations.getAccountDetails, { id }, call);
  }

  /**
   * An account's booked and pending transactions, through every page. `GET /accounts/{id}/transactions/`. A date
   * before the agreed history is cut by the service without a word.
   *
   * @throws InvalidResponseError also past MAX_PAGINATION_PAGES pages: a part is never given as the whole
   */
  async getAccountTransactions(
    id: string,
    options: WithCall<TransactionRange> = {},
  ): Promise<AccountTransactions> {
    const { members, call } = splitCall(options);
    const operation = operations.getAccountTransactions;
    const plain = this.#requestFor(operation, { id });
    const request = { ...plain, ...transactionQueries(members, plain.path, this.#settings.now()) };
    const trail = new PageTrail(request, this.#settings.baseUrl, {
      pages: MAX_PAGINATION_PAGES,
      advice: "Ask for fewer days.",
    });
    using running = this.#start(call);
    const first = await this.#send(request, running);
    return await withFurtherPages(first, trail, (address) =>
      this.#send({ ...request, ...address, meantQuery: undefined, continues: true }, running),
    );
  }

  /**
   * All accounts of all connections, each once, with the connection that opens it and when that ends. An account
   * whose metadata cannot be read stands in the list with `error`, as does one that the general limit leaves no turn
   * within the call's `timeout` (100 accounts a minute). If the list of agreements cannot be had, nobody
   * knows when access ends, and the logger is told. Requisitions and agreements that could not be understood stand in
   * the list's `unreadable`, and so do requisitions of which an account's id could not.
   */
  async getAllAccounts(call: CallOptions = {}): Promise<ListWithUnreadable<AccountInfo>> {
    using running = this.#start(call, "getAllAccounts");
    const asked = collectPages(this.#pages(operations.getRequisitions, running));
    const [requisitions, agreements] = await Promise.all([asked, this.#agreementsIfAny(running, asked)]);
    this.#tellUnreadable(requisitions, "requisitions");
    this.#tellUnreadable(agreements, "agreements");
    const incomplete = withUnreadableAccounts(requisitions);
    this.#tellUnreadable({ unreadable: incomplete }, "accounts of requisitions");
    const load = (id: string) => this.#send(this.#requestFor(operations.getAccount, { id }), running);
    const accounts = await joinAccounts(requisitions, agreements, load, this.#settings.now());
    // Such an account has not failed: the call was over before it could be asked for.
    if (accounts.some(({ error }) => error !== undefined && error === running.signal.reason)) {
      running.signal.throwIfAborted();
    }
    return withUnreadable(accounts, [
      ...requisitions.unreadable.map((one) => ({ ...one, list: "requisitions" })),
      ...incomplete,
      ...agreements.unreadable.map((one) => ({ ...one, list: "agreements" })),
    ]);
  }

  /** The same as `getAllAccounts`. */
  async listAccounts(call: CallOptions = {}): Promise<ListWithUnreadable<AccountInfo>> {
    return await this.getAllAccounts(call);
  }

  // Cache and limits

  /**
   * What the cache holds for a question; asks nobody, and needs no token.
   *
   * @param method `GET`; no other is kept
   * @param url a path below the base URL, or the whole address
   * @param params the query
   */
  async checkCacheStatus(
    method: string,
    url: string,
    params: Readonly<Record<string, unknown>> = {},
    data?: unknown,
  ): Promise<CacheStatus> {
    const upper = method.toUpperCase();
    // Nothing but GET is kept: of any other method only the key can be told.
    const known = METHODS.find((one) => one === upper) ?? "GET";
    const address = pathFromOutside(known, url, this.#settings.baseUrl);
    const query = [...address.query, ...queryFrom(params)];
    const now = this.#settings.now();
    const request = this.#requestAt(known, address.path, query);
    const statusOf = (meantQuery?: Query) =>
      this.#parts.cache?.status({
        ...cacheRequestOf({ ...request, meantQuery }, now),
        method: upper,
        ...(data === undefined ? {} : { body: JSON.stringify(data) }),
      });
    const status = await statusOf();
    if (status === undefined) return { keyExists: false, isExpired: false, cacheKey: "" };
    const relative =
      request.operation === operations.getAccountTransactions ? relativeQuery(query, now) : undefined;
    if (status.keyExists || relative === undefined) return status;
    const named = await statusOf(relative);
    return named?.keyExists ? named : status;
  }

  /** What the headers said last of the general limit; null before the first answer. */
  lastRateLimits(): RateLimit | null;
  /** What the headers said last of an account's limits, by kind of data; a kind that was not asked is missing. */
  lastRateLimits(accountId: string): Partial<Record<DataKind, RateLimit>>;
  lastRateLimits(accountId?: string): RateLimit | null | Partial<Record<DataKind, RateLimit>> {
    const { rateLimits } = this.#parts;
    return accountId === undefined ? rateLimits.general() : rateLimits.account(accountId);
  }

  /**
   * What an account may still be asked, by kind of data: `{ limit, remaining, resetAt, lastCallAt }`. Learned from the
   * headers, and counted where they are missing; asks nobody.
   */
  async quota(accountId: string): Promise<AccountQuota> {
    return await this.#parts.budget.quota(accountId);
  }

  /** What the cache holds, to look at and to clear, without the network; undefined without a cache. */
  get cache(): CacheView | undefined {
    return this.#parts.cache?.viewFor((path, query) =>
      cacheRequestOf(this.#requestAt("GET", path, query), this.#settings.now()),
    );
  }

  /** Waits for answers that are renewed behind old ones, and closes the cache; the next use opens it again. */
  async close(): Promise<void> {
    await this.#parts.pipeline.idle();
    await this.#parts.budget.idle();
    await this.#parts.cache?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * All agreements, or none if they cannot be had: they only say when access ends. That is worth a warning only if the
   * rest of the call can be had.
   */
  async #agreementsIfAny(
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

  #tellUnreadable({ unreadable }: { unreadable: readonly Unreadable[] }, what: string): void {
    if (unreadable.length === 0) return;
    this.#settings.logger.warn(
      `The list of ${what} holds items that could not be understood and are left out: ${unreadable.length}.`,
    );
  }

  /** Starts a call. @param name the method, if it may make several requests */
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

  async #send<Schema extends z.ZodType>(
    request: ServiceRequest<Schema>,
    call: RunningCall,
  ): Promise<z.output<Schema>> {
    return await this.#parts.pipeline.run(request, call);
  }

  /** A call that is one request. @param members of the query or the body, checked before they are sent */
  async #ask<Path extends string, Schema extends z.ZodType>(
    operation: Operation<Path, Schema>,
    parameters: PathParameters<Path> & Readonly<Record<string, string>>,
    options: CallOptions,
    members?: Fields,
  ): Promise<z.output<Schema>> {
    const request = this.#requestFor(operation, parameters, members);
    using call = this.#start(options);
    return await this.#send(request, call);
  }

  /** @throws InvalidRequestError if a parameter of the path, or a member, cannot be right */
  #requestFor<Path extends string, Schema extends z.ZodType>(
    operation: Operation<Path, Schema>,
    parameters: PathParameters<Path> & Readonly<Record<string, string>>,
    members?: Fields,
  ): ServiceRequest<Schema> {
    const { method, request: schema, response } = operation;
    const path = pathOf(operation, parameters);
    const given = schema === undefined ? members : checkedRequest(schema, members ?? {}, method, path);
    const [query, body] = method === "GET" ? [queryFrom(given ?? {}), undefined] : [[], given];
    return { operation, parameters, path, query, body, schema: response };
  }

  /** A call of any path, checked against the schema of whoever makes it. */
  async #askAnywhere(
    method: Method,
    endpoint: string,
    { query = [], body }: { query?: Query; body?: Fields | undefined },
    options: AnyCallOptions,
  ): Promise<unknown> {
    const address = pathFromOutside(method, endpoint, this.#settings.baseUrl);
    const request: ServiceRequest = {
      ...operationAt(method, address.path),
      path: address.path,
      query: [...address.query, ...query],
      body,
      schema: options.schema ?? z.unknown(),
    };
    using call = this.#start(options);
    return await this.#send(request, call);
  }

  /** What a path stands for. */
  #requestAt(method: Method, path: string, query: Query): RequestTarget & { path: string; query: Query } {
    return { ...operationAt(method, path), path, query };
  }

  #pages<T>(
    operation: Operation<string, z.ZodType<Page<T>>>,
    call: RunningCall,
  ): AsyncGenerator<Page<T>, void, undefined> {
    const request = this.#requestFor(operation, {});
    const load = (address: PageAddress) => this.#send({ ...request, ...address }, call);
    return iteratePages(request, this.#settings.baseUrl, load);
  }

  /** Hands out items; what the caller does between them takes nothing of the call's time. */
  *#oneByOne<T>(items: readonly T[], call: RunningCall): Generator<T, void, undefined> {
    call.pause();
    yield* items;
    call.resume();
  }

  /** As `findRequisitionByReference`, within a call. */
  async #requisitionNamed(reference: string, call: RunningCall): Promise<Requisition | null> {
    for await (const page of this.#pages(operations.getRequisitions, call)) {
      const found = page.results.find((requisition) => requisition.reference === reference);
      if (found !== undefined) return found;
      if (page.unreadable.some(({ raw }) => isRecord(raw) && raw["reference"] === reference)) {
        throw new InvalidResponseError(
          "A requisition with this reference exists, but could not be understood: look at it with getRequisitions().unreadable.",
          { status: 200, bodyStart: "" },
        );
      }
    }
    return null;
  }
}

function parted(
  members: Readonly<Record<string, unknown>>,
  names: readonly string[],
): [Record<string, unknown>, Record<string, unknown>] {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  const isNamed = ([name]: [string, unknown]) => names.includes(name);
  return [
    Object.fromEntries(entries.filter(isNamed)),
    Object.fromEntries(entries.filter((entry) => !isNamed(entry))),
  ];
}
