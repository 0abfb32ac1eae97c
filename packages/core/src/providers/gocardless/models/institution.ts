import { z } from "zod";
import { type AsSent, item, keepingRaw, openObject } from "../../../schema/as-sent.ts";
import { identifier, optionalText, optionalTexts, textOrBlank } from "../../../schema/fields.ts";
import { anyList, listReader, withUnreadable } from "../../../schema/list.ts";

/**
 * A bank. Its counts of days are strings: `transaction_total_days` is the most history that an agreement may request,
 * `max_access_valid_for_days` the longest consent.
 */
export const Institution = keepingRaw(
  openObject({
    id: identifier,
    /** The id if the service sends no name. */
    name: textOrBlank,
    bic: optionalText,
    transaction_total_days: optionalText,
    max_access_valid_for_days: optionalText,
    max_access_valid_for_days_reconfirmation: optionalText,
    countries: optionalTexts,
    logo: optionalText,
    supported_features: optionalTexts,
    identification_codes: optionalTexts,
  }).overwrite((bank) => (bank.name === "" ? { ...bank, name: bank.id } : bank)),
);
export type Institution = z.infer<typeof Institution> & AsSent;

/** The days of history and of access that a bank allows if it does not name them. */
const DEFAULT_DAYS = 90;

/** The most days of history that an agreement with a bank may request; 90 if the bank does not say. */
export function longestHistory({ transaction_total_days: days }: Institution): number {
  return daysIn(days);
}

/** The most days of access that an agreement with a bank may request; 90 if the bank does not say. */
export function longestAccess({ max_access_valid_for_days: days }: Institution): number {
  return daysIn(days);
}

/** A count of days, which is sent as a string and may be empty. */
function daysIn(text: string | null | undefined): number {
  const days = /^\d{1,4}$/.test(text?.trim() ?? "") ? Number(text) : 0;
  return days > 0 ? days : DEFAULT_DAYS;
}

const readInstitutions = listReader(Institution);

/** Banks, as `GET /institutions/` lists them. */
export const Institutions = anyList.transform((items) => {
  const { readable, unreadable } = readInstitutions("institutions", items);
  return withUnreadable(readable, unreadable);
});
export type Institutions = z.infer<typeof Institutions>;

/** A boolean of the service's filters. */
const filterFlag = z.union([z.boolean(), z.enum(["true", "false"])]).optional();

/** The filters of `GET /institutions/`; unknown ones are passed on. */
export const InstitutionFilter = z.looseObject({
  country: z
    .string()
    .regex(/^[A-Za-z]{2}$/, "must be a two-letter country code, such as GB")
    .optional(),
  access_scopes_supported: filterFlag,
  account_selection_supported: filterFlag,
  business_accounts_supported: filterFlag,
  card_accounts_supported: filterFlag,
  corporate_accounts_supported: filterFlag,
  pending_transactions_supported: filterFlag,
  private_accounts_supported: filterFlag,
  read_debtor_account_supported: filterFlag,
  read_refund_account_supported: filterFlag,
  separate_continuous_history_consent_supported: filterFlag,
  ssn_verification_supported: filterFlag,
});
export type InstitutionFilter = z.input<typeof InstitutionFilter>;

/** An integration, which some deployments of the service list beside institutions; only the id is certain. */
export const Integration = item({ id: identifier, name: optionalText });
export type Integration = z.infer<typeof Integration> & AsSent;

const readIntegrations = listReader(Integration);

/** Integrations, as `GET /integrations/` lists them. */
export const Integrations = anyList.transform((items) => {
  const { readable, unreadable } = readIntegrations("integrations", items);
  return withUnreadable(readable, unreadable);
});
export type Integrations = z.infer<typeof Integrations>;
