import type { SandboxAccount } from "./account.ts";
import { bookedBetween } from "./history.ts";
import { type Movement, movementsOn } from "./movement.ts";

/** The last change of a booked balance. */
interface LastChange {
  /** The day from whose start on the balance is as it is. */
  day: number;
  /** The entry that was booked last; undefined if the bank has taken back all there was, or only lists reservations. */
  booked: Movement | undefined;
}

/** How many days are searched. */
const SEARCHED = 62;

/** The last change of the booked balance until the end of a day; undefined if there was none in the last two months. */
export function lastChangeOf(account: SandboxAccount, today: number): LastChange | undefined {
  const booked = bookedBetween(account, today - SEARCHED, today).filter(({ shownDay }) => shownDay <= today);
  const days = booked.flatMap(({ shownDay, takenBackDay = shownDay }) => [shownDay, takenBackDay]);
  if (account.historyQuirks.includes("bookedHolds")) {
    for (let day = today - SEARCHED; day <= today; day += 1) {
      const held = movementsOn(account, day).filter((movement) => movement.held);
      days.push(...held.flatMap(({ bookedDay }) => [day, bookedDay]));
    }
  }
  const past = days.filter((day) => day <= today);
  if (past.length === 0) return undefined;
  const listed = booked.filter(({ takenBackDay = today + 1 }) => takenBackDay > today);
  const latest = Math.max(...listed.map(({ shownDay }) => shownDay));
  return { day: Math.max(...past), booked: listed.findLast(({ shownDay }) => shownDay === latest) };
}
