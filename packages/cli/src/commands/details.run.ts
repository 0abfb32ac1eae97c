import { isRecord } from "bankdata-core/base";
import { isLive, type ReadOptions } from "../accounts/account-options.ts";
import { chosenAccounts, pickedAccount } from "../accounts/chosen-accounts.ts";
import { readEach } from "../accounts/each-account.ts";
import { noteFreshness } from "../accounts/freshness.ts";
import { detailsItem, failedDetailsItem } from "../accounts/items.ts";
import { reportStale } from "../accounts/staleness.ts";
import type { Session } from "../session/session.ts";
import { EXIT } from "../ui/exit.ts";
import { printOne, printTable } from "../ui/output.ts";
import { line } from "../ui/printable.ts";
import { row } from "../ui/table.ts";

/** Shows what the bank says about an account. @returns the exit code */
export async function details(
  session: Session,
  name: string | undefined,
  wanted: ReadOptions,
): Promise<number> {
  const { provider, terminal, options, now } = session;
  const chosen =
    name === undefined
      ? { accounts: [await pickedAccount(session)], exitCode: EXIT.done }
      : await chosenAccounts(session, name);
  const { read, failed, exitCode } = await readEach(session, chosen, "details", (account) =>
    provider.details(account, { refresh: isLive(wanted), force: wanted.force }),
  );
  const context = { now: now(), sandbox: options.sandbox };
  for (const { account: listed, reading } of read) {
    const account = { ...listed, ...reading.account };
    printOne(terminal, options, detailsItem(account, reading, context), () =>
      printTable(
        terminal,
        [{ title: line`Field` }, { title: line`Value`, flexible: true }],
        fieldsOf(account.raw)
          .filter(([, value]) => value !== null && value !== undefined)
          .map(([field, value]) => row(field, typeof value === "string" ? value : JSON.stringify(value))),
      ),
    );
  }
  // If the output is for a person, `readEach` has thrown.
  for (const { account, error } of failed)
    printOne(terminal, options, failedDetailsItem(account, error, context), () => {});
  await noteFreshness(session, read, "details");
  return reportStale(session, read, wanted, exitCode);
}

/** What the bank itself sent about an account. A provider that adds to it keeps it apart as `details`. */
function fieldsOf(raw: unknown): [string, unknown][] {
  if (!isRecord(raw)) return [];
  const details = "details" in raw ? raw["details"] : raw;
  return isRecord(details) ? Object.entries(details) : [];
}
