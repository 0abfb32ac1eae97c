import { placeAbroad } from "./abroad.ts";
import type { SandboxAccount } from "./account.ts";
import { dayOfMonth } from "./day.ts";
import { type BankEvent, event, LONGEST_LATE, LONGEST_PENDING } from "./event.ts";
import type { HistoryQuirk } from "./quirks.ts";
import { Random } from "./random.ts";

/** What a history quirk does to a purchase. */
type Decide = (purchase: BankEvent, random: Random, account: SandboxAccount) => void;

/**
 * Applies a bank's history quirks to a day's purchases, which begin at an index of the day's events. May add events to
 * the end.
 */
export function decideFates(account: SandboxAccount, day: number, events: BankEvent[], first: number): void {
  const { historyQuirks } = account;
  for (const [at, purchase] of events.entries()) {
    if (at < first) continue;
    // Each quirk has numbers of its own, so that it does the same whatever other quirks the bank has.
    for (const quirk of historyQuirks) {
      DECIDE[quirk]?.(purchase, new Random(account.seed, day, at, quirk), account);
    }
  }
  decideEarlierFates(account, day, events, first);
  const purchases = events.slice(first);
  chooseOtherPlaces(purchases);
  for (const quirk of historyQuirks) {
    events.push(...(ADD[quirk]?.(purchases, day, new Random(account.seed, day, quirk)) ?? []));
  }
}

/**
 * The quirks that were there first, which share one number for each purchase. Histories depend on it and on the label
 * "fate", so neither must change.
 */
function decideEarlierFates(account: SandboxAccount, day: number, events: BankEvent[], first: number): void {
  const random = new Random(account.seed, day, "fate");
  for (const [at, one] of events.entries()) {
    if (at < first) continue;
    const percent = random.int(1, 100);
    if (account.historyQuirks.includes("vanishingPending") && percent <= 15) one.vanishes = true;
    if (account.historyQuirks.includes("changedPending") && percent > 60) {
      // Petrol stations and hotels reserve a round sum, and book the actual amount later.
      one.pendingCents = Math.floor(one.cents / 1000) * 1000;
    }
    if (account.historyQuirks.includes("lateArrivals") && percent > 15 && percent <= 40) {
      one.late = random.int(2, LONGEST_LATE);
    }
    if (account.historyQuirks.includes("onePending")) one.delay = at === events.length - 1 ? 1 : 0;
  }
}

/** In euro cents. */
const EVERYDAY_PRICES: { readonly [kind in BankEvent["kind"]]?: readonly number[] } = {
  coffee: [280, 320, 350, 480],
  groceries: [500, 999, 1250, 1999, 2500, 4000],
  shop: [999, 1499, 1999, 2999, 4999],
};

/** How many restaurants, petrol stations, hotels and strangers there are, among which `pick` of such an event chooses. */
const PLACES = 3;

/** The kinds of purchase whose amounts may change in any way until they are booked. */
const OPEN_AMOUNTS = ["restaurant", "fuel"] as const;

/**
 * Nobody fills the tank twice a day at one station. Of two reservations at one place on one day, nothing would tell which
 * became which booking.
 */
function chooseOtherPlaces(purchases: readonly BankEvent[]): void {
  for (const open of OPEN_AMOUNTS) {
    const taken = new Set<number>();
    for (const purchase of purchases) {
      if (purchase.kind !== open) continue;
      const picks = Array.from({ length: PLACES }, (_, at) => (purchase.pick + at) % PLACES);
      purchase.pick = picks.find((pick) => !taken.has(pick)) ?? purchase.pick;
      taken.add(purchase.pick);
    }
  }
}

