import { z } from "zod";
import {
  type CacheOptions,
  type CacheView,
  openCache,
  type ResponseCache,
  stripCachingHeaders,
} from "../cache/index.ts";
import { ConfigurationError, GoCardlessError, NotFoundError, UnreadableAnswerError } from "../errors.ts";
import { path, pathFromOutside, type SafePath } from "../http/path.ts";
import type { RateLimit } from "../http/rate-limits.ts";
import { checkedRequest } from "../http/refused-here.ts";
import {
  type CallOptions,
  DEFAULT_BASE_URL,
  type Settings,
  settingsFrom,
  type TransportOptions,
} from "../http/settings.ts";
import { Transport } from "../http/transport.ts";
import { Account } from "../models/account.ts";
import { AccountDetails } from "../models/account-details.ts";
import {
  AcceptAgreementRequest,
  CreateAgreementRequest,
  EndUserAgreement,
  EndUserAgreementPage,
  Reconfirmation,
} from "../models/agreement.ts";
import { isRecord } from "../models/as-is.ts";
import { AccountBalances } from "../models/balance.ts";
import {
  Institution,
  InstitutionFilter,
  Institutions,
  Integration,
  Integrations,
} from "../models/institution.ts";
import { type ListWithUnreadable, type Unreadable, withUnreadable } from "../models/list.ts";
import { PageRequest } from "../models/page.ts";
import {
  CreateRequisitionRequest,
  DeletionReport,
  ReconfirmRequest,
  Requisition,
  RequisitionPage,
} from "../models/requisition.ts";
import type { AccountTransactions } from "../models/transaction.ts";
import type { AccountQuota, AccountScope } from "../quota/account-quota.ts";
import {
  MAX_PAGINATION_PAGES,
  rangeAlias,
  readAccountTransactions,
  type TransactionRange,
} from "./account-transactions.ts";
import { type AccountInfo, joinAccounts, withUnreadableAccounts } from "./all-accounts.ts";
import { type Members, queryFrom, splitCall, type TypedCallOptions, type WithCall } from "./call.ts";
import { collectPages, iteratePages, MAX_LIST_PAGES, type Page, type PageAddress } from "./paging.ts";
import { type WithMeta, withMeta } from "./with-meta.ts";

/** What a client is made of. Only the credentials are needed. */
export interface ClientOptions extends TransportOptions {
  /**
   * How answers are kept; `false` keeps none, and then nothing is written to disk unless a token store is given.
   * @default a SQLite file in the user's cache folder
   */
  cacheOptions?: CacheOptions | false | undefined;
}

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

/** Members by which `createBankLink` knows that an agreement of its own is wanted. */
const AGREEMENT_MEMBERS = ["max_historical_days", "access_valid_for_days", "access_scope", "reconfirmation"];

/**
 * A client of the GoCardless Bank Account Data API, version 2. Each method is one operation of the service, named and
 * typed as there, or one of the few that combine several. Every method takes `{ signal, timeout, onAnswer }` as
 * members of its last argument.
 *
 * Every method may throw: `AuthenticationError`, `RateLimitError`, `NotFoundError`, `InvalidRequestError` and the
 * other kinds of `ApiError`; `ConnectionError`; `TimeoutError`; `UnreadableAnswerError`; or the reason of the signal.
 *
 * @example
 * const client = new GoCardlessClient({ secretId, secretKey });
 * const { transactions } = await client.getAccountTransactions(accountId, { daysBack: 90 });
 */
export class GoCardlessClient {
  /** Where the service is. */
  static readonly BASE_URL = DEFAULT_BASE_URL;
  /** `getAccountTransactions` follows at most so many pages, and fails past them. */
  static readonly MAX_PAGINATION_PAGES = MAX_PAGINATION_PAGES;
  /** Lists of requisitions and agreements are followed through at most so many pages, and fail past them. */
  static readonly MAX_LIST_PAGES = MAX_LIST_PAGES;
  /** The headers that may be kept with an answer: what describes its content, and what validates it. */
  static readonly stripCachingHeaders = stripCachingHeaders;

  readonly #settings: Settings;
  readonly #cache: ResponseCache | undefined;
  readonly #transport: Transport;

