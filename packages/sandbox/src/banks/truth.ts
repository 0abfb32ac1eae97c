import type { SandboxAccount } from "./account.ts";
import { dateAt, dateOfDay, dayNumber } from "./day.ts";
import { bookedBetween, decimal, type Movement, movementsOn } from "./history.ts";
import { bookedEntries, pendingEntries, type Range } from "./payload.ts";
import type { Payload, Viewpoint } from "./quirks.ts";

/** One form in which the bank showed an entry. */
export interface Observation {
  /** The date of the answer in which it was first seen so. */
  on: string;
  status: "booked" | "pending";
  /** As it was sent. */
  payload: Payload;
}

/** What really happened, whatever the bank made of it. Dates are `YYYY-MM-DD`, amounts decimal strings. */
export interface TrueTransaction {
  /** The sandbox's own; no payload need show it. */
  id: string;
  /** The booking day that it bears; null where it was never booked, or is not yet. */
  bookedOn: string | null;
  valueOn: string;
  /** Negative where money left, whatever sign the bank writes. Once booked, what was booked. */
  amount: string;
  currency: string;
  counterparty: string;
  description: string;
  /** The day from which it was pending; null where it was booked at once. */
  pendingFrom: string | null;
  /** The day on which a pending one was given back; null where none was. */
  vanishedOn: string | null;
  /** Every form in which an answer showed it, oldest first; what the next answer repeats is not said again. */
  observed: Observation[];
}

/** An answer that was given: from these, all that was observed is told anew. */
export interface GivenResponse {
  /** Milliseconds since 1970. */
  at: number;
  call: number;
  range: Range;
}

/** All that happened to an account from a day to now, oldest first, with what the answers given so far showed of it. */
export function truthOf(
  account: SandboxAccount,
  from: string,
  now: Date,
  answers: readonly GivenResponse[],
): TrueTransaction[] {
  const today = dayNumber(dateAt(now));
  const first = dayNumber(from);
  const observed = observations(account, answers);
  return movementsBetween(account, first, today).map((movement) =>
    truth(account, movement, today, observed.get(movement.id) ?? []),
  );
}

/** All movements that were done or booked in the range, also those that are never booked. */
function movementsBetween(account: SandboxAccount, first: number, today: number): Movement[] {
  const found = new Map<string, Movement>();
  for (const movement of bookedBetween(account, first, today)) found.set(movement.id, movement);
  for (let day = first; day <= today; day += 1) {
    for (const movement of movementsOn(account, day)) found.set(movement.id, movement);
  }
  return [...found.values()].sort((a, b) => a.day - b.day || a.bookedDay - b.bookedDay);
}

function truth(
  account: SandboxAccount,
  movement: Movement,
  today: number,
  observed: Observation[],
): TrueTransaction {
  const { day, bookedDay, shownDay, valueDay, vanishes, counterparty, description } = movement;
  return {
    id: movement.id,
    bookedOn: vanishes || shownDay > today ? null : dateOfDay(bookedDay),
    valueOn: dateOfDay(valueDay),
    amount: decimal(movement.minor),
    currency: account.currency,
    counterparty,
    description,
    pendingFrom: bookedDay > day ? dateOfDay(day) : null,
    vanishedOn: vanishes && bookedDay <= today ? dateOfDay(bookedDay) : null,
    observed,
  };
}

function observations(
  account: SandboxAccount,
  answers: readonly GivenResponse[],
): Map<string, Observation[]> {
  const observed = new Map<string, Observation[]>();
  const last = new Map<string, string>();
  const note = (id: string, on: string, status: Observation["status"], payload: Payload) => {
    const form = `${status} ${JSON.stringify(payload)}`;
    if (last.get(id) === form) return;
    last.set(id, form);
    observed.set(id, [...(observed.get(id) ?? []), { on, status, payload }]);
  };
  for (const { at, call, range } of answers) {
    const view: Viewpoint = { at: new Date(at), call };
    const on = dateAt(view.at);
    for (const entries of bookedEntries(account, view, range)) {
      for (const { movement, payload } of entries) note(movement.id, on, "booked", payload);
    }
    if (account.quirks.includes("missingPending")) continue;
    for (const { movement, payload } of pendingEntries(account, view, range)) {
      note(movement.id, on, "pending", payload);
    }
  }
  return observed;
}
