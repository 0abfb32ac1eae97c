import { z } from "zod";
import { daysAfter } from "../../../base/dates.ts";
import { isRecord } from "../../../base/is-record.ts";
import {
  type AsSent,
  item,
  keepingRaw,
  type ModelSchema,
  modelled,
  openObject,
  part,
  type ShapeOf,
} from "../../../schema/as-sent.ts";
import {
  identifier,
  optional,
  optionalCount,
  optionalFlag,
  optionalText,
  optionalTexts,
} from "../../../schema/fields.ts";
import { type RequestSchema, request, type WithExtra } from "../../../schema/request.ts";
import { type Page, pageOf } from "./page.ts";

/**
 * An end-user agreement: how much history and which data the end user gives access to, and for how long.
 * `GET /agreements/enduser/{id}/`
 */
export interface EndUserAgreement extends AsSent {
  /** The agreement's id, a UUID. */
  id: string;
  /** When it was created, an ISO 8601 date-time. */
  created?: string | null;
  /** The id of the institution. */
  institution_id?: string | null;
  /** The most days of transactions before the consent that can be read. */
  max_historical_days?: number | null;
  /** How many days the access lasts from `accepted`. */
  access_valid_for_days?: number | null;
  /** The data that may be read: balances, details, transactions. */
  access_scope?: string[] | null;
  /** When the end user agreed, an ISO 8601 date-time; null until then. */
  accepted?: string | null;
  /** Whether the access can be prolonged by a reconfirmation. British banks only; absent at others. */
  reconfirmation?: boolean | null;
}
/**
 * Requires only `id`. Any other member of an unexpected form is left out; `raw` then has it. A count may be digits in
 * a string, a flag a word.
 */
export const EndUserAgreement: ModelSchema<EndUserAgreement> = item<EndUserAgreement>({
  id: identifier,
  created: optionalText,
  institution_id: optionalText,
  max_historical_days: optionalCount,
  access_valid_for_days: optionalCount,
  access_scope: optionalTexts,
  accepted: optionalText,
  reconfirmation: optionalFlag,
});

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
export type EndUserAgreementPage = Page<EndUserAgreement>;
/**
 * Requires `results` to be a list, and `next` to be a string if it is there. Agreements without an id are
 * `unreadable`.
 */
export const EndUserAgreementPage: z.ZodType<EndUserAgreementPage> = pageOf(EndUserAgreement);

/** A kind of data to which an agreement can grant access. */
export type AccessScope = "balances" | "details" | "transactions";
/** Rejects any other word. */
export const AccessScope: z.ZodType<AccessScope, AccessScope> = z.enum([
  "balances",
  "details",
  "transactions",
]);

/** At most what the service allows; most banks allow less, as their institution says. */
const days = z.int().min(1, "must be at least 1").max(730, "must be at most 730");

/** The body of `POST /agreements/enduser/`. */
export interface CreateAgreementRequest extends WithExtra {
  /** The id of the institution. */
  institution_id: string;
  /** Days of history, from 1 to the institution's `transaction_total_days`. @default 90 */
  max_historical_days?: number | undefined;
  /** Days of access, from 1 to the institution's `max_access_valid_for_days`. @default 90 */
  access_valid_for_days?: number | undefined;
  /** The data that may be read, at least one kind. @default all three */
  access_scope?: readonly AccessScope[] | undefined;
  /** Whether the access can be prolonged by a reconfirmation; British banks only. @default false */
  reconfirmation?: boolean | undefined;
}
/**
 * Rejects days outside of 1 to 730, an empty `access_scope`, and members that are not listed; banks may allow less.
 */
export const CreateAgreementRequest: RequestSchema<CreateAgreementRequest> = request<CreateAgreementRequest>({
  institution_id: z.string().trim().min(1, "must not be empty"),
  max_historical_days: days.optional(),
  access_valid_for_days: days.optional(),
  access_scope: z.array(AccessScope).min(1, "must name at least one scope").optional(),
  reconfirmation: z.boolean().optional(),
});

/** The body of `PUT /agreements/enduser/{id}/accept/`. */
export interface AcceptAgreementRequest extends WithExtra {
  /** The user agent of the end user's browser. */
  user_agent: string;
  /** The end user's IP address, version 4 or 6. */
  ip_address: string;
}
/** Rejects a string that is not an IP address, an empty user agent, and members that are not listed. */
export const AcceptAgreementRequest: RequestSchema<AcceptAgreementRequest> = request<AcceptAgreementRequest>({
  user_agent: z.string().trim().min(1, "must not be empty"),
  ip_address: z.union([z.ipv4(), z.ipv6()], "must be an IP address"),
});

/** What the end user decided about one account in a reconfirmation. */
export interface ReconfirmedAccount {
  /** When the account was reconfirmed, an ISO 8601 date-time; null if it was not. */
  reconfirmed?: string | null;
  /** When the account was rejected, an ISO 8601 date-time; null if it was not. */
  rejected?: string | null;
}
/**
 * Requires nothing. Members that are not listed, or of an unexpected form, are only in the `raw` of the object around
 * it.
 */
export const ReconfirmedAccount: ModelSchema<ReconfirmedAccount> = part<ReconfirmedAccount>({
  reconfirmed: optionalText,
  rejected: optionalText,
});

/**
 * The reconfirmation of a British agreement: `GET` and `POST /agreements/enduser/{id}/reconfirm/`. No single member is
 * certain to be there.
 */
export interface Reconfirmation extends AsSent {
  /** Where the end user reconfirms, a URL. */
  reconfirmation_url?: string | null;
  /** When it was started, an ISO 8601 date-time. */
  created?: string | null;
  /** From when the URL can be used, an ISO 8601 date-time. */
  url_valid_from?: string | null;
  /** Until when the URL can be used, an ISO 8601 date-time. */
  url_valid_to?: string | null;
  /** Where the end user is sent afterwards, if not to the requisition's `redirect`. */
  redirect?: string | null;
  /** When the URL was last opened by anyone, an ISO 8601 date-time. */
  last_accessed?: string | null;
  /** When it was last submitted, an ISO 8601 date-time; it can be submitted several times. */
  last_submitted?: string | null;
  /** The decision on each account, by the account's id; null for one that cannot be read. */
  accounts?: Record<string, ReconfirmedAccount | null> | null;
}

const reconfirmation: ShapeOf<Reconfirmation> = {
  reconfirmation_url: optionalText,
  created: optionalText,
  url_valid_from: optionalText,
  url_valid_to: optionalText,
  redirect: optionalText,
  last_accessed: optionalText,
  last_submitted: optionalText,
  accounts: optional(z.record(z.string(), ReconfirmedAccount.nullable().catch(null))),
};

/** An object with none of the members is something else, such as an error body that came with a success. */
export const Reconfirmation: ModelSchema<Reconfirmation> = modelled<Reconfirmation>(
  keepingRaw(
    openObject(reconfirmation).refine((value) => Object.keys(value).length > 0, {
      error: "has no field of a reconfirmation",
    }),
  ),
);
