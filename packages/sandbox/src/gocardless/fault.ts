import { z } from "zod";
import type { SchemasOf } from "../world/checked.ts";
import { baseFaultSchemas } from "../world/fault-schema.ts";
import { type BaseFault, Faults } from "../world/faults.ts";
import { isNamedError, type NamedError } from "./errors/named-errors.ts";
import { isOf, isOperation, type Operation } from "./operations.ts";

/** A fault to inject: which requests it affects, when, and what happens to them. */
export interface Fault extends BaseFault {
  /** The operation by its short name, such as "balances" or "createRequisition". @default any */
  operation?: Operation | undefined;
  /** The id of the account in the path. @default any account, and requests without one */
  account?: string | undefined;
  /** An error response in the service's own words, instead of status and body. */
  error?: NamedError | undefined;
}

/** An empty list of faults for this service. */
export function serviceFaults(): Faults<Fault> {
  return new Faults<Fault>({ schema: faultSchema, fits });
}

/** Checks a fault, whether it comes from a program in TypeScript or over HTTP. */
export const faultSchema = z.strictObject({
  ...baseFaultSchemas,
  operation: z.string().refine(isOperation, "is not an operation of the service").optional(),
  account: z.string().max(100).optional(),
  error: z.string().refine(isNamedError, "is not the name of an error response").optional(),
} satisfies SchemasOf<Fault>);

function fits({ operation, account }: Fault, method: string, path: string): boolean {
  if (operation !== undefined && !isOf(operation, method, path)) return false;
  return account === undefined || path.toLowerCase().startsWith(`/accounts/${account.toLowerCase()}/`);
}
