import { type AccountReport, openArchive, type SyncReport, sync } from "bankdata-archive";
import { dateOf, isCalendarDate, type Logger, NotCachedError } from "bankdata-core/base";
import { accountsCalled } from "../accounts/chosen-accounts.ts";
import { type ListedAccount, listedAccounts, subjectOf } from "../accounts/connected-accounts.ts";
import { noAccountFailure, warnOfEnd, warnOfLostAccounts } from "../accounts/lost-access.ts";
import { maskedLocation } from "../config/index.ts";
import { daysLeft } from "../connect/items.ts";
import { exists } from "../session/archive-location.ts";
import type { Session } from "../session/session.ts";
import { EXIT } from "../ui/exit.ts";
import { CommandFailure, explain } from "../ui/failure.ts";
import { counted } from "../ui/format.ts";
import { isForProgram, note, printList, warn } from "../ui/output.ts";
import { line, type Printable, printable } from "../ui/printable.ts";
import { withProgress } from "../ui/progress.ts";
import { printFailure, type Terminal } from "../ui/terminal.ts";
import { exitCodeOf } from "./sync.exit.ts";
import { hasNews, type ReportedAccount, syncItem } from "./sync.items.ts";
import { listingOnce } from "./sync.provider.ts";
import { printReports } from "./sync.table.ts";

/** What is wanted of a sync. */
export interface SyncWish {
  /** Asks at once. */
  now?: boolean | undefined;
  full?: boolean | undefined;
  /** `YYYY-MM-DD`. */
  from?: string | undefined;
  dryRun?: boolean | undefined;
  force?: boolean | undefined;
  /** @default 7 */
  warnDays?: number | undefined;
}

/** Reads what is new at the banks into the archive. @param names of accounts; none for all. @returns the exit code */
export async function syncAccounts(
  opened: Session,
  names: readonly string[],
  wish: SyncWish,
): Promise<number> {
  checkWish(wish, opened);
  const session = { ...opened, provider: listingOnce(opened.unrecorded, wish.dryRun === true) };
  const { accounts, connections, exitCode } = await known(listedAccounts(session));
  if (accounts.length === 0) throw await noAccountFailure(session, connections);
  const named = names.length === 0 ? undefined : accountsCalled(names, accounts, session);
  const report = await synced(session, { accounts, named }, wish);
  const all = report.accounts.flatMap((one) => reportedAccount(session, one, accounts));
  printOutcome(session, all, wish);
  const concerned = new Set((named ?? accounts).map(({ connection }) => connection.id));
  if (!isForProgram(session.options)) {
    warnOfEnds(session, report, accounts);
    const theirs = connections.filter(({ id }) => concerned.has(id));
    await warnOfLostAccounts(session, theirs, accounts);
  }
  return exitCodeOf({
    report,
    failures: all.flatMap(({ explanation }) => explanation?.exitCode ?? []),
    before: exitCode,
    atOnce: wish.now === true || wish.full === true || wish.from !== undefined,
  });
}

/** @throws CommandFailure if a dry run, which sends no request, finds nothing that is known from before */
async function known<T>(listing: Promise<T>): Promise<T> {
  try {
    return await listing;
  } catch (error) {
    if (!(error instanceof NotCachedError)) throw error;
    throw new CommandFailure(
      line`A dry run sends nothing, and nothing is known of your accounts yet.`,
      EXIT.failed,
      line`bankdata accounts`,
    );
  }
}

/** @throws CommandFailure if what is wanted cannot be */
function checkWish({ from, full, dryRun, force }: SyncWish, { now }: Pick<Session, "now">): void {
  const reject = (message: Printable) => {
    throw new CommandFailure(message, EXIT.usage, line`See bankdata sync --help`);
  };
  if (from !== undefined && !isCalendarDate(from))
    reject(line`--from "${from}" is not a valid date: write it as 2026-01-31.`);
  const today = dateOf(now());
  if (from !== undefined && from > today) reject(line`--from (${from}) is in the future: today is ${today}.`);
  if (from !== undefined && full) reject(line`Use either --full or --from.`);
  if (dryRun && force) reject(line`Use either --dry-run or --force.`);
}

/** The accounts that are connected, and those that are named; undefined for all. */
interface Chosen {
  readonly accounts: readonly ListedAccount[];
  readonly named: readonly ListedAccount[] | undefined;
}

