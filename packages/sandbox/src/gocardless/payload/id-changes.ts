/** When an entry gets its ids, and when its ids and texts change, at banks where that depends on the day. */
import { DAY } from "../../banks/day.ts";
import type { SandboxAccount } from "../../banks/index.ts";
import type { Movement } from "../../banks/movement.ts";
import type { Viewpoint } from "../../banks/shown.ts";

const dayOf = ({ at }: Viewpoint) => Math.floor(at.getTime() / DAY);

/** At a bank whose ids are late, an entry has them from the day after it was first shown. */
export function hasIds({ shownDay }: Movement, view: Viewpoint): boolean {
  return dayOf(view) > shownDay;
}

/** If the entries of a bank settle, text and ids are final from three days after an entry was first shown. */
export function isSettled({ shownDay }: Movement, view: Viewpoint): boolean {
  return dayOf(view) >= shownDay + 3;
}

/** The number of the period of 180 days within which a bank keeps all internal ids. */
export function idPeriod({ seed }: SandboxAccount, view: Viewpoint): number {
  return Math.floor((dayOf(view) + (seed % 180)) / 180);
}