  /** @throws ConfigurationError where the credentials are empty or an option cannot work */
  constructor(options: ClientOptions) {
    this.#settings = settingsFrom(options);
    this.#cache = cacheFor(options.cacheOptions, this.#settings);
    this.#transport = new Transport(this.#settings, this.#cache, this.#cache?.records);
  }

  /**
   * The same methods, each of which gives where its answer came from: `{ value, meta, answers }`.
   *
   * @example
   * const { value, meta } = await client.withMeta.getAccountBalances(accountId);
   * if (meta.stale) console.log(`as of ${meta.createdAt.toISOString()}`);
   */
  get withMeta(): WithMeta<GoCardlessClient> {
    return withMeta<GoCardlessClient>(this, (call) => this.#transport.collect(call));
  }

  // Tokens

  /** A valid access token: the one in hand, or another. `POST /token/new/` or `/token/refresh/`, where needed. */
  async token(): Promise<string> {
    await this.#cache?.check();
    return await this.#transport.token.valid();
  }

  /** Exchanges the credentials for new tokens and gives the access token. `POST /token/new/`, limited to 100 an hour. */
  async getAccessToken(): Promise<string> {
    await this.#cache?.check();
    return (await this.#transport.token.create()).access;
  }

  /** Gets another access token for the refresh token, or new tokens where that is refused. `POST /token/refresh/` */
  async refreshAccessToken(): Promise<string> {
    await this.#cache?.check();
    return (await this.#transport.token.refresh()).access;
  }

  // Any operation

  /**
   * `GET` of any path below the base URL, through the cache. `params` become the query.
   *
   * @example await client.get("/accounts/7e944232-bda9-40bc-b784-660c7ab5fe78/", {}, { schema: Account })
   */
  async get(endpoint: string, params?: Members, options?: CallOptions): Promise<unknown>;
  async get<S extends z.ZodType>(
    endpoint: string,
    params: Members,
    options: TypedCallOptions<S>,
  ): Promise<z.output<S>>;
  async get(endpoint: string, params: Members = {}, options: AnyCallOptions = {}): Promise<unknown> {
    const { path, query } = pathFromOutside(endpoint, this.#settings.baseUrl);
    const request = { method: "GET", path, query: [...query, ...queryFrom(params)] } as const;
    return await this.#transport.request(request, options.schema ?? z.unknown(), options);
  }

  /** `POST` of `data` as JSON to any path. */
  async post(endpoint: string, data?: Members, options?: CallOptions): Promise<unknown>;
  async post<S extends z.ZodType>(
    endpoint: string,
    data: Members,
    options: TypedCallOptions<S>,
  ): Promise<z.output<S>>;
  async post(endpoint: string, data: Members = {}, options: AnyCallOptions = {}): Promise<unknown> {
    return await this.#change("POST", endpoint, data, options);
  }

  /** `PUT` of `data` as JSON to any path. */
  async put(endpoint: string, data?: Members, options?: CallOptions): Promise<unknown>;
  async put<S extends z.ZodType>(
    endpoint: string,
    data: Members,
    options: TypedCallOptions<S>,
  ): Promise<z.output<S>>;
  async put(endpoint: string, data: Members = {}, options: AnyCallOptions = {}): Promise<unknown> {
    return await this.#change("PUT", endpoint, data, options);
  }

  /** `DELETE` of any path. */
  async delete(endpoint: string, options?: CallOptions): Promise<unknown>;
  async delete<S extends z.ZodType>(endpoint: string, options: TypedCallOptions<S>): Promise<z.output<S>>;
  async delete(endpoint: string, options: AnyCallOptions = {}): Promise<unknown> {
    return await this.#change("DELETE", endpoint, undefined, options);
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
    const checked = checkedRequest(InstitutionFilter, members, "GET", "/institutions/");
    const query = queryFrom({ ...checked, country: checked.country?.toUpperCase() });
    return await this.#transport.request(
      { method: "GET", path: path`/institutions/`, query },
      Institutions,
      call,
    );
  }

  /** One bank, with its features. `GET /institutions/{id}/` */
  async getInstitution(id: string, call: CallOptions = {}): Promise<Institution> {
    return await this.#read(path`/institutions/${id}/`, Institution, call);
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
      return await this.#read(path`/integrations/`, Integrations, call);
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
    return await this.#read(path`/integrations/${id}/`, Integration, call);
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
    const where = path`/agreements/enduser/`;
    const body = checkedRequest(CreateAgreementRequest, members, "POST", where);
    return await this.#transport.request(
      { method: "POST", path: where, query: [], body },
      EndUserAgreement,
      call,
    );
  }

  /** One agreement. `GET /agreements/enduser/{id}/` */
  async getAgreement(id: string, call: CallOptions = {}): Promise<EndUserAgreement> {
    return await this.#read(path`/agreements/enduser/${id}/`, EndUserAgreement, call);
  }

  /** All agreements, through every page. `GET /agreements/enduser/` */
  async getAgreements(call: CallOptions = {}): Promise<ListWithUnreadable<EndUserAgreement>> {
    return await collectPages(this.#pages(path`/agreements/enduser/`, EndUserAgreementPage, call));
  }

  /** One page of agreements; 100 from the first unless said. `GET /agreements/enduser/` */
  async getAgreementsPaginated(page: WithCall<PageRequest> = {}): Promise<EndUserAgreementPage> {
    return await this.#page(path`/agreements/enduser/`, EndUserAgreementPage, page);
  }

  /** All agreements one by one, each page asked for when it is needed. */
  async *iterateAgreements(call: CallOptions = {}): AsyncGenerator<EndUserAgreement, void, undefined> {
    for await (const page of this.#pages(path`/agreements/enduser/`, EndUserAgreementPage, call)) {
      this.#tellUnreadable(page, "agreements");
      yield* page.results;
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
    const where = path`/agreements/enduser/${id}/accept/`;
    const body = checkedRequest(
      AcceptAgreementRequest,
      { user_agent: userAgent, ip_address: ip },
      "PUT",
      where,
    );
    return await this.#transport.request(
      { method: "PUT", path: where, query: [], body },
      EndUserAgreement,
      call,
    );
  }

  /** Deletes an agreement. `DELETE /agreements/enduser/{id}/` */
  async deleteAgreement(id: string, call: CallOptions = {}): Promise<DeletionReport> {
    return await this.#remove(path`/agreements/enduser/${id}/`, call);
  }

  /** A British agreement's reconfirmation: its link and window, and which accounts are done. `GET …/reconfirm/` */
  async getReconfirmation(id: string, call: CallOptions = {}): Promise<Reconfirmation> {
    return await this.#read(path`/agreements/enduser/${id}/reconfirm/`, Reconfirmation, call);
  }

  /** Starts a reconfirmation and gives its link. `POST /agreements/enduser/{id}/reconfirm/` */
  async reconfirmAgreement(
    id: string,
    request: WithCall<ReconfirmRequest> = {},
    options: CallOptions = {},
  ): Promise<Reconfirmation> {
    const { members, call } = splitCall(request, options);
    const where = path`/agreements/enduser/${id}/reconfirm/`;
    const body = checkedRequest(ReconfirmRequest, members, "POST", where);
    return await this.#transport.request(
      { method: "POST", path: where, query: [], body },
      Reconfirmation,
      call,
    );
  }

  // Requisitions

  /** Starts a connection to a bank and gives its link. `POST /requisitions/` */
  async createRequisition(
    request: WithCall<CreateRequisitionRequest>,
    options: CallOptions = {},
  ): Promise<Requisition> {
    const { members, call } = splitCall(request, options);
    const where = path`/requisitions/`;
    const body = checkedRequest(CreateRequisitionRequest, members, "POST", where);
    return await this.#transport.request({ method: "POST", path: where, query: [], body }, Requisition, call);
  }

  /** One requisition: its status, and its accounts once it is linked. `GET /requisitions/{id}/` */
  async getRequisition(id: string, call: CallOptions = {}): Promise<Requisition> {
    return await this.#read(path`/requisitions/${id}/`, Requisition, call);
  }

  /** All requisitions, through every page. `GET /requisitions/` */
  async getRequisitions(call: CallOptions = {}): Promise<ListWithUnreadable<Requisition>> {
    return await collectPages(this.#pages(path`/requisitions/`, RequisitionPage, call));
  }

  /** One page of requisitions; 100 from the first unless said. `GET /requisitions/` */
  async getRequisitionsPaginated(page: WithCall<PageRequest> = {}): Promise<RequisitionPage> {
    return await this.#page(path`/requisitions/`, RequisitionPage, page);
  }

  /** All requisitions one by one, each page asked for when it is needed. */
  async *iterateRequisitions(call: CallOptions = {}): AsyncGenerator<Requisition, void, undefined> {
    for await (const page of this.#pages(path`/requisitions/`, RequisitionPage, call)) {
      this.#tellUnreadable(page, "requisitions");
      yield* page.results;
    }
  }

  /**
   * The requisition with this reference, on whatever page; null where there is none.
   *
   * @throws UnreadableAnswerError also if it is there and could not be understood: it must not be made a second time
   */
  async findRequisitionByReference(reference: string, call: CallOptions = {}): Promise<Requisition | null> {
    for await (const page of this.#pages(path`/requisitions/`, RequisitionPage, call)) {
      const found = page.results.find((requisition) => requisition.reference === reference);
      if (found !== undefined) return found;
      if (page.unreadable.some(({ raw }) => isRecord(raw) && raw["reference"] === reference)) {
        throw new UnreadableAnswerError(
          "A requisition with this reference exists, but could not be understood: look at it with getRequisitions().unreadable.",
          { status: 200, bodyStart: "" },
        );
      }
    }
    return null;
  }

  /** Deletes a requisition with its agreement. `DELETE /requisitions/{id}/` */
  async deleteRequisition(id: string, call: CallOptions = {}): Promise<DeletionReport> {
    return await this.#remove(path`/requisitions/${id}/`, call);
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
    if ((await this.findRequisitionByReference(reference, call)) !== null) return null;
    const [ofAgreement, ofRequisition] = parted(members, AGREEMENT_MEMBERS);
    const agreement =
      Object.keys(ofAgreement).length === 0
        ? {}
        : { agreement: (await this.createAgreement({ ...ofAgreement, institution_id: bankId }, call)).id };
    const requisition = await this.createRequisition(
      { ...ofRequisition, ...agreement, redirect: redirectUrl, institution_id: bankId, reference },
      call,
    );
    return requisition.link ?? null;
  }

  // Accounts

  /** An account's metadata: status, IBAN, owner, bank. `GET /accounts/{id}/` */
  async getAccount(id: string, call: CallOptions = {}): Promise<Account> {
    return await this.#read(path`/accounts/${id}/`, Account, call);
  }

  /** An account's balances, each an exact decimal string with its currency. `GET /accounts/{id}/balances/` */
  async getAccountBalances(id: string, call: CallOptions = {}): Promise<AccountBalances> {
    return await this.#read(path`/accounts/${id}/balances/`, AccountBalances, call);
  }

  /** What the bank says of an account: currency, owner, product, card number. `GET /accounts/{id}/details/` */
  async getAccountDetails(id: string, call: CallOptions = {}): Promise<AccountDetails> {
    return await this.#read(path`/accounts/${id}/details/`, AccountDetails, call);
  }

  /**
   * An account's booked and pending transactions, through every page. `GET /accounts/{id}/transactions/`. A date
   * before the agreed history is cut by the service without a word.
   *
   * @throws UnreadableAnswerError also past MAX_PAGINATION_PAGES pages: a part is never given as the whole
   */
  async getAccountTransactions(
    id: string,
    options: WithCall<TransactionRange> = {},
  ): Promise<AccountTransactions> {
    const { members, call } = splitCall(options);
    const context = { baseUrl: this.#settings.baseUrl, now: this.#settings.now() };
    return await readAccountTransactions(this.#transport, id, members, call, context);
  }

  /**
   * All accounts of all connections, each once, with the connection that opens it and when that ends. An account
   * whose metadata cannot be read stands in the list with `error`. If the list of agreements cannot be had, nobody
   * knows when access ends, and the logger is told. Requisitions and agreements that could not be understood stand in
   * the list's `unreadable`, and so do requisitions of which an account's id could not.
   */
  async getAllAccounts(call: CallOptions = {}): Promise<ListWithUnreadable<AccountInfo>> {
    const asked = this.getRequisitions(call);
    const [requisitions, agreements] = await Promise.all([asked, this.#agreementsIfAny(call, asked)]);
    this.#tellUnreadable(requisitions, "requisitions");
    this.#tellUnreadable(agreements, "agreements");
    const incomplete = withUnreadableAccounts(requisitions);
    this.#tellUnreadable({ unreadable: incomplete }, "accounts of requisitions");
    const load = (id: string) => this.getAccount(id, call);
    const accounts = await joinAccounts(requisitions, agreements, load, this.#settings.now());
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
    const address = pathFromOutside(url, this.#settings.baseUrl);
    const question = {
      method: method.toUpperCase(),
      path: address.path,
      query: [...address.query, ...queryFrom(params)],
      ...(data === undefined ? {} : { body: JSON.stringify(data) }),
    };
    const status = await this.#cache?.status(question);
    if (status === undefined) return { keyExists: false, isExpired: false, cacheKey: "" };
    const alias = rangeAlias(address.path, question.query, this.#settings.now());
    if (status.keyExists || alias === undefined) return status;
    const named = await this.#cache?.status({ ...question, alias });
    return named?.keyExists ? named : status;
  }

  /** What the headers said last of the general limit; null before the first answer. */
  lastRateLimits(): RateLimit | null;
  /** What the headers said last of an account's limits, by kind of data; a kind that was not asked is missing. */
  lastRateLimits(accountId: string): Partial<Record<AccountScope, RateLimit>>;
  lastRateLimits(accountId?: string): RateLimit | null | Partial<Record<AccountScope, RateLimit>> {
    const { rateLimits } = this.#transport;
    return accountId === undefined ? rateLimits.general() : rateLimits.account(accountId);
  }

  /**
   * What an account may still be asked, by kind of data: `{ limit, remaining, resetAt, lastCallAt }`. Learned from the
   * headers, and counted where they are missing; asks nobody.
   */
  async quota(accountId: string): Promise<AccountQuota> {
    return await this.#transport.ledger.quota(accountId);
  }

  /** What the cache holds, to look at and to clear, without the network; undefined without a cache. */
  get cache(): CacheView | undefined {
    return this.#cache?.view;
  }

  /** Waits for answers that are renewed behind old ones, and closes the cache; the next use opens it again. */
  async close(): Promise<void> {
    await this.#transport.settled();
    await this.#cache?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * All agreements, or none if they cannot be had: they only say when access ends. That is worth a warning only if the
   * rest of the call can be had.
   */
  async #agreementsIfAny(
    call: CallOptions,
    rest: Promise<unknown>,
  ): Promise<ListWithUnreadable<EndUserAgreement>> {
    try {
      return await this.getAgreements(call);
    } catch (error) {
      if (call.signal?.aborted || !(error instanceof GoCardlessError)) throw error;
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

  async #read<S extends z.ZodType>(path: SafePath, schema: S, call: CallOptions): Promise<z.output<S>> {
    return await this.#transport.request({ method: "GET", path, query: [] }, schema, call);
  }

  async #remove(path: SafePath, call: CallOptions): Promise<DeletionReport> {
    return await this.#transport.request({ method: "DELETE", path, query: [] }, DeletionReport, call);
  }

  async #page<S extends z.ZodType>(
    path: SafePath,
    schema: S,
    page: WithCall<PageRequest>,
  ): Promise<z.output<S>> {
    const { members, call } = splitCall(page);
    const query = queryFrom(checkedRequest(PageRequest, members, "GET", path));
    return await this.#transport.request({ method: "GET", path, query }, schema, call);
  }

  #pages<T>(
    path: SafePath,
    schema: z.ZodType<Page<T>>,
    call: CallOptions,
  ): AsyncGenerator<Page<T>, void, undefined> {
    const load = (address: PageAddress) =>
      this.#transport.request({ method: "GET", ...address }, schema, call);
    return iteratePages({ path, query: [] }, this.#settings.baseUrl, load);
  }

  async #change(
    method: "POST" | "PUT" | "DELETE",
    endpoint: string,
    body: Members | undefined,
    options: AnyCallOptions,
  ): Promise<unknown> {
    const address = pathFromOutside(endpoint, this.#settings.baseUrl);
    return await this.#transport.request(
      { method, ...address, body },
      options.schema ?? z.unknown(),
      options,
    );
  }
}

function cacheFor(options: CacheOptions | false | undefined, settings: Settings): ResponseCache | undefined {
  if (options === false) return undefined;
  try {
    return openCache(options, settings);
  } catch (error) {
    throw new ConfigurationError(error instanceof Error ? error.message : String(error));
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
