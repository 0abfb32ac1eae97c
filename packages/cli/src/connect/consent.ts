import { randomBytes } from "node:crypto";
import type { Bank, BegunConnection, Connection } from "bankdata-core/bank";
import {
  type ConnectedBank,
  type ConsentWay,
  connectBank,
  type RenewedConnection,
  renewConnection,
} from "bankdata-core/connect";
import type { Session } from "../session/session.ts";
import { connectionInWords } from "../ui/connection-words.ts";
import { EXIT } from "../ui/exit.ts";
import { CommandFailure } from "../ui/failure.ts";
import { localDate } from "../ui/format.ts";
import { openBrowser } from "../ui/open-browser.ts";
import { note } from "../ui/output.ts";
import { line, printable } from "../ui/printable.ts";
import type { Stopping } from "../ui/stop-signals.ts";
import { isAttended, styled } from "../ui/terminal.ts";
import { sshHint } from "./over-ssh.ts";
import { startReturnListener } from "./return-listener.ts";
import { Steps } from "./steps.ts";

/** What to ask the bank for, and how to open its link. */
export interface ConnectWish {
  /** Days of history. @default the most that the bank allows */
  days?: number | undefined;
  /** Days of access. @default the most that the bank allows */
  access?: number | undefined;
  /** How long to wait for the person, in milliseconds. @default 45 minutes */
  timeout?: number | undefined;
  /** Whether to open the link in a browser. It is shown in any case. */
  browser: boolean;
}

/**
 * Connects a bank, or renews the connection `old`: shows the link to the person at the terminal, and waits for their
 * browser to come back. Until they have agreed, a signal to end removes the new connection, and a note says so.
 *
 * @throws as `obtainConsent` does, after it removed the new connection; UnfinishedConnectionError if it could not
 */
export async function connectByLink(
  session: Session,
  bank: Bank,
  { days, access, timeout, browser }: ConnectWish,
  old: Connection | undefined,
): Promise<ConnectedBank | RenewedConnection> {
  const { provider, terminal, now, stopSignals } = session;
  noteSnapshots(session, bank, days);
  await using listener = await startReturnListener();
  await using steps = new Steps(terminal);
  using stopping = stopSignals.instead(
    new CommandFailure(line`Stopped before the bank was connected.`, EXIT.failed),
    terminal.err,
  );
  let isRemoved = false;
  const way: ConsentWay = {
    ...stepsOf(session, bank, { steps, stopping, browser }),
    returned: listener.waitFor,
    maxWait: timeout,
    removed: () => {
      isRemoved = true;
    },
  };
  const reference = referenceFor(bank, now());
  const wish = { returnTo: listener.redirect, reference, historyDays: days, consentDays: access };
  try {
    steps.begin(line`Preparing the link`);
    return old === undefined
      ? await connectBank(provider, bank, wish, way)
      : await renewConnection(provider, old, bank, { wish, way });
  } catch (error) {
    await steps.end();
    if (isRemoved) note(terminal, line`Nothing was left half-done.`);
    throw error;
  }
}

/** Notes if a bank offers a long history and future entries, but not both in one consent. */
function noteSnapshots({ provider, terminal }: Session, bank: Bank, days: number | undefined): void {
  const { historyDays, continuousHistoryDays } = provider.limitsOf(bank);
  if (continuousHistoryDays === null) return;
  if ((days ?? 0) > continuousHistoryDays) {
    note(
      terminal,
      line`${bank.name} offers more than ${continuousHistoryDays} days only as a snapshot: connect it a second time, without --days, for future entries.`,
    );
  } else if (historyDays !== null) {
    note(
      terminal,
      line`${bank.name} offers up to ${historyDays} days of history, but more than ${continuousHistoryDays} only as a snapshot in a second consent (--days ${historyDays}).`,
    );
  }
}

/** A name that a person can type again: the bank, the day, and some letters so that it is unique. */
function referenceFor({ id }: Bank, now: number): string {
  const bank = id.split("_").slice(0, -1).join("-") || id;
  return `${bank.toLowerCase()}-${localDate(now)}-${randomBytes(3).toString("hex")}`;
}

/** The parts of a `ConsentWay` that use the terminal: what the person sees, and the signal that stops it. */
function stepsOf(
  session: Session,
  bank: Bank,
  { steps, stopping, browser }: { steps: Steps; stopping: Stopping; browser: boolean },
): Pick<ConsentWay, "show" | "progress" | "signal"> {
  stopping.signal.addEventListener("abort", () => void steps.end(), { once: true });
  return {
    signal: stopping.signal,
    show: async (begun) => {
      await steps.end();
      await showLink(session, bank, begun, browser);
      steps.begin(line`Waiting for ${bank.name} (press Ctrl-C to stop)`);
    },
    progress: (connection) => {
      if (connection?.state === "active") {
        // From here on there is nothing to remove: a signal ends the session, as it does in every command.
        stopping[Symbol.dispose]();
        steps.begin(line`Reading the accounts`);
      } else if (connection !== undefined) steps.detail(connectionInWords(connection, session.now()));
      else if (session.provider.capabilities.polls) steps.detail(line`no response, still trying`);
    },
  };
}

/** The longest link that is shown whole, in UTF-16 units: a truncated one could not be opened. */
const LONGEST_LINK = 8000;

async function showLink(
  { terminal }: Session,
  bank: Bank,
  { url }: BegunConnection,
  browser: boolean,
): Promise<void> {
  if (terminal.err.form.json === true) terminal.err.json({ link: url });
  else {
    terminal.err.line(line`Open this link, log in at ${bank.name} and agree:`);
    terminal.err.line();
    terminal.err.line(line`  `, styled("bold", printable(url, LONGEST_LINK)));
    terminal.err.line();
  }
  const hint = sshHint(url, process.env);
  if (hint !== undefined) note(terminal, hint);
  if (!browser || !isAttended(terminal)) return;
  const opened = await openBrowser(url, { platform: process.platform, env: process.env });
  note(
    terminal,
    opened ? line`Opening it in your browser.` : line`No browser could be opened: open the link yourself.`,
  );
}
