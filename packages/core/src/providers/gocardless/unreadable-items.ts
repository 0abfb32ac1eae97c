import type { UnreadableItem } from "../../bank/index.ts";
import type { Unreadable } from "../../schema/list.ts";

/** Unreadable items of the service's lists, in the neutral form. */
export function unreadableItems(
  kind: UnreadableItem["kind"],
  items: readonly Pick<Unreadable, "reason" | "raw">[],
): UnreadableItem[] {
  return items.map(({ reason, raw }) => ({ kind, reason, raw }));
}
