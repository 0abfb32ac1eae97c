import type { DataKind, Origin } from "bankdata-core/bank";
import type { Session } from "../session/session.ts";
import { counted, formatAge } from "../ui/format.ts";
import { isForProgram, note } from "../ui/output.ts";
import { line, type Printable } from "../ui/printable.ts";
import { accountName, type ReachableAccount } from "./connected-accounts.ts";
import type { ReadAccount } from "./each-account.ts";

/** Notes how old the data is, and how many calls are left today, unless the output is for a program. */
export async function noteFreshness(
  { provider, terminal, options, now }: Session,
  read: readonly ReadAccount<Origin>[],
  dataKind: DataKind,
): Promise<void> {
  if (isForProgram(options) || read.length === 0) return;
  const oldest = read.reduce((time, { reading }) => Math.min(time, reading.asOf.getTime()), now());
  const left = await Promise.all(
    read.map(async ({ account }) => ({ account, ...(await provider.callsLeft(account))[dataKind] })),
  );
  note(terminal, line`As of ${formatAge(oldest, now())}. Calls left today: ${leftInWords(left)}.`);
}

/** The calls left of each account in one sentence, however many accounts there are. */
function leftInWords(
  all: readonly { account: ReachableAccount; remaining: number; limit: number }[],
): Printable {
  const [first, ...others] = all.toSorted((a, b) => a.remaining - b.remaining);
  if (first === undefined) return line`unknown`;
  const least = line`${first.remaining} of ${first.limit}`;
  if (others.length === 0) return least;
  const isSame = others.every(
    ({ remaining, limit }) => remaining === first.remaining && limit === first.limit,
  );
  const accounts = counted(all.length, "account");
  if (isSame) return line`${least} for each of ${accounts}`;
  const most = others.at(-1) ?? first;
  return line`up to ${most.remaining} of ${most.limit} for ${accounts}; least: ${accountName(first.account)} ${least}`;
}
