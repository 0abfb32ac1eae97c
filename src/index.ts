export {
  type CacheOptions,
  type CacheView,
  stripCachingHeaders,
} from "./cache/index.ts";
export { MAX_PAGINATION_PAGES, type TransactionRange } from "./client/account-transactions.ts";
export type { AccountInfo } from "./client/all-accounts.ts";
export type { TypedCallOptions } from "./client/call.ts";
export {
  type BankLinkOptions,
  type CacheStatus,
  type ClientOptions,
  GoCardlessClient,
} from "./client/client.ts";
export { MAX_LIST_PAGES } from "./client/paging.ts";
export type { AnswerMeta, Envelope, WithMeta } from "./client/with-meta.ts";
export {
  AccessDeniedError,
  AccessExpiredError,
  AccountNotReadyError,
  AccountPausedError,
  AccountSuspendedError,
  ApiError,
  AuthenticationError,
  ConfigurationError,
  ConnectionError,
  type FieldProblem,
  GoCardlessError,
  InstitutionError,
  InvalidRequestError,
  NotCachedError,
  NotFoundError,
  PaymentRequiredError,
  QuotaUnavailableError,
  RateLimitError,
  type RateLimitScope,
  TimeoutError,
  UnreadableAnswerError,
} from "./errors.ts";
export type { RateLimit, RateLimits } from "./http/rate-limits.ts";
export type { RetryOptions } from "./http/retry.ts";
export type { AnswerInfo, CallOptions, Fetch } from "./http/settings.ts";
export { FileTokenStore, type StoredToken, type TokenStore } from "./http/token-store.ts";
export type { Logger } from "./logger.ts";
export { Account, AccountReference } from "./models/account.ts";
export { AccountDetail, AccountDetails } from "./models/account-details.ts";
export {
  AcceptAgreementRequest,
  AccessScope,
  CreateAgreementRequest,
  EndUserAgreement,
  EndUserAgreementPage,
  Reconfirmation,
} from "./models/agreement.ts";
export { Amount } from "./models/amount.ts";
export type { AsSent } from "./models/as-sent.ts";
export { AccountBalances, Balance } from "./models/balance.ts";
export {
  Institution,
  InstitutionFilter,
  Institutions,
  Integration,
  Integrations,
} from "./models/institution.ts";
export type { ListWithUnreadable, Unreadable } from "./models/list.ts";
export {
  CreateRequisitionRequest,
  DeletionReport,
  ReconfirmRequest,
  Requisition,
  RequisitionPage,
  type RequisitionStatus,
  requisitionStatuses,
} from "./models/requisition.ts";
export { NewToken, RefreshedToken } from "./models/token.ts";
export { AccountTransactions, CurrencyExchange, Transaction } from "./models/transaction.ts";
export type { AccountQuota, AccountScope, ScopeQuota } from "./quota/account-quota.ts";
export { type NextCall, type NextCallInput, nextCall, type Wish } from "./quota/next-call.ts";
export { version } from "./version.ts";
