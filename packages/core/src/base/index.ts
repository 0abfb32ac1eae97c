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
export type { Logger } from "./logger.ts";
export { version } from "./version.ts";
