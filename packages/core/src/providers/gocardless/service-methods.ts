import { NotFoundError } from "../../base/errors.ts";
import { assertObject } from "../../base/option-names.ts";
import type { CallOptions, WriteOptions } from "../../pipeline/index.ts";
import type { ListWithUnreadable } from "../../schema/list.ts";
import {
  MAX_PAGINATION_PAGES,
  type TransactionRange,
  transactionQueries,
  withFurtherPages,
} from "./account-transactions.ts";
import { type AccountInfo, allAccounts } from "./all-accounts.ts";
import {
  assertReference,
  type BankLinkFields,
  bankLinkRequests,
  isTakenByAnother,
  noLink,
  requisitionByReference,
} from "./bank-link.ts";
import {
  type AnyCallOptions,
  type AnyWriteOptions,
  type Fields,
  type QueryParameters,
  queryFrom,
  rejectMisplacedOptions,
  type TypedCallOptions,
  type TypedWriteOptions,
} from "./call-options.ts";
import type { Calls } from "./calls.ts";
import type { ClientSettings } from "./client-options.ts";
import { isReferenceTaken } from "./errors.ts";
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
import { operations } from "./operations.ts";
import { collectPages, PageTrail } from "./paging.ts";
import { removeBegun } from "./remove-begun.ts";
import { requestFor } from "./requests.ts";

/**
 * The methods that request something of the service and return its response, for a client and for its `withMeta`. Each is
 * one operation of the service, or combines a few.
 */
export class ServiceMethods {
  readonly #settings: ClientSettings;
  readonly #calls: Calls;

  /** @internal */
  constructor(settings: ClientSettings, calls: Calls) {
    this.#settings = settings;
    this.#calls = calls;
  }

  // Any operation

  /**
   * `GET` any path below the base URL, through the cache.
   *
   * @param params the query
   * @example await client.get("/accounts/7e944232-bda9-40bc-b784-660c7ab5fe78/", {}, { schema: Account })
   */
  async get(endpoint: string, params?: QueryParameters, options?: CallOptions): Promise<unknown>;
  async get<Value>(
    endpoint: string,
    params: QueryParameters,
    options: TypedCallOptions<Value>,
  ): Promise<Value>;
  async get(endpoint: string, params: QueryParameters = {}, options: AnyCallOptions = {}): Promise<unknown> {
    rejectMisplacedOptions("query", params);
    return await this.#calls.path({ method: "GET", endpoint, query: queryFrom(params) }, options);
  }

  /** `POST` any path below the base URL, with `data` as JSON. */
  async post(endpoint: string, data?: Fields, options?: WriteOptions): Promise<unknown>;
  async post<Value>(endpoint: string, data: Fields, options: TypedWriteOptions<Value>): Promise<Value>;
  async post(endpoint: string, data: Fields = {}, options: AnyWriteOptions = {}): Promise<unknown> {
    rejectMisplacedOptions("body", data);
    return await this.#calls.path({ method: "POST", endpoint, body: data }, options);
  }

  /** `PUT` any path below the base URL, with `data` as JSON. */
  async put(endpoint: string, data?: Fields, options?: WriteOptions): Promise<unknown>;
  async put<Value>(endpoint: string, data: Fields, options: TypedWriteOptions<Value>): Promise<Value>;
  async put(endpoint: string, data: Fields = {}, options: AnyWriteOptions = {}): Promise<unknown> {
    rejectMisplacedOptions("body", data);
    return await this.#calls.path({ method: "PUT", endpoint, body: data }, options);
  }

  /** `DELETE` any path below the base URL. */
  async delete(endpoint: string, options?: WriteOptions): Promise<unknown>;
  async delete<Value>(endpoint: string, options: TypedWriteOptions<Value>): Promise<Value>;
  async delete(endpoint: string, options: AnyWriteOptions = {}): Promise<unknown> {
    return await this.#calls.path({ method: "DELETE", endpoint }, options);
  }

  // Institutions

  /**
   * Lists banks: of one country (two letters), by the filters of the service, or all. `GET /institutions/`
   *
   * @throws InvalidRequestError if the country is unknown, among others
   */
  async getInstitutions(
    filter: string | InstitutionFilter = {},
    options: CallOptions = {},
  ): Promise<Institutions> {
    if (typeof filter !== "string") assertObject(filter, "the filter, unless it is a country,");
    const { country, ...others } = typeof filter === "string" ? { country: filter } : filter;
    // The service accepts country codes in capitals only.
    const fields = { ...others, country: typeof country === "string" ? country.toUpperCase() : country };
    return await this.#calls.operation(operations.getInstitutions, {}, options, fields);
  }

