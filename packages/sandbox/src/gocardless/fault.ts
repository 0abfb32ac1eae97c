import { type BaseFault, Faults } from "../world/faults.ts";
import type { NamedError } from "./errors/named-errors.ts";
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
  return new Faults<Fault>({ check, fits });
}

function check({ operation }: Fault): void {
  if (operation !== undefined && !isOperation(operation))
    throw new TypeError(`operation is not an operation of the service: ${operation}`);
}

function fits({ operation, account }: Fault, method: string, path: string): boolean {
  if (operation !== undefined && !isOf(operation, method, path)) return false;
  return account === undefined || path.toLowerCase().startsWith(`/accounts/${account.toLowerCase()}/`);
}
