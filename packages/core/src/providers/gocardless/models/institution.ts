import { z } from "zod";
import {
  type AsSent,
  item,
  keepingRaw,
  type ModelSchema,
  modelled,
  openObject,
  type ShapeOf,
} from "../../../schema/as-sent.ts";
import { identifier, optionalText, optionalTexts, textOrBlank } from "../../../schema/fields.ts";
import { anyList, type ListWithUnreadable, listReader, withUnreadable } from "../../../schema/list.ts";
import { type RequestSchema, request, type WithExtra } from "../../../schema/request.ts";

/** A bank: `GET /institutions/{id}/`, and each of `GET /institutions/`. */
export interface Institution extends AsSent {
  /** The service's id of the bank: `N26_NTSBDEB1`. */
  id: string;
  /** The bank's name; the id if the service sends none. */
  name: string;
  /** The bank's BIC. */
  bic?: string | null;
  /** The most days of history that an agreement may request, a whole number as a string: `"90"`. See `longestHistory`. */
  transaction_total_days?: string | null;
  /** The most days of access that an agreement may request, a whole number as a string. See `longestAccess`. */
  max_access_valid_for_days?: string | null;
  /** The same for an agreement that can be reconfirmed, at British banks. */
  max_access_valid_for_days_reconfirmation?: string | null;
  /** The countries in which the bank is listed, codes of two letters. */
  countries?: string[] | null;
  /** The URL of the bank's logo. */
  logo?: string | null;
  /**
   * What the bank supports: `account_selection`, `business_accounts`, `pending_transactions`,
   * `separate_continuous_history_consent` and others. Only in the response for one bank.
   */
  supported_features?: string[] | null;
  /** Codes by which the bank identifies the end user. Only in the response for one bank. */
  identification_codes?: string[] | null;
}

const institution: ShapeOf<Institution> = {
  id: identifier,
  name: textOrBlank,
  bic: optionalText,
  transaction_total_days: optionalText,
  max_access_valid_for_days: optionalText,
  max_access_valid_for_days_reconfirmation: optionalText,
  countries: optionalTexts,
  logo: optionalText,
  supported_features: optionalTexts,
  identification_codes: optionalTexts,
};

/**
 * Requires only `id`. Any other member of an unexpected form is left out; `raw` then has it. A blank name becomes the
 * id.
 */
export const Institution: ModelSchema<Institution> = modelled<Institution>(
  keepingRaw(
    openObject(institution).overwrite((bank) => (bank.name === "" ? { ...bank, name: bank.id } : bank)),
  ),
);

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
export type Institutions = ListWithUnreadable<Institution>;
/** Accepts any list. Items without an id are in its `unreadable`. */
export const Institutions: z.ZodType<Institutions> = anyList.transform((items) => {
  const { readable, unreadable } = readInstitutions("institutions", items);
  return withUnreadable(readable, unreadable);
});

/** The value of a filter: `true` for banks with the feature, `false` for those without it. */
export type FilterFlag = boolean | "true" | "false" | undefined;

/** The query of `GET /institutions/`. Banks that match every filter are listed. */
export interface InstitutionFilter extends WithExtra {
  /** The country, an ISO 3166 code of two letters. @default all countries */
  country?: string | undefined;
  /** Whether an agreement may grant only some of the access scopes. */
  access_scopes_supported?: FilterFlag;
  /** Whether the end user can choose accounts on the service's page. */
  account_selection_supported?: FilterFlag;
  /** Whether the bank gives access to business accounts. */
  business_accounts_supported?: FilterFlag;
  /** Whether the bank gives access to card accounts. */
  card_accounts_supported?: FilterFlag;
  /** Whether the bank gives access to corporate accounts. */
  corporate_accounts_supported?: FilterFlag;
  /** Whether the bank reports pending transactions. */
  pending_transactions_supported?: FilterFlag;
  /** Whether the bank gives access to private accounts. */
  private_accounts_supported?: FilterFlag;
  /** Whether the payer's account can be read before a payment is submitted. */
  read_debtor_account_supported?: FilterFlag;
  /** Whether the account for refunds can be read. */
  read_refund_account_supported?: FilterFlag;
  /** Whether the bank needs a consent of its own for more than 90 days of history. */
  separate_continuous_history_consent_supported?: FilterFlag;
  /** Whether the bank verifies the end user's national identification number. */
  ssn_verification_supported?: FilterFlag;
}

const filterFlag = z.union([z.boolean(), z.enum(["true", "false"])]).optional();

/** Rejects a country that is not two letters, a flag other than true or false, and members that are not listed. */
export const InstitutionFilter: RequestSchema<InstitutionFilter> = request<InstitutionFilter>({
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

/** An integration, which some deployments of the service list in addition to institutions. */
export interface Integration extends AsSent {
  /** The id; nothing else is certain. */
  id: string;
  /** The name. */
  name?: string | null;
}
/** Requires only `id`. Any other member of an unexpected form is left out; `raw` then has it. */
export const Integration: ModelSchema<Integration> = item<Integration>({
  id: identifier,
  name: optionalText,
});

const readIntegrations = listReader(Integration);

/** Integrations, as `GET /integrations/` lists them. */
export type Integrations = ListWithUnreadable<Integration>;
/** Accepts any list. Items without an id are in its `unreadable`. */
export const Integrations: z.ZodType<Integrations> = anyList.transform((items) => {
  const { readable, unreadable } = readIntegrations("integrations", items);
  return withUnreadable(readable, unreadable);
});
