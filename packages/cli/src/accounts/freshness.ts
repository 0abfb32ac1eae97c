import type { DataKind } from "bankdata-core/limits";
import type { Session } from "../session/session.ts";
import { counted, formatAge } from "../ui/format.ts";
import { isForProgram, note } from "../ui/output.ts";
import { joined, line } from "../ui/printable.ts";
import { accountName, type ConnectedAccount } from "./connected-accounts.ts";

/** Notes how old the data is, and how many calls each account has left today; not for programs. */
export async function noteFreshness(
  { client, terminal, options, now }: Session,
  read: readonly { account: ConnectedAccount; meta: { stale: boolean; createdAt: Date } }[],
  dataKind: DataKind,
): Promise<void> {
  if (isForProgram(options) || read.length === 0) return;
  const oldest = read.reduce((time, { meta }) => Math.min(time, meta.createdAt.getTime()), now());
  const left = await Promise.all(
    read.map(async ({ account }) => {
      const { remaining, limit } = (await client.quota(account.id))[dataKind];
      return line`${accountName(account)} ${remaining} of ${limit}`;
    }),
  );
  const stale = read.filter(({ meta }) => meta.stale).length;
  const old =
    stale === 0 ? "" : ` ${counted(stale, "account")} could not be read: an older response is shown.`;
  const asOf = line`As of ${formatAge(oldest, now())}. Calls left today: `;
  note(terminal, joined([asOf, joined(left, line`, `), line`.${old}`]));
}
