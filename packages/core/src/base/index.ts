export { dateOf, daysFrom, isCalendarDate } from "./dates.ts";
export { writeOutDecimal } from "./decimal.ts";
export {
  AccessDeniedError,
  AccessExpiredError,
  AccountNotReadyError,
  AccountPausedError,
  AccountSuspendedError,
  ApiError,
  AuthenticationError,
  BankDataError,
  ConfigurationError,
  ConnectionError,
  type FieldProblem,
  InstitutionError,
  InvalidRequestError,
  InvalidResponseError,
  NotCachedError,
  NotFoundError,
  PaymentRequiredError,
  QuotaUnavailableError,
  RateLimitError,
  type RateLimitScope,
  TimeoutError,
} from "./errors.ts";
export type { Logger } from "./logger.ts";
export { version } from "./version.ts";
