import type { SandboxAccount } from "./account.ts";
import { type BankEvent, LONGEST_LATE, LONGEST_PENDING } from "./event.ts";
import { eventsOn } from "./events.ts";
import { longestPending } from "./fates.ts";
import { scaled } from "./money.ts";

/*
 * Sums of events in the currency's smallest unit, without building any texts and without the transfers at the end of the
 * month.
 */

/**
 * The sum of what has a booking date from `first` to `last` and is shown at the end of the day `seen`, without what is taken
 * back by then.
 */
export function bookedSum(account: SandboxAccount, first: number, last: number, seen: number): bigint {
  let cents = 0;
  for (let day = first - LONGEST_PENDING; day <= last; day += 1) {
    for (const event of eventsOn(account, day)) {
      const booked = day + event.delay;
      if (!event.vanishes && booked >= first && booked <= last && isShown(event, booked, seen))
        cents += event.cents;
    }
  }
  return scaled(account, cents);
}

function isShown({ late, takenBackAfter }: BankEvent, booked: number, seen: number): boolean {
  const shown = booked + late;
  return shown <= seen && (takenBackAfter === undefined || shown + takenBackAfter > seen);
}

/**
 * The sum of what is booked before a month and not shown yet at the end of a day, although the opening balance of the
 * month includes it.
 */
export function lateSum(account: SandboxAccount, month: number, seen: number): bigint {
  if (!account.historyQuirks.includes("lateArrivals")) return 0n;
  const first = month - LONGEST_LATE;
  return (
    bookedSum(account, first, month - 1, month + LONGEST_LATE) - bookedSum(account, first, month - 1, seen)
  );
}

/**
 * The sum of what the booked balance may include in the days from `first` to `last` besides what stays booked: what the
 * bank lists as booked although it is only reserved, and what it takes back.
 */
export function passingSum(account: SandboxAccount, first: number, last: number): bigint {
  const { historyQuirks } = account;
  if (!historyQuirks.includes("bookedHolds") && !historyQuirks.includes("takenBack")) return 0n;
  let cents = 0;
  for (let day = first - LONGEST_PENDING; day <= last; day += 1) {
    for (const { held = false, takenBackAfter, cents: booked, pendingCents } of eventsOn(account, day)) {
      if (held) cents += pendingCents;
      if (takenBackAfter !== undefined) cents += booked;
    }
  }
  return scaled(account, cents);
}

/** The sum of what is pending at the end of a day, as the bank reports it. */
export function pendingSum(account: SandboxAccount, today: number): bigint {
  return sumWhilePending(account, today, false);
}

/** The sum of what the bank lists as booked at the end of a day although it is still pending. */
export function heldSum(account: SandboxAccount, today: number): bigint {
  return account.historyQuirks.includes("bookedHolds") ? sumWhilePending(account, today, true) : 0n;
}

function sumWhilePending(account: SandboxAccount, today: number, held: boolean): bigint {
  let cents = 0;
  for (let day = today - longestPending(account); day <= today; day += 1) {
    for (const event of eventsOn(account, day)) {
      const isPending = day + event.delay > today && event.takenBackAfter === undefined;
      if (isPending && (event.held ?? false) === held) cents += event.pendingCents;
    }
  }
  return scaled(account, cents);
}