const DECIDE: { readonly [quirk in HistoryQuirk]?: Decide } = {
  everydayPrices(purchase, random) {
    const prices = EVERYDAY_PRICES[purchase.kind];
    if (prices !== undefined) setAmount(purchase, -random.pick(prices));
  },
  tips(purchase, random) {
    if (purchase.kind !== "shop" || !random.chance(60)) return;
    Object.assign(purchase, { kind: "restaurant", pick: random.int(0, PLACES - 1) });
    purchase.cents =
      purchase.pendingCents - Math.round((-purchase.pendingCents * random.int(70, 190)) / 1000);
  },
  fuelHolds(purchase, random) {
    if (purchase.kind !== "groceries" || !random.chance(15)) return;
    Object.assign(purchase, { kind: "fuel", pick: random.int(0, PLACES - 1) });
    setAmount(purchase, -random.int(3100, 9800));
    // Some pumps reserve more than a tank holds, and others a token amount.
    purchase.pendingCents = random.pick([-12_000, -10_000, -100]);
  },
  foreignSettlements(purchase, random, account) {
    // With an account in the currency of the place, there is no rate that could change.
    if (purchase.kind !== "abroad" || placeAbroad(purchase.pick).currency === account.currency) return;
    purchase.pendingCents = Math.round(
      (purchase.cents * (1000 + random.pick([-1, 1]) * random.int(3, 40))) / 1000,
    );
  },
  bookedHolds(purchase, random) {
    if (purchase.delay > 0 && random.chance(35)) purchase.held = true;
  },
  movingDates(purchase, random) {
    if (random.chance(35)) purchase.moves = random.int(1, LONGEST_MOVE);
  },
};

/** A booking date moves by at most this many days. */
export const LONGEST_MOVE = 2;

/** What a history quirk adds to the purchases of a day. */
type Add = (purchases: readonly BankEvent[], day: number, random: Random) => BankEvent[];

const ADD: { readonly [quirk in HistoryQuirk]?: Add } = {
  /** A payment is declined, and the second attempt succeeds. The first remains among the pending ones for weeks. */
  declinedPayments(purchases, _day, random) {
    const [purchase] = purchases;
    if (purchase === undefined || !random.chance(7)) return [];
    const { kind, cents, pendingCents, pick } = purchase;
    return [{ ...event(kind, cents, DECLINED_FOR, pick), pendingCents, vanishes: true }];
  },
  releasedHolds(_purchases, _day, random) {
    if (!random.chance(5)) return [];
    const cents = -random.int(2, 8) * 5000;
    return [
      { ...event("hotel", cents, random.int(5, LONGEST_DEPOSIT), random.int(0, PLACES - 1)), vanishes: true },
    ];
  },
  /** The bank books a purchase twice, or something of somebody else, and takes it back within the same month. */
  takenBack(purchases, day, random) {
    const [purchase] = purchases;
    const [earliest, latest] = DAYS_OF_MISTAKES;
    if (dayOfMonth(day) < earliest || dayOfMonth(day) > latest || !random.chance(10)) return [];
    const again = random.chance(50) && purchase !== undefined;
    const cents = -random.int(900, 45_000);
    const wrong = again
      ? { ...event(purchase.kind, purchase.cents, purchase.delay, purchase.pick), moves: purchase.moves }
      : event("mistake", cents, 0, random.int(0, PLACES - 1));
    return [{ ...wrong, takenBackAfter: random.int(2, 5) }];
  },
};

/** The deposit of a hotel is released after this many days at most. */
const LONGEST_DEPOSIT = 9;

/** How many days a declined payment stays pending. */
const DECLINED_FOR = 21;

/** The days of the month on which a bank makes mistakes, so that they are taken back before the month ends. */
const DAYS_OF_MISTAKES = [3, 18] as const;

/** Sets what is booked and what is reported before. */
function setAmount(purchase: BankEvent, cents: number): void {
  purchase.cents = cents;
  purchase.pendingCents = cents;
}

/**
 * The most days for which anything is pending on an account. What is booked later is pending for {@link LONGEST_PENDING}
 * days at most.
 */
export function longestPending({ historyQuirks }: SandboxAccount): number {
  if (historyQuirks.includes("declinedPayments")) return DECLINED_FOR;
  return historyQuirks.includes("releasedHolds") ? LONGEST_DEPOSIT : LONGEST_PENDING;
}
