/**
 * The items that `--json` and `--jsonl` print: the neutral model, with the same members about the account and the response
 * in every command, and `raw` last. Programs rely on the names.
 */
import { type Origin, stateAt } from "bankdata-core/bank";
import { explain } from "../ui/failure.ts";
import { type ListedAccount, subjectOf } from "./connected-accounts.ts";

/** The members that name the account of an item. */
export function accountMembers({
  handle,
  alias,
  iban,
  bankId,
}: Pick<ListedAccount, "handle" | "alias" | "iban" | "bankId">) {
  return { accountId: handle, accountAlias: alias, accountIban: iban, bankId };
}

/** Data that was read of an account, as an item. @param now in milliseconds since 1970 */
export function readItem<Part extends { readonly raw: unknown }>(
  account: ListedAccount,
  { raw, ...members }: Part,
  origin: Origin,
  now: number,
) {
  return { ...accountMembers(account), ...members, ...originMembers(account, origin, now), raw };
}

/** An account as an item. @param now in milliseconds since 1970 */
export function accountItem(account: ListedAccount, now: number) {
  return { ...membersOf(account, account.error, now), raw: account.raw };
}

/** An account with the bank's own details as an item. @param now in milliseconds since 1970 */
export function detailsItem(account: ListedAccount, origin: Origin, now: number) {
  return {
    ...membersOf(account, account.error, now),
    ...originMembers(account, origin, now),
    raw: account.raw,
  };
}

/** An account whose details could not be read, as an item with the same members. @param now in milliseconds since 1970 */
export function failedDetailsItem(account: ListedAccount, error: unknown, now: number) {
  const noOrigin = { asOf: null, fromCache: null, stale: null, staleError: null };
  return { ...membersOf(account, error, now), ...noOrigin, raw: account.raw };
}

function originMembers(account: ListedAccount, { asOf, fromCache, stale, staleReason }: Origin, now: number) {
  const staleError = staleReason === null ? null : errorMember(account, staleReason, now);
  return { asOf, fromCache, stale, staleError };
}

/** The members of an account except its origin and `raw`. It is expired if its connection is. */
function membersOf(account: ListedAccount, error: unknown, now: number) {
  const { connection, connectionId, identities, number, label, holder, product, kind, currency } = account;
  return {
    ...accountMembers(account),
    connectionId,
    connectionReference: connection.reference,
    identities,
    number,
    label,
    holder,
    product,
    kind,
    currency,
    state: stateAt(connection, now) === "expired" ? "expired" : account.state,
    stateAsSent: account.stateAsSent,
    consent: account.consent,
    detailed: account.detailed,
    error: error === null ? null : errorMember(account, error, now),
  };
}

/** An error as a person reads it, never with a stack. */
function errorMember(account: ListedAccount, error: unknown, now: number) {
  const { message, next } = explain(error, subjectOf(account), now);
  return { name: error instanceof Error ? error.name : "Error", message, next: next ?? null };
}
