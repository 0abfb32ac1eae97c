/**
 * The neutral model, which is the same for every provider, and `BankProvider`, which everything above the providers
 * uses. Nothing that a bank sent is lost (`raw` has all of it), amounts are exact decimals whose sign is the direction
 * of the money, and what differs between providers stays visible. It sends no requests and stores nothing.
 */

import "../base/supported-node.ts";

export type { DataKind } from "../base/data-kinds.ts";
export { type Access, accessAt, hasLostAccess } from "./access.ts";
export {
  type AccountComparison,
  type AccountIdentity,
  type AccountNumber,
  type AccountOrHandle,
  type AccountState,
  agree,
  type BankAccount,
  comparableNumber,
  compareAccounts,
  handleOf,
  type NumberScheme,
} from "./account.ts";
export {
  BALANCE_CHOICES,
  BALANCE_KINDS,
  type BalanceChoice,
  type BalanceKind,
  type BankBalance,
  mainBalances,
} from "./balance.ts";
export type { Bank, BankLimits } from "./bank.ts";
export { checkAccountsOptions, checkRequestOptions, checkWish } from "./check-options.ts";
export {
  bestConnection,
  type ConnectedAccount,
  type ConnectedAccounts,
  connectedAccounts,
} from "./connected-accounts.ts";
export {
  type Connection,
  type ConnectionStage,
  type ConnectionState,
  type Consent,
  stateAt,
} from "./connection.ts";
export {
  type Counterparty,
  counterpartyOf,
  invertedTransaction,
  type Owner,
  type Sides,
} from "./counterparty.ts";
export { checkRange, type DateRange } from "./date-range.ts";
export { calendarDate, datesOf, type EntryDates, entryDate, plausibleDate } from "./entry-date.ts";
export {
  type AccountsOptions,
  type BankProvider,
  type BankReturn,
  type BegunConnection,
  type BegunReconfirmation,
  type Capabilities,
  type ConnectionListing,
  type ConsentWish,
  type KindCalls,
  type RefusedReturn,
  type ReturnAddress,
  returnQuery,
  type SuccessfulReturn,
} from "./provider.ts";
export type {
  AccountReadOptions,
  BalancesReading,
  Coverage,
  DetailsReading,
  Listing,
  Origin,
  ReadOptions,
  RequestOptions,
  TransactionsReading,
  UnreadableItem,
} from "./reading.ts";
export { containsText, folded } from "./search.ts";
export { mostInformative, readableName, readableText, wholeText } from "./text.ts";
export type {
  BalanceAfter,
  BankTransaction,
  Exchange,
  Money,
  Party,
  TransactionIds,
  TransactionStatus,
  TransactionTexts,
  UnreadableTransaction,
} from "./transaction.ts";
export {
  areWanted,
  counterpartyWanted,
  mentions,
  type Searched,
  type WantedWords,
  wordsOf,
  wordsWanted,
} from "./words.ts";
