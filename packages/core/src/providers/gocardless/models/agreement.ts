import { z } from "zod";
import { daysAfter } from "../../../base/dates.ts";
import { isRecord } from "../../../base/is-record.ts";
import { type AsSent, item, keepingRaw, openObject } from "../../../schema/as-sent.ts";
import {
  identifier,
  optional,
  optionalCount,
  optionalFlag,
  optionalText,
  optionalTexts,
} from "../../../schema/fields.ts";
import { pageOf } from "./page.ts";

/** What the end user allows: how much history, for how many days from `accepted`, and which access scopes. */
export const EndUserAgreement = item({
  id: identifier,
  created: optionalText,
  institution_id: optionalText,
  max_historical_days: optionalCount,
  access_valid_for_days: optionalCount,
  access_scope: optionalTexts,
  /** When the end user agreed; null until then. */
  accepted: optionalText,
  reconfirmation: optionalFlag,
});
export type EndUserAgreement = z.infer<typeof EndUserAgreement> & AsSent;

/** The days of access if an agreement does not name them. */
const DEFAULT_ACCESS_DAYS = 90;

/**
 * When the access that an agreement grants ends, as an ISO 8601 time: its days after `accepted`. Null if it was not
 * accepted, or if the date or the days cannot be read.
 */
export function accessEnd({ accepted, access_valid_for_days: days, raw }: EndUserAgreement): string | null {
  const hasOddDays = isRecord(raw) && (raw["access_valid_for_days"] ?? null) !== null;
  if (!accepted || ((days ?? null) === null && hasOddDays)) return null;
  return daysAfter(accepted, days ?? DEFAULT_ACCESS_DAYS);
}

/** A page of `GET /agreements/enduser/`. */
export const EndUserAgreementPage = pageOf(EndUserAgreement);
export type EndUserAgreementPage = z.infer<typeof EndUserAgreementPage>;

/** The data kinds to which an agreement can grant access. */
export const AccessScope = z.enum(["balances", "details", "transactions"]);
export type AccessScope = z.infer<typeof AccessScope>;

/** At most what the service allows; most banks allow less, as their institution says. */
const days = z.int().min(1, "must be at least 1").max(730, "must be at most 730");

/** The body of `POST /agreements/enduser/`. Defaults: 90 days of history, 90 days of access, all three scopes. */
export const CreateAgreementRequest = z.looseObject({
  institution_id: z.string().trim().min(1, "must not be empty"),
  max_historical_days: days.optional(),
  access_valid_for_days: days.optional(),
  access_scope: z.array(AccessScope).min(1, "must name at least one scope").optional(),
  reconfirmation: z.boolean().optional(),
});
export type CreateAgreementRequest = z.input<typeof CreateAgreementRequest>;

/** The body of `PUT /agreements/enduser/{id}/accept/`: the end user's browser and address. */
export const AcceptAgreementRequest = z.looseObject({
  user_agent: z.string().trim().min(1, "must not be empty"),
  ip_address: z.union([z.ipv4(), z.ipv6()], "must be an IP address"),
});
export type AcceptAgreementRequest = z.input<typeof AcceptAgreementRequest>;

const reconfirmation = openObject({
  reconfirmation_url: optionalText,
  created: optionalText,
  url_valid_from: optionalText,
  url_valid_to: optionalText,
  redirect: optionalText,
  last_accessed: optionalText,
  last_submitted: optionalText,
  /** By account id, when it was reconfirmed or rejected; empty or null if neither. */
  accounts: optional(
    z.record(
      z.string(),
      openObject({ reconfirmed: optionalText, rejected: optionalText }).nullable().catch(null),
    ),
  ),
});

/**
 * A British consent's reconfirmation: `GET` and `POST /agreements/enduser/{id}/reconfirm/`. No single field is certain
 * to be there, but an object with none of them is something else, such as an error body that came with a success.
 */
export const Reconfirmation = keepingRaw(
  reconfirmation.refine(
    (value) => Object.keys(reconfirmation.shape).some((name) => Object.hasOwn(value, name)),
    {
      error: "has no field of a reconfirmation",
    },
  ),
);
export type Reconfirmation = z.infer<typeof Reconfirmation> & AsSent;
