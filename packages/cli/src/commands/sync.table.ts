import type { AccountReport, SyncReason } from "bankdata-archive";
import { accountName } from "../accounts/connected-accounts.ts";
import { formatAge, formatDuration } from "../ui/format.ts";
import { printTable } from "../ui/output.ts";
import { line, type Printable } from "../ui/printable.ts";
import { type Cell, row } from "../ui/table.ts";
import type { Terminal } from "../ui/terminal.ts";
import type { ReportedAccount } from "./sync.items.ts";

/** Why an account was not asked, in words. */
const REASONS: Readonly<Record<SyncReason, Printable>> = {
  early: line`not due yet`,
  spent: line`calls used up`,
  consentEnded: line`consent ended`,
  suspended: line`suspended`,
  noAccess: line`no access`,
  notReady: line`being prepared`,
  otherHandle: line`same account`,
};

/** Prints what a sync did, one account a row. @param now in milliseconds since 1970 */
export function printReports(terminal: Terminal, all: readonly ReportedAccount[], now: number): void {
  printTable(
    terminal,
    [
      { title: line`Account`, flexible: true, least: 12, keepsEnd: true },
      { title: line`Status` },
      { title: line`New`, align: "right" },
      { title: line`Booked`, align: "right" },
      { title: line`Changed`, align: "right", drop: 4 },
      { title: line`Gone`, align: "right", drop: 3 },
      { title: line`Uncertain`, align: "right", drop: 5 },
      { title: line`As of`, drop: 2 },
      { title: line`Asks for`, flexible: true, least: 16 },
      { title: line`Next`, drop: 6 },
      { title: line`Days left`, align: "right", drop: 1 },
    ],
    all.map(({ account, report, daysLeft }) =>
      row(
        accountName(account),
        statusOf(report),
        count(report.added),
        count(report.booked),
        count(report.changed),
        count(report.vanished + report.retracted),
        count(report.uncertain),
        report.asOf === null ? "" : formatAge(report.asOf.getTime(), now),
        askedOf(report),
        nextOf(report, now),
        daysLeft?.toString(),
      ),
    ),
  );
}

function statusOf({ outcome, reason }: AccountReport): Cell {
  if (outcome === "failed") return { text: line`failed`, style: "red" };
  if (outcome === "synced") return { text: line`read`, style: "green" };
  if (outcome === "due") return { text: line`due` };
  return { text: reason === null ? line`` : REASONS[reason], style: "dim" };
}

/** Nothing is easier to overlook than a zero. */
function count(number: number): string {
  return number === 0 ? "" : String(number);
}

function nextOf({ nextCallAt }: AccountReport, now: number): string {
  if (nextCallAt === null) return "";
  const wait = nextCallAt.getTime() - now;
  return wait <= 0 ? "now" : `in ${formatDuration(wait)}`;
}

/** What a dry run would ask for: "all history, balances, details". */
function askedOf({ outcome, asked, range }: AccountReport): string {
  if (outcome !== "due") return "";
  const { days, from } = range ?? {};
  const transactions =
    from !== undefined ? `since ${from}` : days !== undefined ? `${days} days` : "all history";
  return [...(range === null ? [] : [transactions]), ...asked.filter((kind) => kind !== "transactions")].join(
    ", ",
  );
}
