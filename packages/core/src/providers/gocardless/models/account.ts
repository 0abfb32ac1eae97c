import { type AsSent, item, type ModelSchema, part } from "../../../schema/as-sent.ts";
import { identifier, optionalText } from "../../../schema/fields.ts";

/**
 * An account's metadata: `GET /accounts/{id}/`. It comes from the service, not from the bank, so reading it does not count
 * against the daily calls of the account.
 */
export interface Account extends AsSent {
  /** The service's id of the account under this consent, a UUID. Many banks' accounts get another one when reconnected. */
  id: string;
  /** When the service first saw the account, an ISO 8601 date-time. */
  created?: string | null;
  /** When its data was last requested, an ISO 8601 date-time; null if it never was. */
  last_accessed?: string | null;
  /** The IBAN. Absent for most cards, and outside of the IBAN countries. */
  iban?: string | null;
  /** The national account number, if the account has no IBAN. */
  bban?: string | null;
  /**
   * DISCOVERED, PROCESSING, READY, ERROR, EXPIRED or SUSPENDED. Balances, details and transactions can be read once it is
   * READY.
   */
  status?: string | null;
  /** The id of the institution. */
  institution_id?: string | null;
  /** The owner's name. Many banks do not report it. */
  owner_name?: string | null;
  /** The account's name. Many banks do not report it. */
  name?: string | null;
}
/** Requires only `id`. Any other member of an unexpected form is left out; `raw` then has it. */
export const Account: ModelSchema<Account> = item<Account>({
  id: identifier,
  created: optionalText,
  last_accessed: optionalText,
  iban: optionalText,
  bban: optionalText,
  status: optionalText,
  institution_id: optionalText,
  owner_name: optionalText,
  name: optionalText,
});

/** How a transaction names an account. Banks send one or two of the members. */
export interface AccountReference {
  /** The IBAN. */
  iban?: string | null;
  /** The national account number. */
  bban?: string | null;
  /** A whole card number. */
  pan?: string | null;
  /** A card number of which some digits are hidden: `XXXX-XXXXXX-12345`. */
  maskedPan?: string | null;
  /** A telephone number, as some schemes of instant payments use. */
  msisdn?: string | null;
  /** The account's currency, an ISO 4217 code. */
  currency?: string | null;
}
/**
 * Requires nothing. Members that are not listed, or of an unexpected form, are only in the `raw` of the object around
 * it.
 */
export const AccountReference: ModelSchema<AccountReference> = part<AccountReference>({
  iban: optionalText,
  bban: optionalText,
  pan: optionalText,
  maskedPan: optionalText,
  msisdn: optionalText,
  currency: optionalText,
});
