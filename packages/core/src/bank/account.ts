import { type BankDataError, ConfigurationError } from "../base/errors.ts";
import type { Consent } from "./connection.ts";

/** The kinds of number that identify an account. */
export type NumberScheme = "iban" | "bban" | "card" | "phone" | "other";

/** A number that identifies an account, on either side of a transaction. */
export interface AccountNumber {
  /** `card` is a card's number, mostly masked; `bban` a domestic account number. */
  readonly scheme: NumberScheme;
  /** As the bank wrote it. */
  readonly value: string;
}

/** An identity of an account that stays the same when it is connected again. */
export interface AccountIdentity {
  /** `hash` is an opaque text that the provider promises to keep. */
  readonly scheme: "hash" | "iban" | "bban" | "card";
  /**
   * The scope within which the value is unique: the bank's id for `bban` and `card`, the provider for `hash`; null for
   * `iban`.
   */
  readonly scope: string | null;
  /** Without spaces, in capitals; a hash as it was sent. */
  readonly value: string;
  /** ISO 4217; null if unknown, or if the value itself differs by currency, as a hash does. */
  readonly currency: string | null;
}

/** The state of an account, the same for every provider. */
export type AccountState = "ready" | "processing" | "expired" | "suspended" | "failed" | "unknown";

/** An account that a connection gives access to. */
export interface BankAccount {
  /**
   * Identifies it in calls. It may become invalid when the consent ends. Null if the bank shows the account but no data
   * of it, as it does for some that are blocked or closed.
   */
  readonly handle: string | null;
  /** The identities that last, the most reliable first; empty if none is known. */
  readonly identities: readonly AccountIdentity[];
  /** Null if unknown, as it may be for an account that was read by its handle alone. */
  readonly connectionId: string | null;
  /** The bank's id; null if the provider does not say. */
  readonly bankId: string | null;
  /** What the end user has allowed for the connection. */
  readonly consent: Consent;
  /** Null for most cards, and outside the countries that have IBANs. */
  readonly iban: string | null;
  /** A number other than the IBAN: domestic, card or phone; null if the bank sends none. */
  readonly number: AccountNumber | null;
  /** The bank's or the owner's name for it; many banks send none. */
  readonly label: string | null;
  /** Who owns it; many banks send nothing. */
  readonly holder: string | null;
  /** The bank's product, such as `Girokonto`. */
  readonly product: string | null;
  /** ISO 20022 cash account type: `CACC` current, `SVGS` savings, `CARD`, `LOAN`… */
  readonly kind: string | null;
  /** ISO 4217; null until the bank's details are known, as it is part of those. */
  readonly currency: string | null;
  /** Data can be read only while it is `ready`; `unknown` if the provider sent none, or an unrecognised one. */
  readonly state: AccountState;
  /** The provider's own word for the state; null if it sent none. */
  readonly stateAsSent: string | null;
  /** Whether the bank's own details are part of this; without them most fields are null. */
  readonly detailed: boolean;
  /** Why the account, or the details that were asked for, could not be read; null if they could. */
  readonly error: BankDataError | null;
  /** Everything the provider and the bank sent about it. */
  readonly raw: unknown;
}

/**
 * An account in a call: its handle, or any object that has one. The other fields of the object need not be looked up.
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

/** An IBAN or a domestic number as it is compared: without spaces, in capitals. */
export function comparableNumber(number: string): string {
  return number.replaceAll(/\s/g, "").toUpperCase();
}

/** The schemes of identities, the most reliable first. */
const SCHEMES: readonly AccountIdentity["scheme"][] = ["hash", "iban", "bban", "card"];

/**
 * Whether two accounts are the same: `undecided` if they may be, as a currency is unknown or nothing can be compared.
 */
export type AccountComparison = "same" | "different" | "undecided";

/**
 * Compares two accounts by the most reliable scheme in which both have an identity. Of several identities of one scheme, the
 * first is the strongest: if only weaker ones agree, it is undecided.
 */
export function compareAccounts(
  one: Pick<BankAccount, "identities">,
  other: Pick<BankAccount, "identities">,
): AccountComparison {
  for (const scheme of SCHEMES) {
    const mine = one.identities.filter((identity) => identity.scheme === scheme);
    const theirs = other.identities.filter((identity) => identity.scheme === scheme);
    const [first, second] = [mine[0], theirs[0]];
    if (first === undefined || second === undefined) continue;
    if (
      agree(first, second) &&
      (scheme === "hash" || first.currency !== null) &&
      first.currency === second.currency
    )
      return "same";
    return mine.some((a) => theirs.some((b) => agree(a, b))) ? "undecided" : "different";
  }
  return "undecided";
}

/** Whether two identities may be the same: an unknown currency matches any other. */
export function agree(one: AccountIdentity, other: AccountIdentity): boolean {
  return (
    one.scheme === other.scheme &&
    one.scope === other.scope &&
    one.value === other.value &&
    (one.currency === null || other.currency === null || one.currency === other.currency)
  );
}
