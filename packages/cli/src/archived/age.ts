import { type DataKind, type Origin, stateAt } from "bankdata-core/bank";
import { accountName } from "../accounts/connected-accounts.ts";
import type { ReadAccount } from "../accounts/each-account.ts";
import type { ArchiveContext } from "../session/archive-context.ts";
import { renewCommand, typeableReference } from "../ui/connection-reference.ts";
import { counted, formatAge } from "../ui/format.ts";
import { isForProgram, note } from "../ui/output.ts";
import { joined, line } from "../ui/printable.ts";
import { asTyped } from "../ui/terminal.ts";
import type { KeptAccount } from "./kept-accounts.ts";

/** When the bank said what the archive has of an account last, as a reading tells it; as of now if it was just read. */
export function originOf(
  { kept, handle }: KeptAccount,
  kind: DataKind,
  justRead: readonly ReadAccount<Origin>[] = [],
): Origin {
  const reading = justRead.find(
    ({ account }) =>
      account.handle === handle || kept.handles.some((known) => known.handle === account.handle),
  )?.reading;
  if (reading !== undefined) {
    const { asOf, fromCache, stale, staleReason } = reading;
    return { asOf, fromCache, stale, staleReason };
  }
  return { asOf: new Date(timeOf(kept, kind)), fromCache: true, stale: false, staleReason: null };
}

function timeOf(kept: KeptAccount["kept"], kind: DataKind): number {
  if (kind === "balances") return kept.lastBalancesAt?.getTime() ?? 0;
  return (kind === "details" ? kept.describedAt : kept.lastRun?.observedAt)?.getTime() ?? 0;
}

/** Says how old what the archive shows is, of the account that was read longest ago, and which can be read no more. */
export function noteArchiveAge(
  { terminal, options, now }: ArchiveContext,
  shown: readonly KeptAccount[],
  kind: DataKind,
): void {
  if (isForProgram(options) || shown.length === 0) return;
  const times = shown.map(({ kept }) => timeOf(kept, kind)).toSorted((a, b) => a - b);
  const [oldest = 0, newest = 0] = [times[0], times.at(-1)];
  const age = formatAge(oldest, now());
  const isSame = age === formatAge(newest, now());
  const since = isSame ? line`As of ${age}` : line`As of ${formatAge(newest, now())}, the oldest ${age}`;
  note(terminal, line`${since}, from the archive. Newer: `, asTyped(line`bankdata sync`, options));
  const ended = shown.filter(
    ({ connection }) => connection.id !== "" && stateAt(connection, now()) === "expired",
  );
  const [first] = ended;
  if (first === undefined) return;
  const who = ended.length > 1 ? counted(ended.length, "account") : accountName(first);
  const renewing = asTyped(renewCommand(typeableReference(first.connection)), options);
  note(terminal, joined([line`The consent for ${who} has ended. Renew the connection: `]), renewing);
}
