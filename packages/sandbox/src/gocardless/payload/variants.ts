import type { PayloadQuirk } from "../../banks/index.ts";
import { type EntryContext, hasIds, idPeriod, isSettled } from "./quirks.ts";

/** What a booked entry depends on besides the movement, at a bank with a quirk. */
const DEPENDS_ON: {
  readonly [quirk in PayloadQuirk]?: (context: EntryContext) => string | number | boolean;
} = {
  runningBalance: ({ shown }) => String(shown.balanceAfter),
  numberedIds: ({ place }) => place?.inDay ?? 0,
  idsFromNewest: ({ place }) => place?.fromNewest ?? 0,
  settlingEntries: ({ movement, view }) => isSettled(movement, view),
  renewedOnReconnection: ({ view }) => view.connection,
  newInternalIds: ({ account, view }) => idPeriod(account, view),
  lateIds: ({ movement, view }) => hasIds(movement, view),
};

/** Quirks that change an entry with each response, so that no variant of it comes again. */
const NEVER_THE_SAME: ReadonlySet<PayloadQuirk> = new Set(["changingIds", "unstableInternalIds"]);

/**
 * The variant of a booked entry: two contexts of the same movement and the same variant lead to equal entries. Undefined
 * if no two responses show the same.
 */
export function variantOf(context: EntryContext): string | undefined {
  const { account, shown } = context;
  if (account.payloadQuirks.some((quirk) => NEVER_THE_SAME.has(quirk)) || shown.isHold) return undefined;
  let variant = String(shown.bookedDay);
  for (const quirk of account.payloadQuirks) {
    const part = DEPENDS_ON[quirk];
    if (part !== undefined) variant += ` ${part(context)}`;
  }
  return variant;
}
