import { type BankDataError, ConfigurationError } from "../base/errors.ts";
import type { Consent } from "./connection.ts";

/** By what kind of number an account is known. */
export type NumberScheme = "iban" | "bban" | "card" | "phone" | "other";

/** A number by which an account is known, on either side of a transaction. */
export interface AccountNumber {
  /** `card` is a card's number, mostly masked; `bban` a domestic account number. */
  readonly scheme: NumberScheme;
  /** As the bank wrote it. */
  readonly value: string;
}

/**
 * What stays the same of an account when it is connected again. Two identities agree if they have the same scheme, value
 * and currency; a currency that is not known may be any.
 */
export interface AccountIdentity {
  /** `hash` is opaque, and the provider's promise. `bban` and `card` are unique within one bank alone. */
  readonly scheme: "hash" | "iban" | "bban" | "card";
  /** Without blanks, in capitals; a hash as it came. */
  readonly value: string;
  /** ISO 4217; null if it is not known, or does not matter because the value tells currencies apart. */
  readonly currency: string | null;
}

/** The state of an account, whatever the provider calls it. */
export type AccountState = "ready" | "processing" | "expired" | "suspended" | "failed" | "unknown";

/** An account that a connection gives access to. */
export interface BankAccount {
  /**
   * What calls name it by. It may die with the consent. Null if the bank shows the account but no data of it, as it does
   * for some that are blocked or closed.
   */
  readonly handle: string | null;
  /** What lasts, the most reliable first; empty if nothing is known that does. */
  readonly identities: readonly AccountIdentity[];
  readonly connectionId: string;
  /** The bank's id; null if the provider does not say. */
  readonly bankId: string | null;
  /** What the person has allowed for the connection. */
  readonly consent: Consent;
  /** Null for most cards, and outside the countries that have IBANs. */
  readonly iban: string | null;
  /** What the account is known by if it has no IBAN. */
  readonly number: AccountNumber | null;
  /** The bank's or the person's name for it; many banks send none. */
  readonly label: string | null;
  /** Who owns it; many banks send nothing. */
  readonly holder: string | null;
  /** The bank's product, such as `Girokonto`. */
  readonly product: string | null;
  /** ISO 20022 cash account type: `CACC` current, `SVGS` savings, `CARD`, `LOAN`… */
  readonly kind: string | null;
  /** ISO 4217; null until the bank's details are known, as it is part of those. */
  readonly currency: string | null;
  readonly state: AccountState;
  /** The provider's own word for the state; null if it sent none. */
  readonly status: string | null;
  /** Whether the bank's own details are part of this; without them most fields are null. */
  readonly detailed: boolean;
  /** Why the account could not be read, if it could not: what is known besides comes from its connection. */
  readonly error: BankDataError | null;
  /** Everything the provider and the bank said of it. */
  readonly raw: unknown;
}

/**
 * An account as a call names it: its handle, or any object that has it. An object with the rest of what is known saves
 * looking it up.
 */
export type AccountOrHandle =
  | string
  | (Pick<BankAccount, "handle"> & {
      readonly [Field in keyof BankAccount]?: BankAccount[Field] | undefined;
    });

/**
 * The handle of an account.
 *
 * @throws ConfigurationError if the account has none, so that no data of it can be requested
 */
export function handleOf(account: AccountOrHandle): string {
  const handle = typeof account === "string" ? account : account.handle;
  if (handle === null || handle.trim() === "")
    throw new ConfigurationError("The bank gives no access to the data of this account: it has no handle.");
  return handle;
}

/** An IBAN or a domestic number as it is compared: without blanks, in capitals. */
export function comparableNumber(number: string): string {
  return number.replaceAll(/\s/g, "").toUpperCase();
}

/** The schemes of identities, the most reliable first. */
const SCHEMES: readonly AccountIdentity["scheme"][] = ["hash", "iban", "bban", "card"];

/**
 * Whether two accounts are the same: the most reliable scheme in which both have an identity decides. Accounts that have
 * none in common are not the same.
 */
export function isSameAccount(
  one: Pick<BankAccount, "identities">,
  other: Pick<BankAccount, "identities">,
): boolean {
  for (const scheme of SCHEMES) {
    const mine = one.identities.filter((identity) => identity.scheme === scheme);
    const theirs = other.identities.filter((identity) => identity.scheme === scheme);
    if (mine.length > 0 && theirs.length > 0)
      return mine.some((first) => theirs.some((second) => agree(first, second)));
  }
  return false;
}

function agree(one: AccountIdentity, other: AccountIdentity): boolean {
  if (one.value !== other.value) return false;
  return one.currency === null || other.currency === null || one.currency === other.currency;
}
