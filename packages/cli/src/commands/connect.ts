import { randomBytes } from "node:crypto";
import type { EndUserAgreement, Institution, Requisition } from "bankdata-core";
import {
  ApiError,
  ConnectionError,
  InvalidResponseError,
  NotFoundError,
  TimeoutError,
} from "bankdata-core/base";
import { type ComparedAccount, type Succession, successionOf } from "../connect/account-succession.ts";
import { agreeOnMost } from "../connect/agreement.ts";
import { isOver, returnErrorInWords, statusInWords } from "../connect/return-errors.ts";
import { type ReturnListener, startReturnListener } from "../connect/return-listener.ts";
import type { Session } from "../session.ts";
import { CommandFailure, EXIT } from "../ui/failure.ts";
import { counted, localDate } from "../ui/format.ts";
import { openBrowser } from "../ui/open-browser.ts";
import { isForProgram, note, printOne, printTable } from "../ui/output.ts";
import { joined, line, type Printable, printable } from "../ui/printable.ts";
import { withProgress } from "../ui/progress.ts";
import { command } from "../ui/shell-command.ts";
import { row } from "../ui/table.ts";
import { isInteractive, styled } from "../ui/terminal.ts";
import { bankCalled, banksOf } from "./banks.ts";
import { connectionCalled, typedAs } from "./connections.ts";

/** What `connect` is told. */
export interface ConnectOptions {
  /** Days of history. @default the most that the bank allows */
  days?: number | undefined;
  /** Days of access. @default the most that the bank allows */
  access?: number | undefined;
  /** The reference of a connection to renew. */
  renew?: string | undefined;
  /** False: the link is only shown. */
  browser: boolean;
}

/** A link that nobody has used lives no longer than a bank's pages; in milliseconds. */
const MAX_WAIT = 45 * 60_000;

/** Between two looks at whether the bank is done, in milliseconds. */
const LOOK_EVERY = 2000;

/** Connects a bank, or renews a connection, and ends with the accounts that it gained. */
export async function connect(
  session: Session,
  bankName: string | undefined,
  options: ConnectOptions,
): Promise<void> {
  noteForeignCredentials(session);
  const old = options.renew === undefined ? undefined : await connectionCalled(session, options.renew);
  const bank = await bankFor(session, bankName, old);
  const before = old === undefined ? [] : await compared(session, old.accounts ?? [], false);
  const { agreement, linked } = await connected(session, bank, options);
  const fresh = await compared(session, linked.accounts ?? [], true);
  const succession = old === undefined ? undefined : successionOf(before, fresh);
  if (old !== undefined) await removeOld(session, old);
  tell(session, bank, agreement, linked, fresh, succession);
}

/** Begins a connection and waits for its person. If it ends otherwise, what was begun is removed. */
async function connected(
  session: Session,
  bank: Institution,
  options: ConnectOptions,
): Promise<{ agreement: EndUserAgreement; linked: Requisition }> {
  await using listener = await startReturnListener();
  const reason = new CommandFailure(line`Stopped before the bank was connected.`, EXIT.failed);
  using stopping = session.stopSignals.instead(reason);
  const way = { listener, signal: stopping.signal, browser: options.browser };
  const begun = await begin(session, bank, options, way);
  return { agreement: begun.agreement, linked: await consented(session, bank, begun, way) };
}

/** How the person goes to the bank, and comes back or turns back. */
interface Way {
  listener: ReturnListener;
  signal: AbortSignal;
  browser: boolean;
}

/** Whoever owns the credentials gets the bank's data: a file that merely lies in the current folder may be another's. */
function noteForeignCredentials({ configuration, terminal }: Session): void {
  const { credentials } = configuration.foreign;
  if (credentials === null) return;
  note(
    terminal,
    line`The credentials come from ${credentials}, in the current folder: whoever they belong to can read the bank that you connect.`,
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
      line`Say which bank.`,
      EXIT.usage,
      line`bankdata banks, then bankdata connect with an id`,
    );
  }
  const { pickBank } = await import("../ui/prompts.ts");
  return await pickBank(terminal, await banksOf(session));
}

