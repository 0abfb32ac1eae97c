import {
  type BankAccount,
  type ConnectedAccount,
  type Connection,
  comparableNumber,
  connectedAccounts,
} from "bankdata-core/bank";
import type { Configuration } from "../config/index.ts";
import type { Session } from "../session/session.ts";
import { typeableReference } from "../ui/connection-reference.ts";
import { explain, type Subject } from "../ui/failure.ts";
import { warn } from "../ui/output.ts";
import { line, type Printable, printable } from "../ui/printable.ts";
import { noteUnreadableItems } from "../ui/unreadable.ts";

/** A connected account, with its connection and the person's own name for it. */
export interface ListedAccount extends BankAccount {
  /** Null if the configuration has none. */
  readonly alias: string | null;
  readonly connection: Connection;
}

/** A connected account whose data can be requested. */
export interface ReachableAccount extends ListedAccount {
  readonly handle: string;
}

/** The connected accounts, and whether they are all. */
export interface ListedAccounts {
  accounts: ListedAccount[];
  /** All connections, also those without an account. */
  connections: readonly Connection[];
  /** `EXIT.partly` if some connection or account could not be understood. */
  exitCode: number;
}

/**
 * Every account that is connected, even under a consent that has ended. What could not be read or understood is noted
 * on stderr. Makes no call for account data.
 */
export async function listedAccounts({
  provider,
  configuration,
  terminal,
  now,
}: Session): Promise<ListedAccounts> {
  const { items, connections, unreadable, problems } = await connectedAccounts(provider, now());
  for (const problem of problems)
    warn(terminal, explain(problem, { name: line`Could not find out when access ends` }, now()).message);
  return {
    accounts: items.map((one) => listed(one, configuration)),
    connections,
    exitCode: noteUnreadableItems(terminal, unreadable),
  };
}

/** A connected account with the person's own name for it. */
export function listed(
  { account, connection }: ConnectedAccount,
  configuration: Configuration,
): ListedAccount {
  const configured = configuration.accounts.find(
    ({ id, iban }) =>
      (id !== undefined && id === account.handle) ||
      (iban !== undefined &&
        account.iban !== null &&
        comparableNumber(iban) === comparableNumber(account.iban)),
  );
  return { ...account, alias: configured?.alias ?? null, connection };
}

/** Whether data of an account can be requested. */
export function isReachable(account: ListedAccount): account is ReachableAccount {
  return account.handle !== null;
}

/** What a person calls an account: the first of its names that is not blank. */
export function accountName({
  alias,
  label,
  holder,
  handle,
  iban,
  number,
}: Omit<ListedAccount, "connection">): Printable {
  const names = [alias, label, holder].map((one) => printable(one ?? ""));
  const named = names.find((one) => one.trim() !== "");
  return named ?? printable(handle?.slice(0, 8) ?? iban ?? number?.value ?? "Account");
}

/** An account as a failure names it. */
export function subjectOf(account: ListedAccount): Subject {
  return { name: accountName(account), reference: typeableReference(account.connection) };
}
