import type { SandboxAccount } from "./account.ts";
import { eventsOn, LONGEST_PENDING } from "./events.ts";
import { scaled } from "./money.ts";

/*
 * Sums of events in the currency's smallest unit, without building any texts and without the transfers at the end of the
 * month.
 */

/** The sum of what has a booking date from `first` to `last` and is shown by the end of the day `seen`. */
export function bookedSum(account: SandboxAccount, first: number, last: number, seen: number): bigint {
  let cents = 0;
  for (let day = first - LONGEST_PENDING; day <= last; day += 1) {
    for (const event of eventsOn(account, day)) {
      const booked = day + event.delay;
      if (!event.vanishes && booked >= first && booked <= last && booked + event.late <= seen)
        cents += event.cents;
    }
  }
  return scaled(account, cents);
}

/** The sum of what is pending at the end of a day, as the bank reports it. */
export function pendingSum(account: SandboxAccount, today: number): bigint {
  let cents = 0;
  for (let day = today - LONGEST_PENDING; day <= today; day += 1) {
    for (const event of eventsOn(account, day)) {
      if (day + event.delay > today) cents += event.pendingCents;
    }
  }
  return scaled(account, cents);
}
