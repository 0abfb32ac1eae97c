import type { Fault } from "../fault.ts";
import type { AccountRecord } from "../state/records.ts";
import { accountState } from "./account-state.ts";
import { notFound } from "./error-response.ts";
import { type NamedError, namedError } from "./named-errors.ts";

/**
 * The response, with its body, that a fault sends instead of the usual one; undefined if the usual one is sent.
 *
 * @param account the one whose id is in the path, if there is any
 */
export function faultyResponse(
  fault: Fault,
  path: string,
  account: AccountRecord | undefined,
): { response: Response; body: unknown } | undefined {
  if (fault.redirect !== undefined) {
    const headers = { location: fault.redirect };
    return { response: new Response(null, { status: fault.status ?? 302, headers }), body: undefined };
  }
  const named = fault.error === undefined ? undefined : errorNamed(fault.error, path, account);
  const body = fault.body ?? named?.body;
  const status = fault.status ?? named?.status ?? (body === undefined ? undefined : 200);
  if (status === undefined) return undefined;
  const empty = body === undefined || WITHOUT_BODY.includes(status);
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const headers = { "content-type": named?.contentType ?? "application/json" };
  return { response: new Response(empty ? null : text, { status, headers }), body };
}

/** HTTP allows no body with these statuses. */
const WITHOUT_BODY: readonly number[] = [204, 205, 304];

function errorNamed(name: NamedError, path: string, account: AccountRecord | undefined) {
  if (name !== "AccountState") return namedError(name, path);
  const { status, body } = account === undefined ? notFound() : accountState(account, "ERROR");
  return { status, body, contentType: "application/json" };
}
