import type { AccountInfo } from "bankdata-core";
import type { Session } from "../session/session.ts";
import { EXIT } from "../ui/exit.ts";
import { CommandFailure } from "../ui/failure.ts";
import { line, type Printable, printable } from "../ui/printable.ts";
import { isInteractive } from "../ui/terminal.ts";
import { resolveAccount } from "./account-names.ts";

/** A connected account, with the person's own name for it. */
export type ConnectedAccount = AccountInfo & { alias?: string | undefined };

/**
 * Every account that is connected, even under a consent that has ended; and how many connections and agreements could
 * not be understood, which has been logged.
 */
export async function connectedAccounts({
  client,
  configuration,
}: Session): Promise<{ accounts: ConnectedAccount[]; unreadable: number }> {
  const all = await client.getAllAccounts();
  const accounts = all.map((account) => {
    const configured = configuration.accounts.find(
      ({ id, iban }) => id === account.id || (iban !== undefined && compact(iban) === compact(account.iban)),
    );
    return configured?.alias === undefined ? account : { ...account, alias: configured.alias };
  });
  return { accounts, unreadable: all.unreadable.length };
}

function compact(iban: string | null | undefined): string | undefined {
  return iban?.replaceAll(/\s/g, "").toUpperCase();
}

/** The accounts that a command is about. */
export interface ChosenAccounts {
  accounts: ConnectedAccount[];
  /** `EXIT.partly` if these are to be all, and some connection could not be understood. */
  exitCode: number;
}

/**
 * The accounts that a command is about: the one that is named, or all.
 *
 * @throws CommandFailure if nothing is connected, or the name stands for none or for several
 */
export async function chosenAccounts(session: Session, name: string | undefined): Promise<ChosenAccounts> {
  const { accounts, unreadable } = await connectedAccounts(session);
  if (accounts.length === 0 && unreadable > 0) {
    throw new CommandFailure(
      line`No connection could be understood.`,
      EXIT.failed,
      line`bankdata connections`,
    );
  }
  if (accounts.length === 0) {
    throw new CommandFailure(line`No account is connected.`, EXIT.failed, line`bankdata connect`);
  }
  if (name === undefined) return { accounts, exitCode: unreadable === 0 ? EXIT.done : EXIT.partly };
  const resolved = resolveAccount(name, accounts);
  if ("found" in resolved) return { accounts: [resolved.found], exitCode: EXIT.done };
  if ("ambiguous" in resolved) {
    const candidates = resolved.ambiguous.map(
      (account) => line`${account.id}  ${account.iban ?? ""}  ${accountName(account)}`,
    );
    throw new CommandFailure(
      line`"${name}" may be any of these:`,
      EXIT.usage,
      line`the same command with an id or a whole IBAN`,
      { candidates },
    );
  }
  const meant = resolved.didYouMean === undefined ? "" : ` Did you mean ${resolved.didYouMean}?`;
  throw new CommandFailure(
    line`No account is called "${name}".${meant}`,
    EXIT.usage,
    line`bankdata accounts`,
  );
}

/** The account that a person picks. @throws CommandFailure without an interactive terminal, or if there is none */
export async function pickedAccount(session: Session): Promise<ConnectedAccount> {
  const { accounts: all } = await chosenAccounts(session, undefined);
  const [only] = all;
  if (only !== undefined && all.length === 1) return only;
  if (!isInteractive(session.terminal)) {
    throw new CommandFailure(line`Specify an account.`, EXIT.usage, line`bankdata accounts`);
  }
  const { chosen } = await import("../ui/prompts.ts");
  const choices = all.map((account) => ({
    value: account.id,
    label: accountName(account),
    hint: printable(account.iban ?? account.id),
  }));
  const id = await chosen(session.terminal, line`Which account?`, choices);
  const picked = all.find((account) => account.id === id);
  if (picked === undefined) throw new TypeError("a prompt returned what was not offered");
  return picked;
}

/** What a person calls an account: the first of its names that is not blank. */
export function accountName({ alias, name, owner_name, id }: ConnectedAccount): Printable {
  const names = [alias, name, owner_name].map((one) => printable(one ?? ""));
  return names.find((one) => one.trim() !== "") ?? printable(id.slice(0, 8));
}
