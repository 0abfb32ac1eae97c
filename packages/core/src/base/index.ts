/**
 * What every other room builds on: errors, the logger's interface, dates and exact decimals. Imports nothing and keeps no
 * state; an error that this library throws on purpose is a `BankDataError`, and no message holds a secret or a whole IBAN.
 */

import "./supported-node.ts";

export { closest } from "./closest.ts";
export { concurrently } from "./concurrently.ts";
export { DAY, dateOf, daysFrom, isCalendarDate } from "./dates.ts";
export { writeOutDecimal } from "./decimal.ts";
export { compareDecimals, type InUnits, inUnits, isDecimal } from "./decimals.ts";
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
  InvalidRequestError,
  InvalidResponseError,
  NotCachedError,
  NotFoundError,
  PlainHttpError,
  QuotaUnavailableError,
  RateLimitError,
  type RefusalReason,
  TimeoutError,
} from "./errors.ts";
export type { HeaderFields } from "./header-fields.ts";
export { isRecord } from "./is-record.ts";
export { type Logger, silentLogger } from "./logger.ts";
export { messageOf } from "./message-of.ts";
export {
  aFunction,
  anAbortSignal,
  checkOptions,
  type OptionKind,
  type OptionKinds,
  type OptionsName,
  trueOrFalse,
} from "./option-kinds.ts";
export { version } from "./version.ts";
export type { WaitInfo } from "./wait-info.ts";
