import type { SandboxAccount } from "./account.ts";
import { monthStart, nextMonthStart } from "./day.ts";
import { LONGEST_PENDING } from "./event.ts";
import { longestPending } from "./fates.ts";
import { monthEndOf, monthEndSum, openingOf } from "./month-end.ts";
import { type Movement, movementsOn } from "./movement.ts";
import { bookedSum, heldSum, lateSum } from "./sums.ts";

/**
 * All movements with a first booking date from `first` to `last`, oldest first. Includes what is booked at the end of a
 * month, late movements even if they are not shown yet, and what is taken back later.
 */
export function bookedBetween(account: SandboxAccount, first: number, last: number): Movement[] {
  const booked: Movement[] = [];
  for (let day = first - LONGEST_PENDING; day <= last; day += 1) {
    for (const movement of movementsOn(account, day)) {
      if (!movement.vanishes && movement.bookedDay >= first && movement.bookedDay <= last)
        booked.push(movement);
    }
  }
  for (let month = monthStart(first); month <= last; month = nextMonthStart(month)) {
    const end = nextMonthStart(month) - 1;
    if (end >= first && end <= last) booked.push(...monthEndOf(account, month));
  }
  return booked.sort((a, b) => a.bookedDay - b.bookedDay);
}

/** The movements that are pending at the end of a day, also those that the bank lists as booked. */
export function pendingOn(account: SandboxAccount, today: number): Movement[] {
  const lingers = account.quirks.includes("lingeringPending");
  const pending: Movement[] = [];
  for (let day = today - longestPending(account); day <= today; day += 1) {
    pending.push(...movementsOn(account, day).filter((movement) => isPendingOn(movement, today, lingers)));
  }
  return pending;
}

/**
 * A movement is pending until it is booked or released. A late one is then not shown at all until it arrives. At a bank
 * where pending entries linger, every other one is still shown on its booking date, beside its booked form.
 */
function isPendingOn(movement: Movement, today: number, lingers: boolean): boolean {
  const { day, bookedDay, shownDay, held, vanishes, takenBackDay } = movement;
  if (day > today || takenBackDay !== undefined) return false;
  if (bookedDay > today) return true;
  const arrives = bookedDay === today && shownDay === today && bookedDay > day;
  return lingers && arrives && !vanishes && !held && (day + bookedDay) % 2 === 0;
}

/** The balance of what is booked and shown at the end of a day, in the currency's smallest unit. */
export function bookedBalance(account: SandboxAccount, day: number): bigint {
  const month = monthStart(day);
  return (
    openingOf(account, month) +
    bookedSum(account, month, day, day) +
    heldSum(account, day) +
    monthEndSum(account, day) -
    lateSum(account, month, day)
  );
}
