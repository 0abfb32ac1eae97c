import { z } from "zod";
import { type AsSent, item, type ModelSchema } from "../../../schema/as-sent.ts";
import { identifier, optionalFlag, optionalText, optionalTexts } from "../../../schema/fields.ts";
import { type RequestSchema, request, type WithExtra } from "../../../schema/request.ts";
import { type Page, pageOf } from "./page.ts";

/** What each status of a requisition means. */
export const requisitionStatuses = {
  /** The end user has not opened the link yet. */
  CR: "created",
  /** The end user could not be identified. */
  ID: "identity not confirmed",
  /** The end user is on the service's consent page. */
  GC: "giving consent",
  /** The end user was sent to the bank, and has not logged in yet. */
  UA: "undergoing authentication",
  /** The end user picks accounts. */
  SA: "selecting accounts",
  /** The end user has agreed, and the bank has not granted access yet. */
  GA: "granting access",
  /** The accounts can be read. */
  LN: "linked",
  /** The end user or the bank refused. */
  RJ: "rejected",
  /** The consent failed for a reason other than a refusal. */
  ER: "error",
  /** Access was stopped after too many failures in a row; only reconnecting the bank helps. */
  SU: "suspended",
  /** The days of access are over; only reconnecting the bank helps. */
  EX: "expired",
} as const;

/** A status that the service is known to send. It may send others, so a model's `status` is a string. */
export type RequisitionStatus = keyof typeof requisitionStatuses;

/** A connection to a bank: `GET /requisitions/{id}/`. */
export interface Requisition extends AsSent {
  /** The requisition's id, a UUID. */
  id: string;
  /** When it was created, an ISO 8601 date-time. */
  created?: string | null;
  /** Where the end user is sent after the consent, an absolute URL. */
  redirect?: string | null;
  /** How far the consent is: one of `requisitionStatuses`; `LN` once the accounts can be read. */
  status?: string | null;
  /** The id of the institution. */
  institution_id?: string | null;
  /** The id of its agreement; null until there is one. */
  agreement?: string | null;
  /** Your own name for it, unique among your requisitions; a random UUID if you gave none. */
  reference?: string | null;
  /** The ids of its accounts; empty until `status` is `LN`. */
  accounts?: string[] | null;
  /** The language of the pages, an ISO 639-1 code. */
  user_language?: string | null;
  /** Where the end user consents, a URL. */
  link?: string | null;
  /** The national identification number that the owner of the account is verified by. Private. */
  ssn?: string | null;
  /** Whether the end user chooses accounts on the service's page. */
  account_selection?: boolean | null;
  /** Whether the end user is sent back before the service has read the accounts. */
  redirect_immediate?: boolean | null;
}
/**
 * Requires only `id`. Any other member of an unexpected form is left out; `raw` then has it. A flag may be a word.
 */
export const Requisition: ModelSchema<Requisition> = item<Requisition>({
  id: identifier,
  created: optionalText,
  redirect: optionalText,
  status: optionalText,
  institution_id: optionalText,
  agreement: optionalText,
  reference: optionalText,
  accounts: optionalTexts,
  user_language: optionalText,
  link: optionalText,
  ssn: optionalText,
  account_selection: optionalFlag,
  redirect_immediate: optionalFlag,
});

/** A page of `GET /requisitions/`. */
export type RequisitionPage = Page<Requisition>;
/**
 * Requires `results` to be a list, and `next` to be a string if it is there. Requisitions without an id are
 * `unreadable`.
 */
export const RequisitionPage: z.ZodType<RequisitionPage> = pageOf(Requisition);

/** Where the end user returns to: an absolute URL of at most 1,024 characters. */
const Redirect = z
  .string()
  .max(1024, "must be at most 1024 characters")
  .refine((address) => URL.canParse(address), "must be an absolute URL, such as http://localhost:8000/");

/** The body of `POST /requisitions/`. */
export interface CreateRequisitionRequest extends WithExtra {
  /** Where the end user is sent after the consent, an absolute URL of at most 1,024 characters; null for nowhere. */
  redirect: string | null;
  /** The id of the institution. */
  institution_id: string;
  /** The id of an agreement. @default a new one: 90 days of history, 90 days of access, all three scopes */
  agreement?: string | undefined;
  /** Your own name for it, unique, of at most 256 characters. @default a random UUID */
  reference?: string | undefined;
  /** The language of the pages, an ISO 639-1 code of at most 5 characters. @default chosen by the service */
  user_language?: string | undefined;
  /** The national identification number to verify the owner by, of at most 64 characters; some banks only. */
  ssn?: string | undefined;
  /** Whether the end user chooses accounts on the service's page. @default false */
  account_selection?: boolean | undefined;
  /** Whether the end user is sent back before the service has read the accounts. @default false */
  redirect_immediate?: boolean | undefined;
}
/**
 * Rejects a `redirect` that is not an absolute URL, strings that are empty or too long, and members that are not
 * listed.
 */
export const CreateRequisitionRequest: RequestSchema<CreateRequisitionRequest> =
  request<CreateRequisitionRequest>({
    redirect: Redirect.nullable(),
    institution_id: z.string().trim().min(1, "must not be empty"),
    agreement: z.string().trim().min(1, "must not be empty").optional(),
    reference: z.string().min(1, "must not be empty").max(256, "must be at most 256 characters").optional(),
    user_language: z.string().min(1, "must not be empty").max(5, "must be at most 5 characters").optional(),
    ssn: z.string().max(64, "must be at most 64 characters").optional(),
    account_selection: z.boolean().optional(),
    redirect_immediate: z.boolean().optional(),
  });

/** The body of `POST /agreements/enduser/{id}/reconfirm/`. */
export interface ReconfirmRequest extends WithExtra {
  /** Where the end user is sent afterwards, an absolute URL. @default the requisition's `redirect` */
  redirect?: string | null | undefined;
}
/** Rejects a `redirect` that is not an absolute URL, and members that are not listed. */
export const ReconfirmRequest: RequestSchema<ReconfirmRequest> = request<ReconfirmRequest>({
  redirect: Redirect.nullish(),
});

/** The response to a deletion. */
export interface DeletionReport extends AsSent {
  /** What was done: `Requisition deleted`. */
  summary?: string | null;
  /** The same in a sentence. */
  detail?: string | null;
}
/** Requires nothing. A member of an unexpected form is left out; `raw` then has it. */
export const DeletionReport: ModelSchema<DeletionReport> = item<DeletionReport>({
  summary: optionalText,
  detail: optionalText,
});
