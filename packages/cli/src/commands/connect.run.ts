import type { Institution, Requisition } from "bankdata-core";
import { NotFoundError } from "bankdata-core/base";
import { originsText } from "../config/index.ts";
import { type ComparedAccount, type Succession, successionOf } from "../connect/account-succession.ts";
import { bankCalled, banksOf, pickedBank } from "../connect/banks.ts";
import { connectionCalled } from "../connect/connections.ts";
import { type Consent, type ConsentWish, obtainConsent } from "../connect/consent.ts";
import type { Session } from "../session/session.ts";
import { typeableReference } from "../ui/connection-reference.ts";
import { EXIT } from "../ui/exit.ts";
import { CommandFailure } from "../ui/failure.ts";
import { counted } from "../ui/format.ts";
import { isForProgram, note, printOne, printTable } from "../ui/output.ts";
import { joined, line } from "../ui/printable.ts";
import { command } from "../ui/shell-command.ts";
import { row } from "../ui/table.ts";
import { isInteractive, styled } from "../ui/terminal.ts";

/** Connects a bank by its id or name, or renews a connection by its reference, and shows the accounts gained. */
export async function connect(
  session: Session,
  { bank: name, renew }: { bank?: string | undefined; renew?: string | undefined },
  wish: ConsentWish,
): Promise<void> {
  noteForeignCredentials(session);
  const old = renew === undefined ? undefined : await connectionCalled(session, renew);
  const bank = await bankFor(session, name, old);
  const before = old === undefined ? [] : await compared(session, old.accounts ?? [], { onlyIfCached: true });
  const { agreement, linked } = await obtainConsent(session, bank, wish);
  const fresh = await compared(session, linked.accounts ?? [], { onlyIfCached: false });
  const succession = old === undefined ? undefined : successionOf(before, fresh);
  if (old !== undefined) await removeOld(session, old);
  report(session, bank, { agreement, linked, gained: fresh, succession });
}

/** Whoever owns the credentials gets the bank's data: a file that merely lies in the current folder may be another's. */
function noteForeignCredentials({ configuration, terminal }: Session): void {
  const { credentials } = configuration.foreign;
  if (credentials.length === 0) return;
  note(
    terminal,
    line`The credentials come from ${originsText(credentials)}, in the current folder: whoever they belong to can read the bank that you connect.`,
  );
}

async function bankFor(
  session: Session,
  name: string | undefined,
  old: Requisition | undefined,
): Promise<Institution> {
  const { client, terminal, options } = session;
  if (old?.institution_id) return await client.getInstitution(old.institution_id);
  if (name !== undefined) {
    try {
      if (/^[A-Z0-9_]+$/.test(name)) return await client.getInstitution(name);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
    return bankCalled(name, await banksOf(session));
  }
  if (!isInteractive(terminal) || isForProgram(options)) {
    throw new CommandFailure(
      line`Specify a bank.`,
      EXIT.usage,
      line`bankdata banks, then bankdata connect with an id`,
    );
  }
  return await pickedBank(session, await banksOf(session));
}

/** Removes the old connection once the new one is there. An old one that cannot be removed does no harm. */
async function removeOld({ client, terminal }: Session, old: Requisition): Promise<void> {
  try {
    await client.deleteRequisition(old.id);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const removing = command`bankdata disconnect ${typeableReference(old)}`;
    note(terminal, joined([line`The old connection could not be removed (${why}): `, removing]));
  }
}

/**
 * What tells accounts apart over a renewal. The currency costs a call that the bank counts, so for old accounts only
 * the cache is read.
 */
async function compared(
  { client }: Session,
  ids: readonly string[],
  { onlyIfCached }: { onlyIfCached: boolean },
): Promise<ComparedAccount[]> {
  return await Promise.all(
    ids.map(async (id) => {
      const account = await client.getAccount(id).catch(() => undefined);
      const details = await client.getAccountDetails(id, { onlyIfCached }).catch(() => undefined);
      return {
        id,
        iban: account?.iban ?? details?.account.iban ?? null,
        currency: details?.account.currency ?? null,
        name: details?.account.name ?? account?.name ?? null,
      };
    }),
  );
}

/** What came of connecting a bank. */
interface Connected extends Consent {
  gained: readonly (ComparedAccount & { name?: string | null })[];
  /** What became of the old accounts, if a connection was renewed. */
  succession: Succession | undefined;
}

function report(
  { terminal, options }: Session,
  bank: Institution,
  { agreement, linked, gained, succession }: Connected,
): void {
  const item = {
    ...linked,
    bank: bank.name,
    gained,
    ...(succession === undefined ? {} : { succession }),
  };
  printOne(terminal, options, item, () => {
    const days = agreement.access_valid_for_days ?? 90;
    const what = line` ${bank.name} is connected for ${counted(days, "day")}: ${counted(gained.length, "account")}.`;
    terminal.out.line(styled("green", line`✓`), what);
    terminal.out.line();
    printTable(
      terminal,
      [
        { title: line`Account`, flexible: true },
        { title: line`IBAN` },
        { title: line`Currency` },
        { title: line`Id` },
      ],
      gained.map(({ id, iban, currency, name }) => row(name, iban, currency, id)),
    );
    for (const { from, to } of succession?.renamed ?? []) note(terminal, line`${from} is now ${to}.`);
    if ((succession?.renamed.length ?? 0) > 0)
      note(terminal, line`If your configuration names an old id, replace it with the new one.`);
    for (const id of succession?.gone ?? []) note(terminal, line`${id} has no successor.`);
    note(
      terminal,
      line`Its reference is ${linked.reference ?? linked.id}. See: bankdata balances${options.sandbox ? " --sandbox" : ""}`,
    );
  });
}
