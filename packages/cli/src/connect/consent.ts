import { randomBytes } from "node:crypto";
import type { EndUserAgreement, Institution, Requisition } from "bankdata-core";
import { ApiError, ConnectionError, InvalidResponseError, TimeoutError } from "bankdata-core/base";
import type { Session } from "../session/session.ts";
import { EXIT } from "../ui/exit.ts";
import { CommandFailure } from "../ui/failure.ts";
import { localDate } from "../ui/format.ts";
import { openBrowser } from "../ui/open-browser.ts";
import { note } from "../ui/output.ts";
import { line, type Printable, printable } from "../ui/printable.ts";
import { withProgress } from "../ui/progress.ts";
import { command } from "../ui/shell-command.ts";
import { isInteractive, styled } from "../ui/terminal.ts";
import { type AgreementWish, agreeOnMost } from "./agreement.ts";
import { returnErrorInWords } from "./return-errors.ts";
import { type ReturnListener, startReturnListener } from "./return-listener.ts";
import { isFinalStatus, statusInWords } from "./status.ts";

/** What is asked of the bank, and how the person gets there. */
export interface ConsentWish extends AgreementWish {
  /** False: the link is only shown. */
  browser: boolean;
}

/** A consent that the person gave. */
export interface Consent {
  agreement: EndUserAgreement;
  linked: Requisition;
}

/** How long an unused link is waited for, as a bank's pages last no longer; in milliseconds. */
const MAX_WAIT = 45 * 60_000;

/** How often the service is asked whether the bank is done, in milliseconds. */
const POLL_INTERVAL = 2000;

/**
 * Begins a connection and waits until the person has agreed at the bank.
 *
 * @throws whatever ends it otherwise; what was begun is removed before
 */
export async function obtainConsent(
  session: Session,
  bank: Institution,
  wish: ConsentWish,
): Promise<Consent> {
  await using listener = await startReturnListener();
  const reason = new CommandFailure(line`Stopped before the bank was connected.`, EXIT.failed);
  using stopping = session.stopSignals.instead(reason);
  const way = { listener, signal: stopping.signal, browser: wish.browser };
  const begun = await begin(session, bank, wish, way);
  return { agreement: begun.agreement, linked: await consented(session, bank, begun, way) };
}

/** How the person gets to the bank, and comes back or cancels. */
interface Way {
  listener: ReturnListener;
  signal: AbortSignal;
  browser: boolean;
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
  wish: ConsentWish,
  { listener: { redirect }, signal }: Way,
): Promise<Begun> {
  const { client, terminal, now } = session;
  signal.throwIfAborted();
  const agreement = await withProgress(terminal, line`Preparing the link`, () =>
    agreeOnMost(session, bank, wish),
  );
  const reference = referenceFor(bank, now());
  try {
    // Even if it is to stop by now: an agreement that nobody accepted is deleted only with its requisition.
    const requisition = await client.createRequisition({
      institution_id: bank.id,
      agreement: agreement.id,
      redirect,
      reference,
    });
    return { agreement, requisition, reference };
  } catch (error) {
    // Otherwise it would stay in the list of agreements for ever.
    await client.deleteAgreement(agreement.id).catch(() => {});
    throw error;
  }
}

/** A name that a person can type again: the bank, the day, and some letters so that it is unique. */
function referenceFor({ id }: Institution, now: number): string {
  const bank = id.split("_").slice(0, -1).join("-") || id;
  return `${bank.toLowerCase()}-${localDate(now)}-${randomBytes(3).toString("hex")}`;
}

/** Shows the link and waits until the person has agreed. If it ends otherwise, what was begun is removed. */
async function consented(session: Session, bank: Institution, begun: Begun, way: Way): Promise<Requisition> {
  const { terminal } = session;
  try {
    way.signal.throwIfAborted();
    await showLink(session, bank, begun, way);
    return await withProgress(terminal, line`Waiting for ${bank.name} (Ctrl-C stops)`, (progress) =>
      waitForConsent(session, begun, way, progress),
    );
  } catch (error) {
    await removeBegun(session, begun, error);
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
    opened ? line`Opening it in your browser.` : line`No browser could be opened: open the link yourself.`,
  );
}

/** Waits until the service says that it is linked: by the browser's return, or by polling. */
async function waitForConsent(
  { client }: Session,
  { requisition, reference }: Begun,
  { listener, signal }: Way,
  progress: (detail: Printable) => void,
): Promise<Requisition> {
  const until = Date.now() + MAX_WAIT;
  let cancelled: Error | undefined;
  const woken = { wake: () => {} };
  listener.waitFor(reference, signal).then(
    (back) => {
      if (back.outcome === "refused") {
        cancelled = new CommandFailure(
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
    const current = await currentRequisition(client, requisition.id, signal);
    progress(current === undefined ? line`no response, still trying` : statusInWords(current.status));
    if (current?.status === "LN") return current;
    if (cancelled !== undefined) throw cancelled;
    if (isFinalStatus(current?.status)) {
      throw new CommandFailure(
        line`The connection is ${statusInWords(current?.status)}.`,
        EXIT.failed,
        line`bankdata connect`,
      );
    }
    if (Date.now() > until)
      throw new CommandFailure(line`The link was not used in time.`, EXIT.failed, line`bankdata connect`);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, POLL_INTERVAL);
      woken.wake = () => {
        clearTimeout(timer);
        resolve();
      };
      signal.addEventListener("abort", woken.wake, { once: true });
    });
  }
}

/** The requisition as it is now; undefined if the service cannot say right now: the person is still at the bank. */
async function currentRequisition(
  client: Session["client"],
  id: string,
  signal: AbortSignal,
): Promise<Requisition | undefined> {
  try {
    return await client.getRequisition(id, { forceRefresh: true, signal });
  } catch (error) {
    signal.throwIfAborted();
    const isTransient =
      error instanceof ConnectionError ||
      error instanceof TimeoutError ||
      error instanceof InvalidResponseError ||
      (error instanceof ApiError && (error.status >= 500 || error.status === 429));
    if (!isTransient) throw error;
    return undefined;
  }
}

/** Deletes what was begun. @throws CommandFailure that says what is left, if that fails */
async function removeBegun(
  { client, terminal }: Session,
  { requisition, reference }: Begun,
  reason: unknown,
): Promise<void> {
  try {
    await client.deleteRequisition(requisition.id);
    note(terminal, line`Nothing was left half-done.`);
  } catch (error) {
    const why =
      error instanceof ApiError ? error.summary : error instanceof Error ? error.message : String(error);
    const cause = reason instanceof Error ? reason.message : String(reason);
    throw new CommandFailure(
      line`${cause} The unfinished connection is still there, as it could not be removed: ${why}`,
      EXIT.failed,
      command`bankdata disconnect ${reference}`,
    );
  }
}
