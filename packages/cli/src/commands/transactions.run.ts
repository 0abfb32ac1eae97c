import type { ReadOptions } from "../accounts/account-options.ts";
import { accountName, chosenAccounts } from "../accounts/connected-accounts.ts";
import { readEach } from "../accounts/each-account.ts";
import { noteFreshness } from "../accounts/freshness.ts";
import { accountFields, originFields } from "../accounts/item-fields.ts";
import type { Session } from "../session/session.ts";
import { isForProgram, money, note, printList, printTable } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { row } from "../ui/table.ts";
import { noteUnreadable } from "../ui/unreadable.ts";
import {
  entryDate,
  entryText,
  isStatusWanted,
  isWithin,
  mentions,
  rangeOf,
  type TransactionQuery,
} from "./transactions.query.ts";

/** Shows the transactions of one account or all, the newest first. @returns the exit code */
export async function transactions(
  session: Session,
  name: string | undefined,
  wanted: TransactionQuery & ReadOptions,
): Promise<number> {
  const { client, terminal, options } = session;
  const range = rangeOf(wanted, session.now());
  const chosen = await chosenAccounts(session, name);
  const { read, exitCode } = await readEach(session, chosen, "transactions", ({ id }) =>
    client.withMeta.getAccountTransactions(id, {
      ...range.requested,
      refresh: wanted.refresh,
      force: wanted.force,
    }),
  );
  const entries = read
    .flatMap(({ account, value, meta }) =>
      (["pending", "booked"] as const)
        .filter((status) => isStatusWanted(status, wanted))
        .flatMap((status) => value.transactions[status].map((entry) => ({ account, meta, status, entry }))),
    )
    .filter(({ entry }) => isWithin(entry, range.from, range.to))
    .filter(({ entry }) => wanted.search === undefined || mentions(entry, wanted.search))
    .sort((a, b) => (entryDate(b.entry) ?? "").localeCompare(entryDate(a.entry) ?? ""));
  const items = entries.map(({ account, meta, status, entry }) => ({
    ...entry,
    status,
    ...accountFields(account),
    ...originFields(meta),
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
          entryDate(entry),
          ...(read.length > 1 ? [accountName(account)] : []),
          entry.creditorName ?? entry.debtorName,
          entryText(entry),
          money(entry.transactionAmount.amount),
          entry.transactionAmount.currency,
          status === "pending" ? "pending" : "",
        ),
      ),
    ),
  );
  const unreadable = read.reduce((sum, { value }) => sum + value.transactions.unreadable.length, 0);
  const code = noteUnreadable(terminal, unreadable, ["entry", "entries"], exitCode);
  if (entries.length === 0 && !isForProgram(options)) note(terminal, line`No matching transactions.`);
  await noteFreshness(session, read, "transactions");
  return code;
}
