import {
  type BankAccount,
  type ConnectedAccount,
  type Connection,
  connectedAccounts,
} from "bankdata-core/bank";
import type { Configuration, ConfiguredAccount } from "../config/index.ts";
import type { Session } from "../session/session.ts";
import { typeableReference } from "../ui/connection-reference.ts";
import { explain, type Subject } from "../ui/failure.ts";
import { warn } from "../ui/output.ts";
import { line, type Printable, printable } from "../ui/printable.ts";
import { command } from "../ui/shell-command.ts";
import { asTyped } from "../ui/terminal.ts";
import { noteUnreadableItems } from "../ui/unreadable.ts";
import { accountLabels, ibanEnd, isSameNumber, typeableName } from "./account-names.ts";
import { knownBankNames } from "./bank-names.ts";

/** A connected account, with its connection and the person's own name for it. */
export interface ListedAccount extends BankAccount {
  /** Null if the configuration has none. */
  readonly alias: string | null;
  /** The account of the person's ledger; null if the configuration names none. */
  readonly assetAccount: string | null;
  /** What the configuration says about it; null if nothing. */
  readonly configured: ConfiguredAccount | null;
  /** Null if it is not known without a request. */
  readonly bankName: string | null;
  /** The name by which it is shown, which no other account has; undefined if it is not one of a list. */
  readonly shownName?: string | undefined;
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
export async function listedAccounts(session: Session): Promise<ListedAccounts> {
  const { provider, configuration, terminal, now } = session;
  const { items, connections, unreadable, problems } = await connectedAccounts(provider, now());
  for (const problem of problems)
    warn(terminal, explain(problem, { name: line`Could not find out when access ends` }, now()).message);
  const bankNames = await knownBankNames(
    provider,
    items.map(({ account }) => account),
  );
  const accounts = withNames(items, configuration, bankNames);
  warnOfUnknownCurrencies(session, accounts);
  return {
    accounts,
    connections,
    exitCode: noteUnreadableItems(terminal, unreadable),
  };
}

/**
 * Warns of entries of the configuration that name a currency, and are not used because the currencies of several accounts
 * with their IBAN are unknown: signs that should be turned back, for example, are not.
 */
function warnOfUnknownCurrencies(
  { configuration, terminal, options }: Session,
  all: readonly ListedAccount[],
): void {
  for (const entry of configuration.accounts) {
    if (entry.currency === undefined || all.some(({ configured }) => configured === entry)) continue;
    const first = all.find(({ iban, currency }) => currency === null && isSameNumber(entry.iban, iban));
    if (first === undefined) continue;
    const name = entry.alias ?? `${entry.currency} account`;
    const what = line`${name}: its settings are not used until the currency of each account with the IBAN ${ibanEnd(first.iban) ?? ""} is known. Read the details of each: `;
    warn(terminal, what, asTyped(command`bankdata details ${typeableName(first, all)}`, options));
  }
}

/** Connected accounts with what the configuration says about them, and with names that differ. */
export function withNames(
  items: readonly ConnectedAccount[],
  configuration: Pick<Configuration, "accounts">,
  bankNames: ReadonlyMap<string, string> = new Map(),
): ListedAccount[] {
  const all = items.map(({ account, connection }): ListedAccount => {
    const configured = configuredFor(account, items, configuration);
    const bankName = bankNames.get(account.bankId ?? "") ?? null;
    const { alias = null, assetAccount = null } = configured ?? {};
    return { ...account, alias, assetAccount, configured, bankName, connection };
  });
  const names = accountLabels(all, accountName);
  return all.map((account, at) => ({ ...account, shownName: names[at] }));
}

/**
 * What the configuration says about an account: by its id, else by IBAN and currency, else by the IBAN alone. While the
 * currency is unknown, an entry with a currency is meant only if no other account has the IBAN.
 */
function configuredFor(
  { handle, iban, currency }: BankAccount,
  all: readonly ConnectedAccount[],
  { accounts }: Pick<Configuration, "accounts">,
): ConfiguredAccount | null {
  const byId = accounts.find(({ id }) => isSameNumber(id, handle));
  if (byId !== undefined || iban === null) return byId ?? null;
  const isSame = (other: string | null | undefined) => isSameNumber(other, iban);
  const byIban = accounts.filter((one) => isSame(one.iban));
  const ofAny = byIban.find((one) => one.currency === undefined) ?? null;
  if (currency !== null) return byIban.find((one) => one.currency === currency.toUpperCase()) ?? ofAny;
  const isOnly = all.filter(({ account }) => isSame(account.iban)).length === 1;
  return isOnly && byIban.length === 1 ? (byIban[0] ?? null) : ofAny;
}

/** Whether data of an account can be requested. */
export function isReachable(account: ListedAccount): account is ReachableAccount {
  return account.handle !== null;
}

/** What a person calls an account: the name by which it is listed, or the first of its names that is not blank. */
export function accountName({
  shownName,
  alias,
  label,
  holder,
  handle,
  iban,
  number,
}: Omit<ListedAccount, "connection" | "configured" | "bankName" | "assetAccount">): Printable {
  const names = [shownName, alias, label, holder].map((one) => printable(one ?? ""));
  const named = names.find((one) => one.trim() !== "");
  return named ?? printable(handle?.slice(0, 8) ?? iban ?? number?.value ?? "Account");
}

/** A bank as a person reads it: its name, or its id if the name is unknown. */
export function bankInWords({ bankName, bankId }: Pick<ListedAccount, "bankName" | "bankId">): Printable {
  return printable(bankName ?? bankId ?? "");
}

/** An account as a failure names it. */
export function subjectOf(account: ListedAccount): Subject {
  return { name: accountName(account), reference: typeableReference(account.connection) };
}
