/**
 * The items that `--json` and `--jsonl` print: the neutral model, with the same members about the account and the response
 * in every command, and `raw` last. Programs rely on the names.
 */
import { type Origin, stateAt } from "bankdata-core/bank";
import { explain } from "../ui/failure.ts";
import { errorMember } from "../ui/terminal.ts";
import { type ListedAccount, subjectOf } from "./connected-accounts.ts";
import type { FailedAccount, ReadAccount } from "./each-account.ts";

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
  context: ItemContext,
) {
  return { ...accountMembers(account), ...members, ...originMembers(account, origin, context), raw };
}

/** An account of which nothing could be read, as an item among those of the others. */
export function failedItem({ account, explanation }: FailedAccount, options: ItemOptions) {
  return { ...accountMembers(account), error: errorMember(explanation, options) };
}

/** The items of one account: those that were read, or one with the error. */
export function itemsOf<Reading>(
  result: ReadAccount<Reading> | FailedAccount,
  options: ItemOptions,
  items: (read: ReadAccount<Reading>) => readonly object[],
): readonly object[] {
  return "reading" in result ? items(result) : [failedItem(result, options)];
}

/** What decides how the next command in an error is spelled. */
interface ItemOptions {
  sandbox?: boolean | undefined;
}

/** When an item is made, in milliseconds since 1970, and for whom. */
interface ItemContext extends ItemOptions {
  now: number;
}

/** An account as an item. */
export function accountItem(account: ListedAccount, context: ItemContext) {
  return { ...membersOf(account, account.error, context), raw: account.raw };
}

/** An account with the bank's own details as an item. */
export function detailsItem(account: ListedAccount, origin: Origin, context: ItemContext) {
  return {
    ...membersOf(account, account.error, context),
    ...originMembers(account, origin, context),
    raw: account.raw,
  };
}

/** An account whose details could not be read, as an item with the same members. */
export function failedDetailsItem(account: ListedAccount, error: unknown, context: ItemContext) {
  const noOrigin = { asOf: null, fromCache: null, stale: null, staleError: null };
  return { ...membersOf(account, error, context), ...noOrigin, raw: account.raw };
}

function originMembers(
  account: ListedAccount,
  { asOf, fromCache, stale, staleReason }: Origin,
  context: ItemContext,
) {
  const staleError = staleReason === null ? null : errorOf(account, staleReason, context);
  return { asOf, fromCache, stale, staleError };
}

/** The members of an account except its origin and `raw`. It is expired if its connection is. */
function membersOf(account: ListedAccount, error: unknown, context: ItemContext) {
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
    state: stateAt(connection, context.now) === "expired" ? "expired" : account.state,
    stateAsSent: account.stateAsSent,
    consent: account.consent,
    detailed: account.detailed,
    error: error === null ? null : errorOf(account, error, context),
  };
}

/** What is wrong with an account, as an item has it. */
function errorOf(account: ListedAccount, error: unknown, { now, sandbox }: ItemContext) {
  return errorMember(explain(error, subjectOf(account), now), { sandbox });
}