/** A connection that waits for its person. */
interface Begun {
  agreement: EndUserAgreement;
  requisition: Requisition;
  reference: string;
}

async function begin(
  session: Session,
  bank: Institution,
  options: ConnectOptions,
  { listener: { redirect }, signal }: Way,
): Promise<Begun> {
  const { client, terminal, now } = session;
  signal.throwIfAborted();
  const agreement = await withProgress(terminal, line`Preparing the link`, () =>
    agreeOnMost(session, bank, options),
  );
  const reference = referenceFor(bank, now());
  try {
    // Also if it is to stop by now: an agreement that nobody accepted goes only with its requisition.
    const requisition = await client.createRequisition({
      institution_id: bank.id,
      agreement: agreement.id,
      redirect,
      reference,
    });
    return { agreement, requisition, reference };
  } catch (error) {
    // Left behind, it would stand in the list of agreements for ever.
    await client.deleteAgreement(agreement.id).catch(() => {});
    throw error;
  }
}

/** A name that a person can type again: the bank, the day, and some letters so that it is unique. */
function referenceFor({ id }: Institution, now: number): string {
  const bank = id.split("_").slice(0, -1).join("-") || id;
  return `${bank.toLowerCase()}-${localDate(now)}-${randomBytes(3).toString("hex")}`;
}

/** Shows the link and waits until the person has agreed. If it ends otherwise, nothing half made is left. */
async function consented(session: Session, bank: Institution, begun: Begun, way: Way): Promise<Requisition> {
  const { terminal } = session;
  try {
    way.signal.throwIfAborted();
    await showLink(session, bank, begun, way);
    return await withProgress(terminal, line`Waiting for ${bank.name} (Ctrl-C stops)`, (progress) =>
      waitForConsent(session, begun, way, progress),
    );
  } catch (error) {
    await leaveNothing(session, begun, error);
    throw error;
  }
}

/** The longest link that is shown whole, in UTF-16 units: what is cut could not be opened. */
const LONGEST_LINK = 8000;

async function showLink(
  { terminal }: Session,
  bank: Institution,
  { requisition }: Begun,
  { browser }: Way,
): Promise<void> {
  const link = requisition.link ?? "";
  terminal.err.line(line`Open this link, log in at ${bank.name} and agree:`);
  terminal.err.line();
  terminal.err.line(line`  `, styled("bold", printable(link, LONGEST_LINK)));
  terminal.err.line();
  if (!browser || !isInteractive(terminal)) return;
  const opened = await openBrowser(link, { platform: process.platform, env: process.env });
  note(
    terminal,
    opened ? line`Your browser opens it.` : line`No browser could be opened: open the link yourself.`,
  );
}

/** Until the service says that it is linked: told by the browser's return, or found by looking now and then. */
async function waitForConsent(
  { client }: Session,
  { requisition, reference }: Begun,
  { listener, signal }: Way,
  progress: (detail: Printable) => void,
): Promise<Requisition> {
  const until = Date.now() + MAX_WAIT;
  let refused: Error | undefined;
  const woken = { wake: () => {} };
  listener.waitFor(reference, signal).then(
    (back) => {
      if (back.outcome === "refused") {
        refused = new CommandFailure(
          returnErrorInWords(back.error, back.details),
          EXIT.failed,
          line`bankdata connect`,
        );
      }
      woken.wake();
    },
    () => woken.wake(),
  );
  for (;;) {
    signal.throwIfAborted();
    const current = await looked(client, requisition.id, signal);
    progress(
      current === undefined ? line`the service does not answer; trying on` : statusInWords(current.status),
    );
    if (current?.status === "LN") return current;
    if (refused !== undefined) throw refused;
    if (isOver(current?.status)) {
      throw new CommandFailure(
        line`The connection is ${statusInWords(current?.status)}.`,
        EXIT.failed,
        line`bankdata connect`,
      );
    }
    if (Date.now() > until)
      throw new CommandFailure(line`The link was not used in time.`, EXIT.failed, line`bankdata connect`);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LOOK_EVERY);
      woken.wake = () => {
        clearTimeout(timer);
        resolve();
      };
      signal.addEventListener("abort", woken.wake, { once: true });
    });
  }
}

