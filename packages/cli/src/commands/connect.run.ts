import { accessAt, type Bank, type BankAccount, type Connection } from "bankdata-core/bank";
import {
  type BankDataError,
  BankNotOfferedError,
  InvalidRequestError,
  NotFoundError,
} from "bankdata-core/base";
import type { ConnectedBank, Succession } from "bankdata-core/connect";
import { knownBankNames } from "../accounts/bank-names.ts";
import { accountName, withNames } from "../accounts/connected-accounts.ts";
import { accountItem } from "../accounts/items.ts";
import { mustBeRenewed, warnOfLostAccess } from "../accounts/lost-access.ts";
import { originsText } from "../config/index.ts";
import { bankCalled, banksOf, pickedBank, unlistedBankCalled } from "../connect/banks.ts";
import { connectionCalled } from "../connect/connections.ts";
import { type ConnectWish, connectByLink } from "../connect/consent.ts";
import { connectionsTo, wantedBeside } from "../connect/duplicate.ts";
import { connectionFields, daysLeft } from "../connect/items.ts";
import type { Session } from "../session/session.ts";
import { typeableReference } from "../ui/connection-reference.ts";
import { preparingInWords } from "../ui/connection-words.ts";
import { EXIT } from "../ui/exit.ts";
import { CommandFailure, explain } from "../ui/failure.ts";
import { counted, ibanEnd, idStart } from "../ui/format.ts";
import { note, printOne, printTable, warn } from "../ui/output.ts";
import { joined, line } from "../ui/printable.ts";
import { command } from "../ui/shell-command.ts";
import { row } from "../ui/table.ts";
import { asTyped, isInteractive, styled } from "../ui/terminal.ts";
import { noteUnreadable } from "../ui/unreadable.ts";

/**
 * Connects a bank by its id or name, or renews a connection by its reference, and shows the accounts gained.
 *
 * @returns the exit code
 */
export async function connect(
  session: Session,
  { bank: name, renew }: { bank?: string | undefined; renew?: string | undefined },
  wish: ConnectWish,
): Promise<number> {
  noteForeignCredentials(session);
  const named = renew === undefined ? undefined : await connectionCalled(session, renew);
  const existing = named === undefined ? (await session.provider.connections()).items : [];
  const bank = await bankFor(session, name, named, existing);
  const [first, ...others] = connectionsTo(bank, existing, session.now());
  const wanted = first === undefined ? "another" : await wantedBeside(session, bank, [first, ...others]);
  if (wanted === "nothing") {
    note(session.terminal, line`Nothing was changed.`);
    return EXIT.done;
  }
  const old = wanted === "another" ? named : wanted.renew;
  const connected = await connectByLink(session, bank, wish, old).catch((error: unknown): never => {
    throw tooMuchFor(session, bank, wish, error) ?? error;
  });
  const renewed = "succession" in connected ? connected : undefined;
  session.recordConnected(connected);
  if (old !== undefined && renewed?.endError) noteLeftOver(session, old, renewed.endError);
  report(session, bank, connected, renewed?.succession ?? undefined);
  const exitCode = noteUnknown(session, connected);
  return exitCode === EXIT.done ? warnOfNoAccounts(session, bank, connected) : exitCode;
}

/** What a service rejected because the bank allows fewer days, in words of the flags; undefined if it is something else. */
function tooMuchFor(
  { provider }: Session,
  bank: Bank,
  { days = 0, access = 0 }: ConnectWish,
  error: unknown,
): CommandFailure | undefined {
  if (!(error instanceof InvalidRequestError)) return undefined;
  const { historyDays, consentDays } = provider.limitsOf(bank);
  const problems = [
    ...(historyDays !== null && days > historyDays
      ? [
          line`${bank.name} offers at most ${counted(historyDays, "day")} of history, so --days ${days} is too much.`,
        ]
      : []),
    ...(consentDays !== null && access > consentDays
      ? [
          line`${bank.name} allows at most ${counted(consentDays, "day")} of access, so --access ${access} is too much.`,
        ]
      : []),
  ];
  if (problems.length === 0) return undefined;
  return new CommandFailure(joined(problems, line` `), EXIT.usage, line`See bankdata connect --help`);
}

/** Warns if the new connection has no accounts. @returns the exit code */
function warnOfNoAccounts(session: Session, bank: Bank, { connection, accounts }: ConnectedBank): number {
  const access = { ...accessAt(connection, accounts, session.now()), total: accounts.length };
  const known = { connection, access, bankName: bank.name };
  if (!mustBeRenewed(known, session.now())) return EXIT.done;
  warnOfLostAccess(session, known);
  return EXIT.renew;
}

/** Whoever owns the credentials gets the bank's data, and a file of the current folder may be somebody else's. */
function noteForeignCredentials({ configuration, terminal }: Session): void {
  const { credentials } = configuration.foreign;
  if (credentials.length === 0) return;
  warn(
    terminal,
    line`The credentials come from ${originsText(credentials)}, in the current folder: whoever owns them can read the accounts that you connect.`,
  );
}

