import "./base/supported-node.ts";

export {
  type AccountComparison,
  type AccountIdentity,
  type AccountNumber,
  type AccountOrHandle,
  type AccountReadOptions,
  type AccountState,
  type AccountsOptions,
  type BalanceAfter,
  type BalanceKind,
  type BalancesReading,
  type Bank,
  type BankAccount,
  type BankBalance,
  type BankLimits,
  type BankProvider,
  type BankReturn,
  type BankTransaction,
  type BegunConnection,
  type BegunReconfirmation,
  type Capabilities,
  type ConnectedAccount,
  type ConnectedAccounts,
  type Connection,
  type ConnectionListing,
  type ConnectionStage,
  type ConnectionState,
  type Consent,
  type ConsentWish,
  type Coverage,
  compareAccounts,
  connectedAccounts,
  type DateRange,
  type DetailsReading,
  type EntryDates,
  type Exchange,
  entryDate,
  type KindCalls,
  type Listing,
  type Money,
  mentions,
  type NumberScheme,
  type Origin,
  type Party,
  type ReadOptions,
  type RefusedReturn,
  type RequestOptions,
  type ReturnAddress,
  type SuccessfulReturn,
  stateAt,
  type TransactionIds,
  type TransactionStatus,
  type TransactionsReading,
  type TransactionTexts,
  type UnreadableItem,
  type UnreadableTransaction,
} from "./bank/index.ts";
export type { DataKind } from "./base/data-kinds.ts";
export {
  AccessDeniedError,
  AccessExpiredError,
  AccountNotReadyError,
  AccountPausedError,
  AccountSuspendedError,
  ApiError,
  AuthenticationError,
  BankDataError,
  BankNotOfferedError,
  ConfigurationError,
  ConnectionError,
  ConsentRefusedError,
  type ErrorResponse,
  type FailureDetails,
  type FieldProblem,
  InstitutionError,
  InvalidRequestError,
  InvalidResponseError,
  NotCachedError,
  NotFoundError,
  PaymentRequiredError,
  PlainHttpError,
  QuotaUnavailableError,
  RateLimitError,
  type RateLimitScope,
  type RefusalReason,
  TimeoutError,
} from "./base/errors.ts";
export type { HttpMethod } from "./base/http-method.ts";
export type { Logger } from "./base/logger.ts";
export { version } from "./base/version.ts";
export type { WaitInfo } from "./base/wait-info.ts";
export type { KeyvAdapter } from "./cache/keyv-adapter.ts";
export type { CacheOptions, FilteredResponse } from "./cache/options.ts";
export type { CacheStatus } from "./cache/response-cache.ts";
export { stripCachingHeaders } from "./cache/stored-response.ts";
export type { CachedResponse, CacheEntry, CacheSelection, CacheView } from "./cache/view.ts";
export {
  type ComparedAccount,
  type ConnectedBank,
  ConsentFailedError,
  ConsentTimeoutError,
  type ConsentWay,
  connectBank,
  obtainConsent,
  type ReadReturn,
  type RenamedAccount,
  type Renewal,
  type RenewedConnection,
  renewConnection,
  type Succession,
  successionOf,
  UnfinishedConnectionError,
} from "./connect/index.ts";
export type { AccountQuota, CallQuota } from "./limits/account-calls.ts";
export {
  type ConsentEnd,
  type NextCall,
  type NextCallInput,
  nextCall,
  type Wish,
} from "./limits/next-call.ts";
export type { RateLimit, RateLimits } from "./limits/rate-limits.ts";
export type { CallOptions, WriteOptions } from "./pipeline/call-options.ts";
export type { Fetch } from "./pipeline/fetch-transport.ts";
export type { PipelineOptions, Timeouts } from "./pipeline/options.ts";
export type { ResponseInfo } from "./pipeline/response-info.ts";
export type { RetryOptions } from "./pipeline/retry.ts";
export { MAX_PAGINATION_PAGES, type TransactionRange } from "./providers/gocardless/account-transactions.ts";
export type { AccountInfo } from "./providers/gocardless/all-accounts.ts";
export type { BankLinkFields } from "./providers/gocardless/bank-link.ts";
export type {
  Fields,
  QueryParameters,
  TypedCallOptions,
  TypedWriteOptions,
} from "./providers/gocardless/call-options.ts";
export { GoCardlessClient } from "./providers/gocardless/client.ts";
export type { ClientOptions } from "./providers/gocardless/client-options.ts";
export { Account, AccountReference } from "./providers/gocardless/models/account.ts";
export {
  AccountDetail,
  AccountDetails,
  AdditionalAccountData,
  StructuredAddress,
} from "./providers/gocardless/models/account-details.ts";
export {
  AcceptAgreementRequest,
  AccessScope,
  accessEnd,
  CreateAgreementRequest,
  EndUserAgreement,
  EndUserAgreementPage,
  Reconfirmation,
  ReconfirmedAccount,
} from "./providers/gocardless/models/agreement.ts";
export { Amount, PartialAmount } from "./providers/gocardless/models/amount.ts";
export { AccountBalances, Balance } from "./providers/gocardless/models/balance.ts";
export {
  type FilterFlag,
  Institution,
  InstitutionFilter,
  Institutions,
  Integration,
  Integrations,
  longestAccess,
  longestHistory,
} from "./providers/gocardless/models/institution.ts";
export { type Page, PageRequest } from "./providers/gocardless/models/page.ts";
export {
  CreateRequisitionRequest,
  DeletionReport,
  ReconfirmRequest,
  Requisition,
  RequisitionPage,
  type RequisitionStatus,
  requisitionStatuses,
} from "./providers/gocardless/models/requisition.ts";
export { NewToken, RefreshedToken } from "./providers/gocardless/models/token.ts";
export {
  AccountTransactions,
  BalanceAfterTransaction,
  CurrencyExchange,
  Transaction,
  type TransactionLists,
} from "./providers/gocardless/models/transaction.ts";
export { MAX_LIST_PAGES } from "./providers/gocardless/paging.ts";
export { goCardlessProvider } from "./providers/gocardless/provider.ts";
export type { ServiceMethods } from "./providers/gocardless/service-methods.ts";
export type { StoredToken, TokenStore } from "./providers/gocardless/token-store.ts";
export type {
  AnyPathWithMeta,
  Envelope,
  Enveloped,
  ResponseMeta,
  WithMeta,
} from "./providers/gocardless/with-meta.ts";
export type { AsSent, ModelSchema, SentObject } from "./schema/as-sent.ts";
export type { ListWithUnreadable, Unreadable } from "./schema/list.ts";
export type { RequestSchema, WithExtra } from "./schema/request.ts";
export type {
  StandardFailure,
  StandardIssue,
  StandardPathSegment,
  StandardResult,
  StandardSchemaV1,
  StandardSuccess,
  StandardTypes,
} from "./schema/standard-schema.ts";
