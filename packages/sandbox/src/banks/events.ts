import type { AccountKind, SandboxAccount } from "./account.ts";
import { dateOfDay, dayOfMonth, monthStart, nextMonthStart } from "./day.ts";
import { type BankEvent, event, LONGEST_PENDING } from "./event.ts";
import { decideFates } from "./fates.ts";
import { Random } from "./random.ts";

/** The number of cafés, among which `pick` of a coffee chooses. */
const CAFES = 3;

/**
 * The events of a day, whenever they are booked, without the transfers at the end of the month. They depend only on the
 * account's seed and the day, so that any day can be computed without the days before it.
 */
export function eventsOn(account: SandboxAccount, day: number): BankEvent[] {
  const events: BankEvent[] = [];
  ADD_EVENTS[account.kind](account, day, events);
  const { standingOrder: order } = account;
  if (order !== undefined && dayOfMonth(day) === order.dayOfMonth)
    events.push(event("standingOrder", order.cents, 0, 0));
  return events;
}

const ADD_EVENTS: Readonly<
  Record<AccountKind, (account: SandboxAccount, day: number, events: BankEvent[]) => void>
> = {
  current(account, day, events) {
    const random = new Random(account.seed, day);
    addRegular(account, day, random, events);
    addPurchases(account, day, random, events);
  },
  savings(account, day, events) {
    if (day !== nextMonthStart(day) - 1) return;
    const interest = interestOf(account, day);
    if (interest > 0) events.push(event("interest", interest, 0, 0));
  },
  card(account, day, events) {
    addPurchases(account, day, new Random(account.seed, day), events);
  },
  /** A currency account is used when travelling, so on most days nothing happens on it. */
  currency(account, day, events) {
    const random = new Random(account.seed, day);
    if (account.transactionsPerDay === undefined && !random.chance(20)) return;
    addPurchases(account, day, random, events);
  },
};

const QUARTER_ENDS: ReadonlySet<string> = new Set(["03-31", "06-30", "09-30", "12-31"]);

function addRegular(account: SandboxAccount, day: number, random: Random, events: BankEvent[]): void {
  const ofMonth = dayOfMonth(day);
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
  if (ofMonth >= 30 && QUARTER_ENDS.has(dateOfDay(day).slice(5))) events.push(event("fee", -490, 0, 0));
  if (random.chance(2)) events.push(event("friend", random.int(500, 6000), 0, 0));
}

function addPurchases(account: SandboxAccount, day: number, random: Random, events: BankEvent[]): void {
  const first = events.length;
  const purchases = account.transactionsPerDay ?? (random.chance(75) ? random.int(1, 3) : 0);
  for (let count = 0; count < purchases; count += 1) addPurchase(account, day, random, events);
  if (account.historyQuirks.length > 0) decideFates(account, day, events, first);
}

function addPurchase(account: SandboxAccount, day: number, random: Random, events: BankEvent[]): void {
  const delay = random.int(1, LONGEST_PENDING);
  const kind = random.int(1, 100);
  if (kind <= 55) {
    const pick = random.int(0, 3);
    events.push(event("groceries", -random.int(350, 8900), delay, pick));
  } else if (kind <= 75) {
    const pick = random.int(0, CAFES - 1);
    const cents = -random.int(220, 980);
    const cup = event("coffee", cents, delay, pick);
    events.push(...(random.chance(15) ? twoCups(account, day, events.length, cup) : [cup]));
  } else if (kind <= 93) {
    const pick = random.int(0, 4);
    events.push(event("shop", -random.int(900, 14_900), delay, pick));
  } else {
    // `pick` holds both the place and the exchange rate, the latter in hundredths above the place's lowest rate.
    const place = random.int(0, 2);
    const rate = random.int(0, 8);
    events.push(event("abroad", -random.int(1500, 22_000), delay, place * 10 + rate));
  }
}

/**
 * Two cups on one day. Mostly they are from two cafés, at two prices with the same sum. Once or twice a year they are
 * genuine twins.
 */
function twoCups(account: SandboxAccount, day: number, place: number, cup: BankEvent): BankEvent[] {
  const random = new Random(account.seed, day, place, "second cup");
  const { cents, delay, pick } = cup;
  if (random.chance(10)) return [cup, event("coffee", cents, delay, pick)];
  const difference = random.int(10, 90);
  const elsewhere = (pick + random.int(1, CAFES - 1)) % CAFES;
  return [
    event("coffee", cents - difference, delay, pick),
    event("coffee", cents + difference, delay, elsewhere),
  ];
}

/** The interest of a month, at a rate of 1.2 to 2.4 % a year. */
function interestOf(account: SandboxAccount, day: number): number {
  const rate = new Random(account.seed, "interest").int(12, 24);
  return Math.round((savedAt(account, monthStart(day)) * rate) / 12_000);
}

/** What a savings account holds at the start of a month, in euro cents: it grows, a little less steadily than planned. */
export function savedAt(account: SandboxAccount, month: number): number {
  const date = dateOfDay(month);
  const random = new Random(account.seed, "savings");
  const [start, monthly] = [random.int(150_000, 900_000), random.int(5000, 25_000)];
  const months = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - MONTHS_UNTIL_2020;
  const uneven = new Random(account.seed, "saved", date.slice(0, 7)).int(0, 20_000);
  return Math.max(0, start + monthly * months) + uneven;
}

const MONTHS_UNTIL_2020 = 2020 * 12;
