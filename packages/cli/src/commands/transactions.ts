import type { Transaction } from "bankdata-core";
import { ConfigurationError } from "bankdata-core/base";
import { z } from "zod";
import { chosenAccounts, nameOf } from "../accounts/connected-accounts.ts";
import { readEach } from "../accounts/each-account.ts";
import type { Session } from "../session.ts";
import { isForProgram, money, note, printList, printTable } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { row } from "../ui/table.ts";
import { tellUnreadable } from "../ui/unreadable.ts";
import { type AskingOptions, addedTo, originOf, tellFreshness } from "./accounts.ts";

/** Which transactions are wanted. */
export interface TransactionOptions extends AskingOptions {
  from?: string | undefined;
  to?: string | undefined;
  days?: number | undefined;
  pending?: boolean | undefined;
  booked?: boolean | undefined;
  search?: string | undefined;
}

const DEFAULT_DAYS = 90;

/** Shows the transactions of one account or all, the newest first. @returns the exit code */
export async function transactions(
  session: Session,
  name: string | undefined,
  wanted: TransactionOptions,
): Promise<number> {
  const { client, terminal, options } = session;
  if (wanted.days !== undefined && (wanted.from !== undefined || wanted.to !== undefined)) {
    throw new ConfigurationError("Give either --days, or --from and --to.");
  }
  const range = rangeOf(wanted, session.now());
  const chosen = await chosenAccounts(session, name);
  const { read, exitCode } = await readEach(session, chosen, "transactions", ({ id }) =>
    client.withMeta.getAccountTransactions(id, {
      ...range.asked,
      refresh: wanted.refresh,
      force: wanted.force,
    }),
  );
  const entries = read
    .flatMap(({ account, value, meta }) =>
      (["pending", "booked"] as const)
        .filter((status) => wanted[status] || (!wanted.pending && !wanted.booked))
        .flatMap((status) => value.transactions[status].map((entry) => ({ account, meta, status, entry }))),
    )
    .filter(({ entry }) => isWithin(entry, range.from, range.to))
    .filter(({ entry }) => wanted.search === undefined || mentions(entry, wanted.search))
    .sort((a, b) => (dateOf(b.entry) ?? "").localeCompare(dateOf(a.entry) ?? ""));
  const items = entries.map(({ account, meta, status, entry }) => ({
    ...entry,
    status,
    ...addedTo(account),
    ...originOf(meta),
  }));
  printList(terminal, options, items, () =>
    printTable(
      terminal,
      [
        { title: line`Date` },
        ...(read.length > 1 ? [{ title: line`Account`, flexible: true }] : []),
        { title: line`Who`, flexible: true },
        { title: line`What`, flexible: true },
        { title: line`Amount`, align: "decimal" },
        { title: line`` },
        { title: line`` },
      ],
      entries.map(({ account, status, entry }) =>
        row(
          dateOf(entry),
          ...(read.length > 1 ? [nameOf(account)] : []),
          entry.creditorName ?? entry.debtorName,
          textOf(entry),
          money(entry.transactionAmount.amount),
          entry.transactionAmount.currency,
          status === "pending" ? "pending" : "",
        ),
      ),
    ),
  );
  const unreadable = read.reduce((sum, { value }) => sum + value.transactions.unreadable.length, 0);
  const code = tellUnreadable(terminal, unreadable, ["entry", "entries"], exitCode);
  if (entries.length === 0 && !isForProgram(options)) note(terminal, line`No transaction fits.`);
  await tellFreshness(session, read, "transactions");
  return code;
}

const DAY = 86_400_000;

/**
 * What the service is asked for, and what of it is wanted. Every range within the usual days is cut from one answer, so
 * that looking at yesterday costs no call where the last 90 days are kept.
 */
function rangeOf(wanted: TransactionOptions, now: number) {
  const dayBack = (days: number) => new Date(now - days * DAY).toISOString().slice(0, 10);
  const [dateFrom, dateTo] = [checkedDate(wanted.from), checkedDate(wanted.to)];
  const from = dateFrom ?? (dateTo === undefined ? dayBack(wanted.days ?? DEFAULT_DAYS) : undefined);
  const today = dayBack(0);
  const makesSense = from !== undefined && from <= (dateTo ?? today) && (dateTo ?? today) <= today;
  // What makes no sense is refused where it always is: reversed dates by the client, future ones by the service.
  if (makesSense && from >= dayBack(DEFAULT_DAYS)) {
    return { asked: { daysBack: DEFAULT_DAYS }, from, to: dateTo };
  }
  const asked = wanted.days === undefined ? { dateFrom, dateTo } : { daysBack: wanted.days };
  return { asked, from, to: dateTo };
}

/** Whether either date of an entry is in the range, as the service's own filter has it; without dates it is. */
function isWithin(entry: Transaction, from: string | undefined, to: string | undefined): boolean {
  const dates = [entry.bookingDate, entry.valueDate].flatMap((date) => (date ? [date.slice(0, 10)] : []));
  if (dates.length === 0) return true;
  return dates.some((date) => (from === undefined || date >= from) && (to === undefined || date <= to));
}

const DateText = z.iso.date();

function checkedDate(text: string | undefined): string | undefined {
  if (text === undefined || DateText.safeParse(text).success) return text;
  throw new ConfigurationError(`"${text}" is no date: write it as 2026-01-31.`);
}

function dateOf(entry: Transaction): string | undefined {
  return (entry.bookingDate ?? entry.valueDate ?? entry.bookingDateTime ?? entry.valueDateTime)?.slice(0, 10);
}

/** The text that says most, once: banks put it in different places. */
function textOf(entry: Transaction): string {
  const array = entry.remittanceInformationUnstructuredArray?.join(" ") ?? "";
  const plain = entry.remittanceInformationUnstructured ?? "";
  const unstructured = array.length > plain.length ? array : plain;
  const [text] = [
    unstructured,
    entry.remittanceInformationStructured ?? "",
    entry.remittanceInformationStructuredArray?.join(" ") ?? "",
    entry.additionalInformation ?? "",
  ].filter((one) => one !== "");
  return (text ?? "").replaceAll(/\s+/g, " ");
}

function mentions(entry: Transaction, text: string): boolean {
  const { creditorName, debtorName, transactionAmount } = entry;
  const all = [creditorName, debtorName, textOf(entry), transactionAmount.amount].join(" ");
  return all.toLowerCase().includes(text.toLowerCase());
}
