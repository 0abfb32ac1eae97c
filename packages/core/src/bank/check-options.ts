import {
  aboveZeroMilliseconds,
  anAbortSignal,
  checkOptions,
  type OptionKinds,
} from "../base/option-kinds.ts";
import { checkOptionNames, type OptionNames } from "../base/option-names.ts";
import type { AccountsOptions, ConsentWish } from "./provider.ts";
import type { RequestOptions } from "./reading.ts";

const wishNames: OptionNames<ConsentWish> = {
  returnTo: true,
  reference: true,
  historyDays: true,
  consentDays: true,
  language: true,
};

const accountsOptionNames: OptionNames<AccountsOptions> = {
  signal: true,
  timeout: true,
  refresh: true,
  forceRefresh: true,
  onlyIfCached: true,
  force: true,
  details: true,
};

const requestOptionKinds: OptionKinds<RequestOptions> = {
  signal: anAbortSignal,
  timeout: aboveZeroMilliseconds,
};

/**
 * For a provider's methods that write, before their first request.
 *
 * @throws ConfigurationError if an option does not exist, only has a meaning for reading, or cannot work
 */
export function checkRequestOptions(options: RequestOptions): void {
  checkOptions(options, requestOptionKinds, { what: "the call options" });
}

/** For a provider's `begin`. @throws ConfigurationError if a wish has a name that no provider knows */
export function checkWish(wish: ConsentWish): void {
  checkOptionNames(wish, wishNames, "the wish for a consent");
}

/** For a provider's `accounts`. @throws ConfigurationError if an option has a name that no provider knows */
export function checkAccountsOptions(options: AccountsOptions): void {
  checkOptionNames(options, accountsOptionNames, "the options of accounts");
}
