import { z } from "zod";
import { optionalText, optionalTexts } from "./fields.ts";

const StructuredAddress = z.looseObject({
  streetName: optionalText,
  buildingNumber: optionalText,
  townName: optionalText,
  postCode: optionalText,
  country: optionalText,
});

/** What the bank says of an account. `scan` is the sort code and account number of a British one. */
export const AccountDetail = z.looseObject({
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
  /** One line an item; a bank that sends one string gives one item. */
  ownerAddressUnstructured: optionalTexts,
  ownerAddressStructured: StructuredAddress.nullish(),
  additionalAccountData: z.looseObject({ secondaryIdentification: optionalText }).nullish(),
});
export type AccountDetail = z.infer<typeof AccountDetail>;

/** The details of an account: `GET /accounts/{id}/details/`. */
export const AccountDetails = z.looseObject({ account: AccountDetail });
export type AccountDetails = z.infer<typeof AccountDetails>;
