import { type ArchivedAccount, openArchive } from "bankdata-archive";
import { accountLabels, ibanEnd, type NamedAccount, resolveAccount } from "../accounts/account-names.ts";
import { knownBankNames } from "../accounts/bank-names.ts";
import { type ListedAccount, listedAccounts } from "../accounts/connected-accounts.ts";
import { maskedLocation } from "../config/index.ts";
import { exists } from "../session/archive-location.ts";
import type { Session } from "../session/session.ts";
import { EXIT } from "../ui/exit.ts";
import { CommandFailure } from "../ui/failure.ts";
import { localDate } from "../ui/format.ts";
import { note, printOne } from "../ui/output.ts";
import { joined, line, type Printable, printable } from "../ui/printable.ts";
import { shellQuoted } from "../ui/shell-command.ts";
import { isInteractive } from "../ui/terminal.ts";

/** An account of the archive as a person can name it; its handle here is its id in the archive. */
interface KeptAccount extends NamedAccount {
  readonly kept: ArchivedAccount;
}

/**
 * Makes one account of two in the archive that are the same, although their banks report nothing that says so.
 *
 * @throws CommandFailure if a name matches none or several, or without a confirmation
 */
export async function makeSame(
  session: Session,
  names: readonly [string, string],
  { confirmed: alreadyConfirmed = false }: { confirmed?: boolean | undefined },
): Promise<void> {
  const { archive: place, terminal, options, now } = session;
  if (!exists(place))
    throw new CommandFailure(
      line`There is no archive at ${maskedLocation(place.location)}.`,
      EXIT.failed,
      line`bankdata sync`,
    );
  const { accounts: listed } = await listedAccounts(session);
  await using archive = await openArchive({ location: place.location, now });
  const all = await keptAccounts(session, await archive.accounts(), listed);
  const [one, other] = [accountCalled(names[0], all), accountCalled(names[1], all)];
  if (one === other)
    throw new CommandFailure(
      line`${nameOf(one)} is one account already.`,
      EXIT.usage,
      line`bankdata accounts`,
    );
  rejectOtherCurrency(one, other);
  if (!alreadyConfirmed && !(await isConfirmed(session, one, other))) {
    note(terminal, line`Nothing was changed.`);
    return;
  }
  const { account } = await archive.sameAccount(one.kept.id, other.kept.id);
  printOne(terminal, options, { archiveId: account, formerId: other.kept.id }, () =>
    terminal.out.line(line`${nameOf(one)} has the history of both now.`),
  );
}

/** The accounts of the archive, with the names of those that are connected. */
async function keptAccounts(
  { provider }: Session,
  archived: readonly ArchivedAccount[],
  listed: readonly ListedAccount[],
): Promise<KeptAccount[]> {
  const banks = await knownBankNames(provider, archived);
  const all = archived.map((kept): KeptAccount => {
    const account = listed.find(({ handle }) => kept.handles.some((known) => known.handle === handle));
    const { id, iban, label, bankId, currency } = kept;
    const bankName = banks.get(bankId ?? "") ?? null;
    return { handle: id, alias: account?.alias ?? null, iban, label, bankId, bankName, currency, kept };
  });
  const labels = accountLabels(all, ({ alias, label, handle }) => alias ?? label ?? handle ?? "");
  return all.map((one, at) => ({ ...one, shownName: labels[at] ?? "" }));
}

function accountCalled(name: string, all: readonly KeptAccount[]): KeptAccount {
  const byHandle = all.find(({ kept }) => kept.handles.some(({ handle }) => handle === name));
  if (byHandle !== undefined) return byHandle;
  const resolved = resolveAccount(name, all);
  if ("found" in resolved) return resolved.found;
  if ("ambiguous" in resolved)
    throw new CommandFailure(
      line`"${name}" matches several accounts of the archive:`,
      EXIT.usage,
      line`Run the same command with one of these ids.`,
      { candidates: resolved.ambiguous.map(described) },
    );
  const meant = resolved.didYouMean === undefined ? "" : ` Did you mean ${resolved.didYouMean}?`;
  throw new CommandFailure(
    line`The archive has no account called "${name}".${meant}`,
    EXIT.usage,
    line`Run bankdata sync once, or name one of these ids:`,
    { candidates: all.map(described) },
  );
}

/** An account that a person has to tell from others. */
function described(account: KeptAccount): Printable {
  const { id, lastRun } = account.kept;
  const read =
    lastRun === null ? "never read" : line`last read on ${localDate(lastRun.observedAt.getTime())}`;
  const bank = account.bankName ?? account.bankId;
  const what = [account.shownName, bank, account.currency, ibanEnd(account.iban), read]
    .filter(Boolean)
    .join(", ");
  return joined([shellQuoted(id), line`  ${what}`]);
}

function nameOf({ shownName, handle }: KeptAccount): Printable {
  return printable(shownName || (handle ?? ""));
}

function rejectOtherCurrency(one: KeptAccount, other: KeptAccount): void {
  if (one.currency === other.currency || !one.currency || !other.currency) return;
  throw new CommandFailure(
    line`${nameOf(one)} is in ${one.currency} and ${nameOf(other)} in ${other.currency}: they are different accounts.`,
    EXIT.usage,
  );
}

async function isConfirmed({ terminal }: Session, one: KeptAccount, other: KeptAccount): Promise<boolean> {
  if (!isInteractive(terminal))
    throw new CommandFailure(
      line`Nothing was changed: this cannot be undone, and needs a confirmation.`,
      EXIT.usage,
      line`Run the same command with --yes.`,
    );
  const { confirmed } = await import("../ui/prompts.ts");
  const question = line`Make one account of ${nameOf(one)} and ${nameOf(other)}? This cannot be undone.`;
  return await confirmed(terminal, question, { preselected: false });
}