/** The requisition as it is now; undefined where the service cannot say just now: the person is still at the bank. */
async function looked(
  client: Session["client"],
  id: string,
  signal: AbortSignal,
): Promise<Requisition | undefined> {
  try {
    return await client.getRequisition(id, { forceRefresh: true, signal });
  } catch (error) {
    signal.throwIfAborted();
    const passing =
      error instanceof ConnectionError ||
      error instanceof TimeoutError ||
      error instanceof InvalidResponseError ||
      (error instanceof ApiError && (error.status >= 500 || error.status === 429));
    if (!passing) throw error;
    return undefined;
  }
}

/** Deletes what was begun; says what is left where that fails. */
async function leaveNothing(
  { client, terminal }: Session,
  { requisition, reference }: Begun,
  reason: unknown,
): Promise<void> {
  try {
    await client.deleteRequisition(requisition.id);
    note(terminal, line`Nothing half made is left behind.`);
  } catch (error) {
    const why =
      error instanceof ApiError ? error.summary : error instanceof Error ? error.message : String(error);
    const cause = reason instanceof Error ? reason.message : String(reason);
    throw new CommandFailure(
      line`${cause} The connection that was begun is still there, as it could not be removed: ${why}`,
      EXIT.failed,
      command`bankdata disconnect ${reference}`,
    );
  }
}

/** The new link is there: the old one goes. An old one that cannot be removed does no harm. */
async function removeOld({ client, terminal }: Session, old: Requisition): Promise<void> {
  try {
    await client.deleteRequisition(old.id);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const removing = command`bankdata disconnect ${typedAs(old)}`;
    note(terminal, joined([line`The old connection could not be removed (${why}): `, removing]));
  }
}

/**
 * What tells accounts apart over a renewal. The currency costs a call that the bank counts, so that for old ones only
 * what is kept is looked at.
 */
async function compared(
  { client }: Session,
  ids: readonly string[],
  askDetails: boolean,
): Promise<ComparedAccount[]> {
  return await Promise.all(
    ids.map(async (id) => {
      const account = await client.getAccount(id).catch(() => undefined);
      const details = await client
        .getAccountDetails(id, { onlyIfCached: !askDetails })
        .catch(() => undefined);
      return {
        id,
        iban: account?.iban ?? details?.account.iban ?? null,
        currency: details?.account.currency ?? null,
        name: details?.account.name ?? account?.name ?? null,
      };
    }),
  );
}

function tell(
  { terminal, options }: Session,
  bank: Institution,
  agreement: EndUserAgreement,
  linked: Requisition,
  accounts: readonly (ComparedAccount & { name?: string | null })[],
  succession: Succession | undefined,
): void {
  const item = {
    ...linked,
    bank: bank.name,
    gained: accounts,
    ...(succession === undefined ? {} : { succession }),
  };
  printOne(terminal, options, item, () => {
    const days = agreement.access_valid_for_days ?? 90;
    const what = line` ${bank.name} is connected for ${counted(days, "day")}: ${counted(accounts.length, "account")}.`;
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
      accounts.map(({ id, iban, currency, name }) => row(name, iban, currency, id)),
    );
    for (const { from, to } of succession?.renamed ?? []) note(terminal, line`${from} is now ${to}.`);
    if ((succession?.renamed.length ?? 0) > 0)
      note(terminal, line`Where your configuration names an old id, write the new one.`);
    for (const id of succession?.gone ?? []) note(terminal, line`${id} has no successor.`);
    note(
      terminal,
      line`Its reference is ${linked.reference ?? linked.id}. See: bankdata balances${options.sandbox ? " --sandbox" : ""}`,
    );
  });
}
