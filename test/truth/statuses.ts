import type { ArchivedTransaction } from "../../packages/archive/src/index.ts";
import type { TrueTransaction } from "../../packages/sandbox/src/index.ts";

/** A true entry, and the transaction that holds its last booked row, or its last pending one if it has no other. */
export interface HeldEntry {
  readonly entry: TrueTransaction;
  readonly transaction: ArchivedTransaction;
  /** When its account was asked after the last time it was shown. */
  readonly askedAfter: readonly Date[];
}

type Status = ArchivedTransaction["status"];

const DAY = 86_400_000;
/** After how many days a pending entry that is not shown any more has vanished for sure. */
const SURELY_VANISHED = 16;
/** How many responses without a booked entry show for sure that the bank has taken it back. */
const SURELY_RETRACTED = 3;
/** The days after the end of an entry in which every response would still show it. */
const SURELY_SHOWN = 20;

/** The entries whose transaction has a status that the truth contradicts, as sentences. */
export function misstatedEntries(held: readonly HeldEntry[]): string[] {
  return held.flatMap((one) => {
    // Of entries that nobody can tell apart, either may be the one that has vanished.
    if (isExchangeable(one.entry)) return [];
    const possible = possibleStatuses(one);
    const { id, status } = one.transaction;
    return possible.includes(status)
      ? []
      : [`${id} is ${status} although entry ${one.entry.id} is ${possible.join(" or ")}`];
  });
}

function isExchangeable({ indistinguishableFrom, observed }: TrueTransaction): boolean {
  return (
    indistinguishableFrom.length > 0 ||
    observed.some((form) => form.indistinguishableFrom.length + form.mayContinue.length > 0)
  );
}

function possibleStatuses({ entry, askedAfter }: HeldEntry): readonly Status[] {
  const { observed, retractedOn, vanishedOn } = entry;
  if (observed.some(({ status }) => status === "booked")) {
    if (retractedOn === null) return ["booked"];
    const end = Date.parse(retractedOn);
    const without = askedAfter.filter(
      (date) => date.getTime() > end + DAY && date.getTime() < end + SURELY_SHOWN * DAY,
    );
    return without.length >= SURELY_RETRACTED ? ["retracted"] : ["booked", "retracted"];
  }
  const last = askedAfter.at(-1)?.getTime();
  if (last === undefined) return ["pending"];
  const isGone = vanishedOn !== null && last > Date.parse(vanishedOn) + SURELY_VANISHED * DAY;
  return isGone ? ["vanished"] : ["pending", "vanished"];
}
