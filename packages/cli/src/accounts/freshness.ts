import type { DataKind, Origin } from "bankdata-core/bank";
import type { Session } from "../session/session.ts";
import { formatAge } from "../ui/format.ts";
import { isForProgram, note } from "../ui/output.ts";
import { joined, line } from "../ui/printable.ts";
import { accountName } from "./connected-accounts.ts";
import type { ReadAccount } from "./each-account.ts";

/** Notes how old the data is, and how many calls each account has left today, unless the output is for a program. */
export async function noteFreshness(
  { provider, terminal, options, now }: Session,
  read: readonly ReadAccount<Origin>[],
  dataKind: DataKind,
): Promise<void> {
  if (isForProgram(options) || read.length === 0) return;
  const oldest = read.reduce((time, { reading }) => Math.min(time, reading.asOf.getTime()), now());
  const left = await Promise.all(
    read.map(async ({ account }) => {
      const { remaining, limit } = (await provider.callsLeft(account))[dataKind];
      return line`${accountName(account)} ${remaining} of ${limit}`;
    }),
  );
  const asOf = line`As of ${formatAge(oldest, now())}. Calls left today: `;
  note(terminal, joined([asOf, joined(left, line`, `), line`.`]));
}
