import { z } from "zod";
import { type AsSent, item, keepingRaw, openObject } from "../../../schema/as-sent.ts";
import { identifier, optionalText, optionalTexts, textOrBlank } from "../../../schema/fields.ts";
import { anyList, listReader, withUnreadable } from "../../../schema/list.ts";

/**
 * A bank that can be reached. Its counts of days are strings: `transaction_total_days` is the most history that an
 * agreement may ask for, `max_access_valid_for_days` the longest consent.
 */
export const Institution = keepingRaw(
  openObject({
    id: identifier,
    /** Its id if the service gives none. */
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

/** What a bank allows if it does not say, in days: of history as of access. */
const DEFAULT_DAYS = 90;

/** The most days of history that an agreement with a bank may ask for. */
export function longestHistory({ transaction_total_days: days }: Institution): number {
  return daysIn(days);
}

/** The most days of access that an agreement with a bank may ask for. */
export function longestAccess({ max_access_valid_for_days: days }: Institution): number {
  return daysIn(days);
}

/** Counts of days are texts, which may be empty. */
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

/** Yes or no, as the service's filters want it. */
const filterFlag = z.union([z.boolean(), z.enum(["true", "false"])]).optional();

/** The filters of `GET /institutions/`; others that the service may learn are passed on. */
export const InstitutionFilter = z.looseObject({
  country: z
    .string()
    .regex(/^[A-Za-z]{2}$/, "must be a country's two letters, such as GB")
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

/** An integration, as some deployments of the service give it beside institutions; only the id is sure. */
export const Integration = item({ id: identifier, name: optionalText });
export type Integration = z.infer<typeof Integration> & AsSent;

const readIntegrations = listReader(Integration);

/** Integrations, where the service lists them at all. */
export const Integrations = anyList.transform((items) => {
  const { readable, unreadable } = readIntegrations("integrations", items);
  return withUnreadable(readable, unreadable);
});
export type Integrations = z.infer<typeof Integrations>;
