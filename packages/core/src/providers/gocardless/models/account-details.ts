import { z } from "zod";
import { type AsSent, item, openObject } from "../../../schema/as-sent.ts";
import { optional, optionalText, optionalTexts } from "../../../schema/fields.ts";

const StructuredAddress = openObject({
  streetName: optionalText,
  buildingNumber: optionalText,
  townName: optionalText,
  postCode: optionalText,
  country: optionalText,
});

/** The bank's details of an account. `scan` is the sort code and account number of a British account. */
export const AccountDetail = item({
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
  /** One item per line; a single item if the bank sends one string. */
  ownerAddressUnstructured: optionalTexts,
  ownerAddressStructured: optional(StructuredAddress),
  additionalAccountData: optional(openObject({ secondaryIdentification: optionalText })),
});
export type AccountDetail = z.infer<typeof AccountDetail> & AsSent;

/** The details of an account: `GET /accounts/{id}/details/`. */
export const AccountDetails = z.looseObject({ account: AccountDetail });
export type AccountDetails = z.infer<typeof AccountDetails> & { account: AccountDetail };
