import { chosenAccounts } from "../accounts/chosen-accounts.ts";
import { accountName } from "../accounts/connected-accounts.ts";
import { readEach } from "../accounts/each-account.ts";
import { accountMembers, itemsOf } from "../accounts/items.ts";
import type { Session } from "../session/session.ts";
import { formatMoment } from "../ui/format.ts";
import { note, printList, printTable } from "../ui/output.ts";
import { line, type Printable } from "../ui/printable.ts";
import { grouped, row } from "../ui/table.ts";

/** A moment without how long it is until then. */
function withoutWait(moment: Printable): Printable {
  return line`${moment.replace(/ \(.*$/, "")}`;
}

/** Shows how many calls each account has left today. Makes no call that the bank counts. @returns the exit code */
export async function quota(session: Session, name: string | undefined): Promise<number> {
  const { provider, terminal, options, now } = session;
  const chosen = await chosenAccounts(session, name);
  const { results, read, exitCode } = await readEach(session, chosen, "calls left", (account) =>
    provider.callsLeft(account),
  );
  const items = results.flatMap((result) =>
    itemsOf(result, options, ({ account, reading }) =>
      Object.entries(reading).map(([dataKind, { limit, remaining, resetAt, lastCallAt }]) => ({
        ...accountMembers(account),
        ...{ dataKind, limit, remaining, resetAt, lastCallAt },
      })),
    ),
  );
  printList(terminal, options, items, () => {
    printTable(
      terminal,
      [
        { title: line`Account`, flexible: true, least: 12, keepsEnd: true },
        { title: line`Kind` },
        { title: line`Left`, align: "right" },
        { title: line`Of`, align: "right" },
        { title: line`Next call`, short: withoutWait, drop: 1 },
      ],
      read.flatMap(({ account, reading }) =>
        Object.entries(reading).map(([dataKind, { remaining, limit, resetAt }], at) =>
          row(
            grouped(accountName(account), at === 0),
            dataKind,
            String(remaining),
            String(limit),
            resetAt === null ? "" : formatMoment(resetAt.getTime(), now()),
          ),
        ),
      ),
    );
    note(terminal, line`Banks count successful calls for each account and kind of data within 24 hours.`);
  });
  return exitCode;
}
