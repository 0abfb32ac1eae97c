import { type AsSent, item, type ModelSchema, part, type SentObject } from "../../../schema/as-sent.ts";
import { optional, optionalText, optionalTexts } from "../../../schema/fields.ts";

/** A postal address in its parts. */
export interface StructuredAddress {
  /** The street. */
  streetName?: string | null;
  /** The number in the street. */
  buildingNumber?: string | null;
  /** The town. */
  townName?: string | null;
  /** The postal code. */
  postCode?: string | null;
  /** The country, an ISO 3166 code of two letters at most banks. */
  country?: string | null;
}
/**
 * Requires nothing. Members that are not listed, or of an unexpected form, are only in the `raw` of the object around
 * it.
 */
export const StructuredAddress: ModelSchema<StructuredAddress> = part<StructuredAddress>({
  streetName: optionalText,
  buildingNumber: optionalText,
  townName: optionalText,
  postCode: optionalText,
  country: optionalText,
});

/** What the specification of the Berlin Group has no member for. */
export interface AdditionalAccountData {
  /** A second identification of the account. */
  secondaryIdentification?: string | null;
}
/**
 * Requires nothing. Members that are not listed, or of an unexpected form, are only in the `raw` of the object around
 * it.
 */
export const AdditionalAccountData: ModelSchema<AdditionalAccountData> = part<AdditionalAccountData>({
  secondaryIdentification: optionalText,
});

/** The bank's details of an account. Every member is absent at some banks. */
export interface AccountDetail extends AsSent {
  /** The bank's own id of the account. */
  resourceId?: string | null;
  /** The IBAN. Absent for most cards. */
  iban?: string | null;
  /** The national account number, at banks outside of the IBAN countries. */
  bban?: string | null;
  /** The sort code (6 digits) and the account number (8 digits) of a British account. */
  scan?: string | null;
  /** A telephone number that identifies the account. */
  msisdn?: string | null;
  /** The account's currency, an ISO 4217 code. Absent or `XXX` for accounts of several currencies at some banks. */
  currency?: string | null;
  /** The owner's name. */
  ownerName?: string | null;
  /** The name that the bank or the owner gave the account. */
  name?: string | null;
  /** The name as the bank's own pages show it. */
  displayName?: string | null;
  /** The bank's name of the product: `Girokonto`. */
  product?: string | null;
  /** The kind of account, a code of ISO 20022: `CACC` current account, `SVGS` savings, `CARD` card, `LOAN` loan. */
  cashAccountType?: string | null;
  /** `enabled`, `deleted` or `blocked`. Most banks leave it out. */
  status?: string | null;
  /** The bank's BIC. */
  bic?: string | null;
  /** Accounts that belong to it, such as a card's settlement account, as text. */
  linkedAccounts?: string | null;
  /** A card number of which some digits are hidden, for cards. */
  maskedPan?: string | null;
  /** `PRIV` private or `ORGA` business. */
  usage?: string | null;
  /** Further words of the bank. */
  details?: string | null;
  /** The owner's address, a line each; of one line if the bank sent a single string. */
  ownerAddressUnstructured?: string[] | null;
  /** The owner's address in its parts. */
  ownerAddressStructured?: StructuredAddress | null;
  /** What is specific to the bank or the country. */
  additionalAccountData?: AdditionalAccountData | null;
}
/** Requires nothing. A member of an unexpected form is left out; `raw` then has it. */
export const AccountDetail: ModelSchema<AccountDetail> = item<AccountDetail>({
  resourceId: optionalText,
  iban: optionalText,
  bban: optionalText,
  scan: optionalText,
  msisdn: optionalText,
  currency: optionalText,
  ownerName: optionalText,
  name: optionalText,
  displayName: optionalText,
  product: optionalText,
  cashAccountType: optionalText,
  status: optionalText,
  bic: optionalText,
  linkedAccounts: optionalText,
  maskedPan: optionalText,
  usage: optionalText,
  details: optionalText,
  ownerAddressUnstructured: optionalTexts,
  ownerAddressStructured: optional(StructuredAddress),
  additionalAccountData: optional(AdditionalAccountData),
});

/** The details of an account: `GET /accounts/{id}/details/`. */
export interface AccountDetails extends AsSent {
  /** The details themselves. */
  account: AccountDetail;
  /** The response without `account`, as it was sent; present only if it has more than the members of this object. */
  raw?: SentObject;
}
/** Requires `account` to be an object, regardless of its members. */
export const AccountDetails: ModelSchema<AccountDetails> = item<AccountDetails>({ account: AccountDetail }, [
  "account",
]);
