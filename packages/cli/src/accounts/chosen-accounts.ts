import type { Session } from "../session/session.ts";
import { EXIT } from "../ui/exit.ts";
import { CommandFailure } from "../ui/failure.ts";
import { counted } from "../ui/format.ts";
import { warn } from "../ui/output.ts";
import { joined, line, printable } from "../ui/printable.ts";
import { shellQuoted } from "../ui/shell-command.ts";
import { isInteractive } from "../ui/terminal.ts";
import { ibanEnd, isSameName, resolveAccount, typeableName } from "./account-names.ts";
import {
  accountName,
  bankInWords,
  isReachable,
  type ListedAccount,
  listedAccounts,
  type ReachableAccount,
} from "./connected-accounts.ts";
import { noAccountFailure } from "./lost-access.ts";

/** The accounts that a command is about. */
export interface ChosenAccounts {
  accounts: ReachableAccount[];
  /** `EXIT.partly` if all accounts are meant and some connection could not be understood. */
  exitCode: number;
}

/**
 * The accounts that a command is about: the one that is named, or all. If all are meant, accounts whose data the bank
 * does not share are left out with a warning.
 *
 * @throws CommandFailure if nothing is connected, or the name matches no account or several
 */
export async function chosenAccounts(session: Session, name: string | undefined): Promise<ChosenAccounts> {
  const { accounts, connections, exitCode } = await listedAccounts(session);
  if (accounts.length === 0 && exitCode !== EXIT.done) {
    throw new CommandFailure(
      line`No connection could be understood.`,
      EXIT.failed,
      line`bankdata connections`,
    );
  }
  if (accounts.length === 0) {
    throw await noAccountFailure(session, connections);
  }
  if (name !== undefined)
    return { accounts: [reachable(accountCalled(name, accounts, session))], exitCode: EXIT.done };
  return { accounts: allReachable(session, accounts), exitCode };
}

/**
 * The accounts that some names stand for, each once.
 *
 * @throws CommandFailure if a name matches none or several, or one whose data the bank does not share
 */
export function accountsCalled(
  names: readonly string[],
  accounts: readonly ListedAccount[],
  session: Pick<Session, "configuration">,
): ReachableAccount[] {
  return [...new Set(names.map((name) => reachable(accountCalled(name, accounts, session))))];
}

/** The account that a name stands for. @throws CommandFailure if it matches none or several */
function accountCalled(
  name: string,
  accounts: readonly ListedAccount[],
  { configuration }: Pick<Session, "configuration">,
): ListedAccount {
  const resolved = resolveAccount(name, accounts);
  if ("found" in resolved) return resolved.found;
  if ("ambiguous" in resolved) {
    const candidates = resolved.ambiguous.map((account) => {
      const what = [bankInWords(account), account.currency, ibanEnd(account.iban)].filter(Boolean).join(", ");
      return joined([shellQuoted(typeableName(account, accounts)), line`  ${what}`]);
    });
    const [first] = resolved.ambiguous;
    const isOneEntry =
      first?.configured?.iban !== undefined &&
      resolved.ambiguous.every(({ configured }) => configured === first.configured);
    const currency = isOneEntry ? line` Or add a currency to the account in your configuration.` : line``;
    throw new CommandFailure(
      line`"${name}" matches several accounts:`,
      EXIT.usage,
      joined([line`Run the same command with one of these names.`, currency]),
      { candidates },
    );
  }
  if (configuration.accounts.some(({ alias }) => alias !== undefined && isSameName(alias, name)))
    throw new CommandFailure(
      line`The account that you call "${name}" is not connected, or its currency is not known yet.`,
      EXIT.usage,
      line`bankdata accounts`,
    );
  const meant = resolved.didYouMean === undefined ? "" : ` Did you mean ${resolved.didYouMean}?`;
  throw new CommandFailure(
    line`No account is called "${name}".${meant}`,
    EXIT.usage,
    line`bankdata accounts`,
  );
}

function reachable(account: ListedAccount): ReachableAccount {
  if (isReachable(account)) return account;
  throw new CommandFailure(line`${accountName(account)}: the bank gives no access to its data.`, EXIT.failed);
}

/** @throws CommandFailure if none is left */
function allReachable({ terminal }: Session, accounts: readonly ListedAccount[]): ReachableAccount[] {
  const left = accounts.filter(isReachable);
  const others = accounts.filter((account) => !isReachable(account)).map(accountName);
  if (left.length === 0)
    throw new CommandFailure(
      line`The bank gives no access to the data of any account.`,
      EXIT.failed,
      line`bankdata accounts`,
    );
  if (others.length > 0) {
    const of = line`The bank gives no access to the data of ${counted(others.length, "account")}, which ${others.length === 1 ? "is" : "are"} left out here: `;
    warn(terminal, joined([of, joined(others, line`, `), line`.`]));
  }
  return left;
}

/** The account that a person picks. @throws CommandFailure without an interactive terminal, or if there is none */
export async function pickedAccount(session: Session): Promise<ReachableAccount> {
  const { accounts: all } = await chosenAccounts(session, undefined);
  const [only] = all;
  if (only !== undefined && all.length === 1) return only;
  if (!isInteractive(session.terminal)) {
    throw new CommandFailure(line`Specify an account.`, EXIT.usage, line`bankdata accounts`);
  }
  const { chosen } = await import("../ui/prompts.ts");
  const choices = all.map((account) => ({
    value: account.handle,
    label: accountName(account),
    hint: joined([bankInWords(account), printable(ibanEnd(account.iban) ?? account.handle)], line` `),
  }));
  const handle = await chosen(session.terminal, line`Which account?`, choices);
  const picked = all.find((account) => account.handle === handle);
  if (picked === undefined) throw new TypeError("a prompt returned what was not offered");
  return picked;
}
