import type { SandboxAccount } from "./account.ts";
import { dateOfDay } from "./day.ts";
import { Random } from "./random.ts";

/** What kind of thing happened; its texts follow from kind and pick. */
type EventKind =
  | "salary"
  | "rent"
  | "electricity"
  | "fee"
  | "friend"
  | "groceries"
  | "coffee"
  | "shop"
  | "abroad";

/** One thing that happened on a day, in numbers alone, so that balances are added up without writing any text. */
export interface BankEvent {
  kind: EventKind;
  /** In hundredths of everyday money, before the currency's scale; negative if money left. */
  cents: number;
  /** How many days later it is booked. */
  delay: number;
  /** Which of the kind's counterparties. */
  pick: number;
  /** How many days after its booking it is first shown, dated back. */
  late: number;
  /** It is never booked: a reservation that is given back. */
  vanishes: boolean;
  /** What it comes to while it is pending. */
  pendingCents: number;
}

/** A card payment is booked at most this many days after it. */
export const LONGEST_PENDING = 4;

/** What arrives late arrives at most this many days after the date that it bears. */
export const LONGEST_LATE = 5;

/**
 * All that was done on a day, whenever it was booked, without the month's balancing transfer. Drawn from the account's
 * seed and the day alone, so that any day can be had without those before it.
 */
export function eventsOn(account: SandboxAccount, day: number): BankEvent[] {
  const random = new Random(account.seed, day);
  const events: BankEvent[] = [];
  addRegular(account, day, random, events);
  const first = events.length;
  const purchases = account.transactionsPerDay ?? (random.chance(75) ? random.int(1, 3) : 0);
  for (let count = 0; count < purchases; count += 1) addPurchase(random, events);
  if (account.historyQuirks.length > 0) applyHistoryQuirks(account, day, events, first);
  return events;
}

function event(kind: EventKind, cents: number, delay: number, pick: number): BankEvent {
  return { kind, cents, delay, pick, late: 0, vanishes: false, pendingCents: cents };
}

const QUARTER_ENDS: ReadonlySet<string> = new Set(["03-31", "06-30", "09-30", "12-31"]);

function addRegular(account: SandboxAccount, day: number, random: Random, events: BankEvent[]): void {
  const date = dateOfDay(day);
  const ofMonth = Number(date.slice(8));
  const regular = ofMonth === 25 || ofMonth === 1 || ofMonth === 5;
  if (regular) {
    const steady = new Random(account.seed, "steady");
    const [salary, rent, electricity] = [
      steady.int(220_000, 380_000),
      steady.int(70_000, 120_000),
      steady.int(3000, 9000),
    ];
    if (ofMonth === 25) events.push(event("salary", salary, 0, 0));
    if (ofMonth === 1) events.push(event("rent", -rent, 0, 0));
    if (ofMonth === 5) events.push(event("electricity", -electricity, 0, 0));
  }
  if (ofMonth >= 30 && QUARTER_ENDS.has(date.slice(5))) events.push(event("fee", -490, 0, 0));
  if (random.chance(2)) events.push(event("friend", random.int(500, 6000), 0, 0));
}

function addPurchase(random: Random, events: BankEvent[]): void {
  const delay = random.int(1, LONGEST_PENDING);
  const kind = random.int(1, 100);
  if (kind <= 55) {
    const pick = random.int(0, 3);
    events.push(event("groceries", -random.int(350, 8900), delay, pick));
  } else if (kind <= 75) {
    const pick = random.int(0, 2);
    const cents = -random.int(220, 980);
    events.push(event("coffee", cents, delay, pick));
    if (random.chance(15)) events.push(event("coffee", cents, delay, pick)); // The second cup: a genuine twin.
  } else if (kind <= 93) {
    const pick = random.int(0, 4);
    events.push(event("shop", -random.int(900, 14_900), delay, pick));
  } else {
    // The rate, in hundredths from the lowest, is drawn with the rest and kept in the pick.
    const place = random.int(0, 2);
    const rate = random.int(0, 8);
    events.push(event("abroad", -random.int(1500, 22_000), delay, place * 10 + rate));
  }
}

/** Decides what becomes of a day's purchases at a bank with history quirks. The label "fate" is part of every history. */
function applyHistoryQuirks(account: SandboxAccount, day: number, events: BankEvent[], first: number): void {
  const random = new Random(account.seed, day, "fate");
  for (const [at, one] of events.entries()) {
    if (at < first) continue;
    const percent = random.int(1, 100);
    if (account.historyQuirks.includes("vanishingPending") && percent <= 15) one.vanishes = true;
    if (account.historyQuirks.includes("changedPending") && percent > 60) {
      // A fuel pump or a hotel reserves a round sum, and books what was really owed.
      one.pendingCents = Math.floor(one.cents / 1000) * 1000;
    }
    if (account.historyQuirks.includes("lateArrivals") && percent > 15 && percent <= 40) {
      one.late = random.int(2, LONGEST_LATE);
    }
    if (account.historyQuirks.includes("onePending")) one.delay = at === events.length - 1 ? 1 : 0;
  }
}
