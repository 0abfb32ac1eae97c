import type { SandboxAccount } from "./account.ts";
import { monthStart, nextMonthStart } from "./day.ts";
import { LONGEST_LATE, LONGEST_PENDING } from "./events.ts";
import { monthEndOf, monthEndSum, openingOf } from "./month-end.ts";
import { type Movement, movementsOn } from "./movement.ts";
import { bookedSum } from "./sums.ts";

/**
 * All movements with a booking date from `first` to `last`, oldest first. Includes what is booked at the end of a month,
 * and late movements even if they are not shown yet.
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
  booked.sort((a, b) => a.bookedDay - b.bookedDay);
  if (account.quirks.includes("runningBalance")) addRunningBalance(account, booked, first);
  return booked;
}

/** Adds the balance after each movement, to all movements that are booked from a day on. */
function addRunningBalance(account: SandboxAccount, booked: readonly Movement[], first: number): void {
  let balance = first === monthStart(first) ? openingOf(account, first) : bookedBalance(account, first - 1);
  for (const movement of booked) {
    balance += movement.minor;
    movement.balanceAfter = balance;
  }
}

/** The movements that are pending at the end of a day. */
export function pendingOn(account: SandboxAccount, today: number): Movement[] {
  const pending: Movement[] = [];
  for (let day = today - LONGEST_PENDING; day <= today; day += 1) {
    pending.push(...movementsOn(account, day).filter((movement) => isPendingOn(movement, today)));
  }
  return pending;
}

/** A movement is pending until it is booked or released. A late one is then not shown at all until it arrives. */
function isPendingOn(movement: Movement, today: number): boolean {
  return movement.day <= today && movement.bookedDay > today;
}

/** The balance of what is booked and shown at the end of a day, in the currency's smallest unit. */
export function bookedBalance(account: SandboxAccount, day: number): bigint {
  const month = monthStart(day);
  const arrivesLate = account.historyQuirks.includes("lateArrivals");
  const missing = arrivesLate ? lateSum(account, month, day) : 0n;
  return (
    openingOf(account, month) + bookedSum(account, month, day, day) + monthEndSum(account, day) - missing
  );
}

/** The sum of the previous month's late entries that are not shown yet, although the opening balance includes them. */
function lateSum(account: SandboxAccount, month: number, day: number): bigint {
  const first = month - LONGEST_LATE;
  return (
    bookedSum(account, first, month - 1, month + LONGEST_LATE) - bookedSum(account, first, month - 1, day)
  );
}

/** The amount that a bank reports, in the smallest unit. While pending it may differ from what is booked later. */
export function reportedMinor(movement: Movement, status: "booked" | "pending"): bigint {
  return status === "pending" ? (movement.whilePending?.minor ?? movement.minor) : movement.minor;
}
