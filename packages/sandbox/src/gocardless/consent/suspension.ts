import type { AccountRecord } from "../state/records.ts";
import type { ServiceState } from "../state/state.ts";
import { requisitionsOf } from "./requisition-flow.ts";

/** The paths of accounts' data, with the account's id and the kind of data. Only their failures count towards suspension. */
export const ACCOUNT_DATA = /^\/accounts\/([^/]+)\/(balances|details|transactions)\/$/;

/** Ten such failures in a row suspend the account, until the end user connects it again. */
const MOST_FAILURES = 10;

/** The errors that count; the service's own overload and the bank's limits do not. */
const COUNTED = new Set(["UnknownRequestError", "AccessExpiredError"]);

/** The account whose data a path leads to, if there is one. */
export function accountAt(state: ServiceState, path: string): AccountRecord | undefined {
  return state.accounts.get(ACCOUNT_DATA.exec(path)?.[1]?.toLowerCase() ?? "");
}

/** Counts a failed request for an account's data, if its error is one that counts. */
export function countFailure(state: ServiceState, path: string, body: unknown): void {
  const account = accountAt(state, path);
  const type = typeof body === "object" && body !== null && "type" in body ? body.type : undefined;
  if (account === undefined || typeof type !== "string" || !COUNTED.has(type)) return;
  account.failures += 1;
  if (account.failures < MOST_FAILURES) return;
  account.status = "SUSPENDED";
  const opened = requisitionsOf(state, account);
  const allSuspended = (ids: readonly string[]) =>
    ids.every((id) => state.accounts.get(id)?.status === "SUSPENDED");
  for (const requisition of opened) if (allSuspended(requisition.accounts)) requisition.status = "SU";
}
