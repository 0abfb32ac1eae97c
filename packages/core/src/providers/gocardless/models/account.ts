import type { z } from "zod";
import { type AsSent, item, openObject } from "../../../schema/as-sent.ts";
import { identifier, optionalText } from "../../../schema/fields.ts";

/**
 * An account's metadata: `GET /accounts/{id}/`. `status` is one of DISCOVERED, PROCESSING, READY, ERROR, EXPIRED and
 * SUSPENDED; the data endpoints answer only once it is READY.
 */
export const Account = item({
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
export type Account = z.infer<typeof Account> & AsSent;

/** How a transaction names an account: any of these may be missing. */
export const AccountReference = openObject({
  iban: optionalText,
  bban: optionalText,
  pan: optionalText,
  maskedPan: optionalText,
  msisdn: optionalText,
  currency: optionalText,
});
export type AccountReference = z.infer<typeof AccountReference>;
