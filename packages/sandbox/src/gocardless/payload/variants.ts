import type { PayloadQuirk, SandboxAccount } from "../../banks/index.ts";
import { hasIds, idPeriod, isSettled } from "./id-changes.ts";
import type { EntryContext } from "./quirks.ts";

/** What a booked entry depends on besides the movement, at a bank with a quirk. */
type Part = (context: EntryContext) => string | number | boolean;

const DEPENDS_ON: { readonly [quirk in PayloadQuirk]?: Part } = {
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
 * Names the variant of a booked entry: two contexts of the same movement and the same variant lead to equal entries.
 * Undefined if no two responses show the same.
 */
export type VariantOf = (context: EntryContext) => string | number | undefined;

/** Names the variants of the entries of an account. */
export function variantsOf({ payloadQuirks }: SandboxAccount): VariantOf {
  if (payloadQuirks.some((quirk) => NEVER_THE_SAME.has(quirk))) return () => undefined;
  const parts = payloadQuirks.flatMap((quirk) => DEPENDS_ON[quirk] ?? []);
  return (context) => {
    const { isHold, bookedDay } = context.shown;
    if (isHold) return undefined;
    if (parts.length === 0) return bookedDay;
    let variant = String(bookedDay);
    for (const part of parts) variant += ` ${part(context)}`;
    return variant;
  };
}