async function synced(
  { provider, terminal, archive: place, now, stopSignals }: Session,
  { accounts, named }: Chosen,
  { now: atOnce, warnDays, dryRun, full, from, force }: SyncWish,
): Promise<SyncReport> {
  // A dry run leaves nothing behind, not even an empty archive.
  const location = dryRun && !exists(place) ? ":memory:" : place.location;
  await using archive = await openArchive({ location, now, logger: loggerOf(terminal) });
  return await withProgress(terminal, line`Asking the banks`, (progress) =>
    sync(archive, provider, {
      accounts: named?.flatMap(({ handle }) => handle ?? []),
      starts: startsOf(accounts),
      ...{ atOnce, warnDays, dryRun, full, from, force, now },
      signal: stopSignals.signal,
      onProgress: ({ done, total }) => progress(line`${done} of ${counted(total, "account")}`),
    }),
  );
}

/** The first date to ask for of each account that has one in the configuration, by handle. */
function startsOf(accounts: readonly ListedAccount[]): Record<string, string> {
  return Object.fromEntries(
    accounts.flatMap(({ handle, configured }) => {
      const start = configured?.start;
      return handle === null || start === undefined ? [] : [[handle, start]];
    }),
  );
}

/** A report with the account that it is about. */
function reportedAccount(
  { now }: Session,
  report: AccountReport,
  accounts: readonly ListedAccount[],
): ReportedAccount[] {
  const { handle, connectionId, error } = report;
  const account = accounts.find((one) =>
    handle === null
      ? one.handle === null && one.connection.id === connectionId && one.iban === report.iban
      : one.handle === handle,
  );
  if (account === undefined) return [];
  const explanation = error === null ? undefined : explain(error, subjectOf(account), now());
  const isEnded = report.reason === "consentEnded";
  return [
    { account, report, explanation, daysLeft: isEnded ? undefined : daysLeft(account.connection, now()) },
  ];
}

/** Prints results; only those that say something new if nothing else is wanted. */
function printOutcome(session: Session, all: readonly ReportedAccount[], wish: SyncWish): void {
  const { terminal, options, archive, now } = session;
  const shown = terminal.isQuiet ? all.filter((one) => hasNews(one) || one.explanation !== undefined) : all;
  const news = shown.filter(hasNews);
  printList(
    terminal,
    options,
    shown.map((one) => syncItem(one, options)),
    () => printReports(terminal, terminal.isQuiet ? news : shown, now()),
  );
  for (const { explanation, report } of all)
    if (explanation !== undefined)
      printFailure(terminal, explanation, { ...options, accountId: report.handle ?? undefined });
  noteEntries(terminal, all);
  if (!isForProgram(options) && wish.dryRun !== true)
    note(terminal, line`${summaryOf(all)} Archive: ${maskedLocation(archive.location)}`);
}

/** What is new in a sentence. */
function summaryOf(all: readonly ReportedAccount[]): Printable {
  const added = all.reduce((sum, { report }) => sum + report.added, 0);
  const asked = all.filter(({ report }) => report.outcome === "synced").length;
  if (asked === 0) return line`Nothing was due; --now asks at once.`;
  return added === 0 ? line`Nothing new.` : line`${counted(added, "new transaction")}.`;
}

/** Warns of entries that could not be understood. */
function noteEntries(terminal: Terminal, all: readonly ReportedAccount[]): void {
  const unreadable = all.reduce((sum, { report }) => sum + report.unreadable, 0);
  if (unreadable === 0) return;
  const entries = counted(unreadable, "entry", "entries");
  warn(terminal, line`${entries} could not be understood; the archive keeps them as they were sent.`);
}

/** Warns of consents that end soon. */
function warnOfEnds(session: Session, { ending }: SyncReport, accounts: readonly ListedAccount[]): void {
  for (const connection of ending) {
    const account = accounts.find((one) => one.connection.id === connection.id);
    const days = daysLeft(connection, session.now());
    const bankName = account?.bankName ?? connection.bankId;
    if (days !== undefined) warnOfEnd(session, { connection, bankName, days });
  }
}

/** Warnings of the archive, such as that it is on a network drive. */
function loggerOf(terminal: Terminal): Logger {
  const ignore = () => {};
  return {
    debug: ignore,
    info: ignore,
    warn: (message) => warn(terminal, printable(message)),
    error: ignore,
  };
}
