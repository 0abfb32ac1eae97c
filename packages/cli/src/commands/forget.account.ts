import { filesOfArchive } from "bankdata-archive";
import { accountName } from "../accounts/connected-accounts.ts";
import {
  type KeptAccount,
  keptAccounts,
  openedArchive,
  requiredKeptAccount,
} from "../archived/kept-accounts.ts";
import { isPostgres } from "../config/index.ts";
import type { ArchiveContext } from "../session/archive-context.ts";
import { CommandFailure } from "../ui/command-failure.ts";
import { EXIT } from "../ui/exit.ts";
import { counted } from "../ui/format.ts";
import { note, printOne, warn } from "../ui/output.ts";
import { joined, line, type Printable, printable } from "../ui/printable.ts";
import { isInteractive, styled } from "../ui/terminal.ts";

/**
 * Removes one account from the archive, after it has said what goes and asked.
 *
 * @returns the exit code
 * @throws CommandFailure if the name means no account or several, or without a confirmation
 */
export async function forgetAccount(
  context: ArchiveContext,
  name: string,
  { confirmed: alreadyConfirmed = false }: { confirmed?: boolean | undefined },
): Promise<number> {
  const { terminal, options, archive: place } = context;
  await using archive = await openedArchive(context);
  const account = requiredKeptAccount(name, await keptAccounts(context, archive));
  let transactions = 0;
  for await (const _ of archive.summaries({ account: account.kept.id })) transactions += 1;
  if (!alreadyConfirmed && !(await isConfirmed(context, account, transactions))) {
    note(terminal, line`Nothing was changed.`);
    return EXIT.done;
  }
  const forgotten = await archive.forgetAccount(account.kept.id);
  const copies = await copiesBeside(place.location);
  printOne(terminal, options, { archiveId: account.kept.id, ...forgotten, copies }, () =>
    terminal.out.line(
      styled("green", line`✓`),
      line` Removed ${accountName(account)} from the archive: ${counted(forgotten.transactions, "transaction")}.`,
    ),
  );
  if (!forgotten.erased)
    warn(terminal, line`What was removed can still be found in the database until it is written anew.`);
  if (copies.length > 0)
    warn(
      terminal,
      joined([
        line`Copies from before a migration still hold it; remove them yourself: `,
        joined(
          copies.map((copy) => printable(copy, copy.length)),
          line`, `,
        ),
      ]),
    );
  return EXIT.done;
}

async function isConfirmed(
  { terminal }: ArchiveContext,
  account: KeptAccount,
  transactions: number,
): Promise<boolean> {
  if (!isInteractive(terminal))
    throw new CommandFailure(
      line`Nothing was removed: no bank can give it to you again, and this needs a confirmation.`,
      EXIT.usage,
      line`Run the same command with --yes.`,
    );
  const { confirmed } = await import("../ui/prompts.ts");
  const since: Printable =
    account.kept.firstDate === null ? line`` : line`, from ${account.kept.firstDate} on`;
  const question = line`Remove ${accountName(account)} from the archive: ${counted(transactions, "transaction")}${since}? No bank can give it to you again.`;
  return await confirmed(terminal, question, { preselected: false });
}

/** The copies of an archive that were made before migrations. */
async function copiesBeside(location: string): Promise<string[]> {
  if (isPostgres(location)) return [];
  const files = (await filesOfArchive(location)) ?? [];
  return files.filter((file) => /\.version-\d+$/.test(file));
}
