import type { ReadOptions } from "../accounts/account-options.ts";
import { chosenAccounts, pickedAccount } from "../accounts/connected-accounts.ts";
import { readEach } from "../accounts/each-account.ts";
import { noteFreshness } from "../accounts/freshness.ts";
import { accountFields, originFields } from "../accounts/item-fields.ts";
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
  const { client, terminal, options } = session;
  const chosen =
    name === undefined
      ? { accounts: [await pickedAccount(session)], exitCode: EXIT.done }
      : await chosenAccounts(session, name);
  const { read, exitCode } = await readEach(session, chosen, "details", ({ id }) =>
    client.withMeta.getAccountDetails(id, wanted),
  );
  for (const { account, value, meta } of read) {
    const item = { ...value.account, ...accountFields(account), ...originFields(meta) };
    printOne(terminal, options, item, () =>
      printTable(
        terminal,
        [{ title: line`Field` }, { title: line`Value`, flexible: true }],
        Object.entries(value.account)
          .filter(([, text]) => text !== null && text !== undefined)
          .map(([field, text]) => row(field, typeof text === "string" ? text : JSON.stringify(text))),
      ),
    );
  }
  await noteFreshness(session, read, "details");
  return exitCode;
}
