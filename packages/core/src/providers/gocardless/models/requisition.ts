import { z } from "zod";
import { type AsSent, item } from "../../../schema/as-sent.ts";
import { identifier, optionalFlag, optionalText, optionalTexts } from "../../../schema/fields.ts";
import { pageOf } from "./page.ts";

/** What each status of a requisition means. */
export const requisitionStatuses = {
  CR: "created",
  ID: "identity not confirmed",
  GC: "giving consent",
  UA: "undergoing authentication",
  SA: "selecting accounts",
  GA: "granting access",
  LN: "linked",
  RJ: "rejected",
  ER: "error",
  SU: "suspended",
  EX: "expired",
} as const;

/** A status that the service is known to send. It may send others, so a model's `status` is a string. */
export type RequisitionStatus = keyof typeof requisitionStatuses;

/** A connection to a bank: the link where the end user consents, and the accounts once `status` is LN. */
export const Requisition = item({
  id: identifier,
  created: optionalText,
  redirect: optionalText,
  status: optionalText,
  institution_id: optionalText,
  agreement: optionalText,
  reference: optionalText,
  /** Ids of accounts. */
  accounts: optionalTexts,
  user_language: optionalText,
  link: optionalText,
  ssn: optionalText,
  account_selection: optionalFlag,
  redirect_immediate: optionalFlag,
});
export type Requisition = z.infer<typeof Requisition> & AsSent;

/** A page of `GET /requisitions/`. */
export const RequisitionPage = pageOf(Requisition);
export type RequisitionPage = z.infer<typeof RequisitionPage>;

/** Where the end user returns to: an absolute URL of at most 1,024 characters. */
const Redirect = z
  .string()
  .max(1024, "must be at most 1024 characters")
  .refine((address) => URL.canParse(address), "must be an absolute URL, such as http://localhost:8000/");

/** The body of `POST /requisitions/`. Defaults: a random reference, and an agreement with the bank's defaults. */
export const CreateRequisitionRequest = z.looseObject({
  redirect: Redirect.nullable(),
  institution_id: z.string().trim().min(1, "must not be empty"),
  agreement: z.string().trim().min(1, "must not be empty").optional(),
  reference: z.string().min(1, "must not be empty").max(256, "must be at most 256 characters").optional(),
  user_language: z.string().min(1, "must not be empty").max(5, "must be at most 5 characters").optional(),
  ssn: z.string().max(64, "must be at most 64 characters").optional(),
  account_selection: z.boolean().optional(),
  redirect_immediate: z.boolean().optional(),
});
export type CreateRequisitionRequest = z.input<typeof CreateRequisitionRequest>;

/** The body of `POST /agreements/enduser/{id}/reconfirm/`: where to send the end user afterwards. */
export const ReconfirmRequest = z.looseObject({ redirect: Redirect.nullish() });
export type ReconfirmRequest = z.input<typeof ReconfirmRequest>;

/** The response to a deletion. */
export const DeletionReport = item({ summary: optionalText, detail: optionalText });
export type DeletionReport = z.infer<typeof DeletionReport> & AsSent;
