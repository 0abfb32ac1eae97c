import { z } from "zod";
import { jsonValue, type SchemasOf } from "../world/checked.ts";
import type { ReconfirmationOutcome } from "./consent/reconfirmation.ts";
import type { Authorisation } from "./consent/requisition-flow.ts";
import { RETURN_ERRORS, type ReturnError } from "./consent/return-address.ts";
import { ACCOUNT_STATUSES, REQUISITION_STATUSES, type TransactionPayloads } from "./statuses.ts";

/*
 * What the arguments of the controls must be, whether they come from a program in TypeScript or over HTTP.
 */

/** In seconds. */
const YEAR = 31_536_000;

/** More accounts than any end user has at a bank. */
const accountIndex = z.int().min(0).max(1_000_000);

export const authorisationSchema = z.strictObject({
  outcome: z.enum(["linked", "cancelled", "rejected", "failed"]),
  accounts: z.union([accountIndex, z.array(accountIndex)]).optional(),
  error: z.string().refine(isReturnError, "is not an error that a redirect can carry").optional(),
  takesSeconds: z.number().min(0).max(YEAR).optional(),
} satisfies SchemasOf<Authorisation>);

export const reconfirmationOutcome: z.ZodType<ReconfirmationOutcome> = z.enum(["reconfirmed", "rejected"]);
/** Each fault is checked where it is added. */
export const faultList = z.array(z.unknown());
export const accountIdList = z.array(z.string()).optional();
export const requisitionStatus = z.enum(REQUISITION_STATUSES);
export const accountStatus = z.enum(ACCOUNT_STATUSES);
export const advanceOptions = z.strictObject({ keepTokens: z.boolean().optional() });

const payloads = jsonValue.pipe(z.array(z.unknown())).optional();

export const transactionPayloads = z.strictObject({
  booked: payloads,
  pending: payloads,
} satisfies SchemasOf<TransactionPayloads>);

function isReturnError(name: string): name is ReturnError {
  return Object.hasOwn(RETURN_ERRORS, name);
}
