import { accountItem } from "../accounts/items.ts";
import { noteArchiveAge } from "../archived/age.ts";
import { keptAccounts, openedArchive } from "../archived/kept-accounts.ts";
import { unreadAccounts } from "../archived/unread-accounts.ts";
import type { ArchiveContext } from "../session/archive-context.ts";
import { EXIT } from "../ui/exit.ts";
import { printList } from "../ui/output.ts";
import { printAccounts } from "./accounts.table.ts";

/** Lists the accounts of the archive, as their providers did last. @returns the exit code; undefined if there is none */
export async function archivedAccounts(context: ArchiveContext): Promise<number | undefined> {
  const { terminal, options, now } = context;
  await using archive = await openedArchive(context);
  const all = await keptAccounts(context, archive);
  // An account that was only made known by hand was never listed by a provider.
  if (all.length === 0 || all.some(({ kept }) => kept.listed === null)) return undefined;
  const listed = [...all, ...(await unreadAccounts(context, archive, all))];
  const items = listed.map((account) => accountItem(account, { now: now(), sandbox: options.sandbox }));
  printList(terminal, options, items, () => printAccounts(terminal, listed, now()));
  noteArchiveAge(context, all, "transactions");
  return EXIT.done;
}