  /** Returns one bank, with its features. `GET /institutions/{id}/` */
  async getInstitution(id: string, options: CallOptions = {}): Promise<Institution> {
    return await this.#calls.operation(operations.getInstitution, { id }, options);
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
      return await this.#calls.operation(operations.getIntegrations, {}, options);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      throw new NotFoundError("The service has no list of integrations; use getInstitutions.", error);
    }
  }

  /** Returns one integration. `GET /integrations/{id}/`, which is not in the service's specification. */
  async getIntegration(id: string, options: CallOptions = {}): Promise<Integration> {
    return await this.#calls.operation(operations.getIntegration, { id }, options);
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
    options: WriteOptions = {},
  ): Promise<EndUserAgreement> {
    return await this.#calls.operation(operations.createAgreement, {}, options, request);
  }

  /** Returns one agreement. `GET /agreements/enduser/{id}/` */
  async getAgreement(id: string, options: CallOptions = {}): Promise<EndUserAgreement> {
    return await this.#calls.operation(operations.getAgreement, { id }, options);
  }

  /** Returns all agreements, from every page. `GET /agreements/enduser/` */
  async getAgreements(options: CallOptions = {}): Promise<ListWithUnreadable<EndUserAgreement>> {
    using call = this.#calls.start(options, { name: "getAgreements" });
    return await collectPages(this.#calls.pages(operations.getAgreements, call));
  }

  /** Returns one page of agreements; by default the first 100. `GET /agreements/enduser/` */
  async getAgreementsPaginated(
    page: PageRequest = {},
    options: CallOptions = {},
  ): Promise<EndUserAgreementPage> {
    return await this.#calls.operation(operations.getAgreements, {}, options, page);
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
    options: WriteOptions = {},
  ): Promise<EndUserAgreement> {
    const request = { user_agent: userAgent, ip_address: ip };
    return await this.#calls.operation(operations.acceptAgreement, { id }, options, request);
  }

  /** Deletes an agreement. `DELETE /agreements/enduser/{id}/` */
  async deleteAgreement(id: string, options: WriteOptions = {}): Promise<DeletionReport> {
    return await this.#calls.operation(operations.deleteAgreement, { id }, options);
  }

  /**
   * Returns the reconfirmation of a British agreement: its link, when the link is valid, and which accounts are
   * reconfirmed. `GET /agreements/enduser/{id}/reconfirm/`
   */
  async getReconfirmation(id: string, options: CallOptions = {}): Promise<Reconfirmation> {
    return await this.#calls.operation(operations.getReconfirmation, { id }, options);
  }

  /** Starts a reconfirmation and returns it, with its link. `POST /agreements/enduser/{id}/reconfirm/` */
  async reconfirmAgreement(
    id: string,
    request: ReconfirmRequest = {},
    options: WriteOptions = {},
  ): Promise<Reconfirmation> {
    return await this.#calls.operation(operations.reconfirmAgreement, { id }, options, request);
  }

  // Requisitions

  /** Creates a requisition, a connection to a bank, and returns it with its link. `POST /requisitions/` */
  async createRequisition(
    request: CreateRequisitionRequest,
    options: WriteOptions = {},
  ): Promise<Requisition> {
    return await this.#calls.operation(operations.createRequisition, {}, options, request);
  }

  /** Returns one requisition: its status, and its accounts once it is linked. `GET /requisitions/{id}/` */
  async getRequisition(id: string, options: CallOptions = {}): Promise<Requisition> {
    return await this.#calls.operation(operations.getRequisition, { id }, options);
  }

  /** Returns all requisitions, from every page. `GET /requisitions/` */
  async getRequisitions(options: CallOptions = {}): Promise<ListWithUnreadable<Requisition>> {
    using call = this.#calls.start(options, { name: "getRequisitions" });
    return await collectPages(this.#calls.pages(operations.getRequisitions, call));
  }

  /** Returns one page of requisitions; by default the first 100. `GET /requisitions/` */
  async getRequisitionsPaginated(
    page: PageRequest = {},
    options: CallOptions = {},
  ): Promise<RequisitionPage> {
    return await this.#calls.operation(operations.getRequisitions, {}, options, page);
  }

  /**
   * Finds the requisition with a reference, on any page; null if there is none. `GET /requisitions/`
   *
   * @throws InvalidResponseError if it exists but cannot be read, so that it is not created a second time
   */
  async findRequisitionByReference(
    reference: string,
    options: CallOptions = {},
  ): Promise<Requisition | null> {
    assertReference(reference, operations.getRequisitions);
    using call = this.#calls.start(options, { name: "findRequisitionByReference" });
    return await requisitionByReference(this.#calls.pages(operations.getRequisitions, call), reference);
  }

  /** Deletes a requisition and its agreement. `DELETE /requisitions/{id}/` */
  async deleteRequisition(id: string, options: WriteOptions = {}): Promise<DeletionReport> {
    return await this.#calls.operation(operations.deleteRequisition, { id }, options);
  }

  /**
   * Creates a requisition and returns its link, where the end user connects the bank; null if there is already a
   * requisition with the reference, even if it was created a moment ago, and for no other reason. `GET /requisitions/`,
   * then `POST /agreements/enduser/` if fields of an agreement are given, then `POST /requisitions/`.
   *
   * If a step fails, what was created is deleted, as far as its response arrived. After a lost response the requisition
   * may exist: `findRequisitionByReference` returns it, with its link.
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
    options: WriteOptions = {},
  ): Promise<string | null> {
    const named = { redirect: redirectUrl, institution_id: bankId, reference };
    const { agreement, requisition } = this.#calls.checked(() => bankLinkRequests(named, fields));
    // A list from the cache may lack a requisition that exists.
    using call = this.#calls.start(options, {
      ...{ name: "createBankLink", writes: true },
      forced: { forceRefresh: true },
    });
    const pages = this.#calls.pages(operations.getRequisitions, call);
    if ((await requisitionByReference(pages, reference)) !== null) return null;
    const created = agreement && (await this.#calls.send(agreement, call));
    const body = { ...requisition.body, ...(created && { agreement: created.id }) };
    let made: Requisition | undefined;
    try {
      made = await this.#calls.send({ ...requisition, body }, call);
      if (!made.link) throw noLink(`for requisition ${made.id}`);
      return made.link;
    } catch (error) {
      const again = this.#calls.pages(operations.getRequisitions, call);
      const isTaken = isReferenceTaken(error) && (await isTakenByAnother(again, reference, created?.id));
      await removeBegun(this, {
        institution_id: bankId,
        agreement: created?.id,
        requisition: made?.id,
        reference,
      });
      if (isTaken) return null;
      throw error;
    }
  }

  // Accounts

  /** Returns an account's metadata: status, IBAN, owner, bank. `GET /accounts/{id}/` */
  async getAccount(id: string, options: CallOptions = {}): Promise<Account> {
    return await this.#calls.operation(operations.getAccount, { id }, options);
  }

  /** Returns an account's balances, each an exact decimal string with its currency. `GET /accounts/{id}/balances/` */
  async getAccountBalances(id: string, options: CallOptions = {}): Promise<AccountBalances> {
    return await this.#calls.operation(operations.getAccountBalances, { id }, options);
  }

  /** Returns the bank's details of an account: currency, owner, product, card number. `GET /accounts/{id}/details/` */
  async getAccountDetails(id: string, options: CallOptions = {}): Promise<AccountDetails> {
    return await this.#calls.operation(operations.getAccountDetails, { id }, options);
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
    const request = this.#calls.checked(() => {
      const base = requestFor(operations.getAccountTransactions, { id });
      return { ...base, ...transactionQueries(range, base.path, this.#settings.now()) };
    });
    const trail = new PageTrail(request, this.#settings.baseUrl, {
      pages: MAX_PAGINATION_PAGES,
      advice: "Ask for fewer days.",
    });
    using call = this.#calls.start(options);
    const first = await this.#calls.send(request, call);
    return await withFurtherPages(first, trail, (address) =>
      this.#calls.send({ ...request, ...address, callerQuery: undefined, isContinuation: true }, call),
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
    using call = this.#calls.start(options, { name: "getAllAccounts" });
    return await allAccounts(this.#calls, call, this.#settings);
  }

  /** The same as `getAllAccounts`: `GET /requisitions/`, `GET /agreements/enduser/`, `GET /accounts/{id}/`. */
  async listAccounts(options: CallOptions = {}): Promise<ListWithUnreadable<AccountInfo>> {
    return await this.getAllAccounts(options);
  }
}