async function bankFor(
  session: Session,
  name: string | undefined,
  old: Connection | undefined,
  existing: readonly Connection[],
): Promise<Bank> {
  const { provider, terminal, options } = session;
  if (old !== undefined && old.bankId !== null) return await bankOf(session, old.bankId);
  if (name !== undefined) {
    try {
      // What looks like an id is looked up as one first, as the service's bank for testing is in no list.
      const id = /^[^\W_]+_\w+$/.test(name) ? name.toUpperCase() : name;
      if (/^[A-Z0-9_]+$/.test(id)) return await provider.bank(id);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
    const { items } = await banksOf(session);
    const unlisted = await unlistedBanks(session, items, existing);
    const id = unlistedBankCalled(name, items, unlisted);
    // It was connected once, so that the name is no mistake.
    if (id !== undefined) return await bankOf(session, id, unlisted.get(id));
    return bankCalled(name, items);
  }
  if (!isInteractive(terminal)) {
    throw new CommandFailure(
      line`Specify a bank.`,
      EXIT.usage,
      line`bankdata connect BANK, with an id that ${asTyped(line`bankdata banks`, options)} lists`,
    );
  }
  return await pickedBank(session, (await banksOf(session)).items);
}

/** The ids of the connected banks that are in no list, each with its name if that is cached. */
async function unlistedBanks(
  { provider }: Session,
  listed: readonly Bank[],
  connections: readonly Connection[],
): Promise<ReadonlyMap<string, string | undefined>> {
  const ids = new Set(connections.flatMap(({ bankId }) => bankId ?? []));
  for (const { id } of listed) ids.delete(id);
  const accounts = [...ids].map((bankId) => ({ bankId, iban: null }));
  const names = await knownBankNames(provider, accounts);
  return new Map([...ids].map((id) => [id, names.get(id)]));
}

/** The bank of a connection. @throws BankNotOfferedError if it has left the service since */
async function bankOf({ provider }: Session, id: string, name?: string): Promise<Bank> {
  try {
    return await provider.bank(id);
  } catch (error) {
    throw error instanceof NotFoundError ? new BankNotOfferedError(id, name) : error;
  }
}

/** Says how to remove the old connection if renewing could not. It does no harm until then. */
function noteLeftOver({ terminal, options }: Session, old: Connection, { message }: BankDataError): void {
  const removing = asTyped(command`bankdata disconnect ${typeableReference(old)}`, options);
  warn(terminal, line`The old connection could not be removed (${message}). Remove it with: `, removing);
}

function report(
  session: Session,
  bank: Bank,
  { connection, accounts }: ConnectedBank,
  succession: Succession | undefined,
): void {
  const { terminal, options, configuration, now } = session;
  const item = {
    ...connectionFields(session, connection, bank.name),
    accounts: withNames(
      accounts.map((account) => ({ account, connection })),
      configuration,
    ).map((account) => accountItem(account, { now: now(), sandbox: options.sandbox })),
    ...(succession === undefined ? {} : { succession }),
    raw: connection.raw,
  };
  printOne(terminal, options, item, () => {
    const what = line` ${bank.name} is connected${duration(session, connection)}: ${counted(accounts.length, "account")}.`;
    terminal.out.line(styled("green", line`✓`), what);
    terminal.out.line();
    printAccounts(session, accounts);
    if (succession !== undefined) noteSuccession(session, succession);
    notePreparing(session, bank, { connection, accounts });
    note(
      terminal,
      line`Reference: ${connection.reference ?? connection.id}. Next: `,
      asTyped(line`bankdata balances`, options),
    );
  });
}

/** For how long the person agreed; empty if unknown. */
function duration({ now }: Session, connection: Connection): string {
  const days = daysLeft(connection, now());
  return days === undefined ? "" : ` for ${counted(days, "day")}`;
}

/** Says which accounts have no data yet. */
function notePreparing(
  { terminal, configuration }: Session,
  bank: Bank,
  { connection, accounts }: Pick<ConnectedBank, "connection" | "accounts">,
): void {
  const listed = withNames(
    accounts.map((account) => ({ account, connection })),
    configuration,
  );
  const names = listed.filter(({ state }) => state === "processing").map(accountName);
  if (names.length > 0) note(terminal, preparingInWords(names, bank.name));
}

function printAccounts({ terminal }: Session, accounts: readonly BankAccount[]): void {
  printTable(
    terminal,
    [
      { title: line`Account`, flexible: true, least: 12 },
      { title: line`IBAN`, short: ibanEnd },
      { title: line`Currency`, drop: 2 },
      { title: line`Id`, short: idStart, drop: 1 },
    ],
    accounts.map(({ label, iban, currency, handle }) => row(label, iban, currency, handle)),
  );
}

function noteSuccession({ terminal }: Session, { renamed, gone }: Succession): void {
  for (const { from, to } of renamed) note(terminal, line`${from} is now ${to}.`);
  if (renamed.length > 0)
    note(terminal, line`If your configuration names an old id, replace it with the new one.`);
  for (const handle of gone) warn(terminal, line`No new account could be matched to ${handle}.`);
}

/** Notes which of the new accounts could not be read. @returns the exit code */
function noteUnknown(
  { terminal, now }: Session,
  { accounts, unreadable, accountsError }: ConnectedBank,
): number {
  if (accountsError !== null) {
    const what = accounts.length === 0 ? "The accounts" : "The details of the accounts";
    warn(terminal, explain(accountsError, { name: line`${what} could not be read` }, now()).message);
    return EXIT.partly;
  }
  for (const { handle, state, error } of accounts) {
    // That the bank is still preparing an account has been said.
    if (error !== null && state !== "processing")
      warn(terminal, explain(error, { name: line`${handle ?? "account"}` }, now()).message);
  }
  return noteUnreadable(terminal, unreadable.length, ["account", "accounts"]);
}
