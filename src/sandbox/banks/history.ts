import type { SandboxAccount } from "./accounts.ts";
import { dateOfDay, monthStart, nextMonthStart } from "./day.ts";
import { Draw } from "./draw.ts";

/** One thing that happened to an account, as it truly was, before any bank's way of telling it. */
export interface Movement {
  /** Unique within the account, and for ever the same. */
  id: string;
  /** Days since 1970: when the money was spent, and when the bank booked it. */
  day: number;
  bookedDay: number;
  /** In the currency's smallest unit; negative where money left. */
  minor: bigint;
  counterparty: string;
  counterpartyIban: string | null;
  description: string;
  code: string;
  creditorId?: string;
  mandateId?: string;
  foreign?: { minor: bigint; currency: string; rate: string };
}

const GROCERS = ["Fresh & Near", "Corner Market", "Green Basket", "Daily Foods"] as const;
const CAFES = ["Café Aurora", "Bean Street", "Morning Mug"] as const;
const SHOPS = ["Paper & Pen", "North Hardware", "City Books", "Second Wind Sports", "Bright Optics"] as const;
const ABROAD = [
  { name: "Harbour Hotel", currency: "USD", rate: [104, 112] },
  { name: "Alpine Railways", currency: "CHF", rate: [93, 98] },
  { name: "Thames Theatre", currency: "GBP", rate: [84, 88] },
] as const;

/** A card payment is booked at the latest so many days after it. */
export const LONGEST_PENDING = 4;

/** Amounts of everyday life are drawn in euros and multiplied to suit a currency. */
const SCALE: Readonly<Record<string, bigint>> = {
  SEK: 11n,
  DKK: 7n,
  NOK: 11n,
  PLN: 4n,
  CZK: 25n,
  HUF: 400n,
  RON: 5n,
};

/**
 * All that was done on a day, whenever it was booked, without the month's balancing transfer. Drawn from the account's
 * seed and the day alone, so that any day can be had without those before it.
 */
export function movementsOn(account: SandboxAccount, day: number): Movement[] {
  const draw = new Draw(account.seed, day);
  const date = dateOfDay(day);
  const scale = SCALE[account.currency] ?? 1n;
  const found: Movement[] = [];
  const add = (cents: number, delay: number, rest: Omit<Movement, "id" | "day" | "bookedDay" | "minor">) => {
    const id = `${date.replaceAll("-", "")}-${account.index}-${found.length + 1}`;
    found.push({ id, day, bookedDay: day + delay, minor: BigInt(cents) * scale, ...rest });
  };
  addRegular(account, date, draw, add);
  const purchases = account.transactionsPerDay ?? (draw.chance(75) ? draw.int(1, 3) : 0);
  for (let count = 0; count < purchases; count += 1) addPurchase(draw, add, date, scale);
  return found;
}

type Add = (cents: number, delay: number, rest: Omit<Movement, "id" | "day" | "bookedDay" | "minor">) => void;

function addRegular(account: SandboxAccount, date: string, draw: Draw, add: Add): void {
  const ofMonth = Number(date.slice(8));
  const month = date.slice(0, 7);
  const steady = new Draw(account.seed, "steady");
  const salary = steady.int(220_000, 380_000);
  const rent = steady.int(70_000, 120_000);
  const plain = { counterpartyIban: null };
  if (ofMonth === 25) {
    add(salary, 0, {
      ...plain,
      counterparty: "Meridian Works Ltd",
      description: `Salary ${month}`,
      code: "PMNT-RCDT-SALA",
    });
  }
  if (ofMonth === 1) {
    add(-rent, 0, {
      ...plain,
      counterparty: "Oak House Lettings",
      description: `Rent ${month} flat 12`,
      code: "PMNT-ICDT-STDO",
    });
  }
  if (ofMonth === 5) {
    add(-steady.int(3000, 9000), 0, {
      ...plain,
      counterparty: "Bright Energy",
      description: `Electricity ${month}, contract 4711`,
      code: "PMNT-RDDT-ESDD",
      creditorId: "DE98ZZZ09999999999",
      mandateId: `M-${account.seed % 100_000}`,
    });
  }
  if (
    date.endsWith("-03-31") ||
    date.endsWith("-06-30") ||
    date.endsWith("-09-30") ||
    date.endsWith("-12-31")
  ) {
    add(-490, 0, {
      ...plain,
      counterparty: "",
      description: "Account fee for the quarter",
      code: "ACMT-MDOP-CHRG",
    });
  }
  if (draw.chance(2)) {
    add(draw.int(500, 6000), 0, {
      ...plain,
      counterparty: "Kim Taylor",
      description: "Thanks for dinner",
      code: "PMNT-RCDT-ESCT",
    });
  }
}

function addPurchase(draw: Draw, add: Add, date: string, scale: bigint): void {
  const delay = draw.int(1, LONGEST_PENDING);
  const kind = draw.int(1, 100);
  const card = { counterpartyIban: null, code: "PMNT-CCRD-POSD" };
  if (kind <= 55) {
    const counterparty = draw.pick(GROCERS);
    add(-draw.int(350, 8900), delay, {
      ...card,
      counterparty,
      description: `Card payment ${counterparty} ${date}`,
    });
  } else if (kind <= 75) {
    const counterparty = draw.pick(CAFES);
    const cents = -draw.int(220, 980);
    const coffee = { ...card, counterparty, description: `Card payment ${counterparty} ${date}` };
    add(cents, delay, coffee);
    if (draw.chance(15)) add(cents, delay, coffee); // The second cup: a genuine twin.
  } else if (kind <= 93) {
    const counterparty = draw.pick(SHOPS);
    add(-draw.int(900, 14_900), delay, {
      ...card,
      counterparty,
      description: `Card payment ${counterparty} ${date}`,
    });
  } else {
    addAbroad(draw, add, delay, scale, card);
  }
}

function addAbroad(
  draw: Draw,
  add: Add,
  delay: number,
  scale: bigint,
  card: { counterpartyIban: null; code: string },
): void {
  const { name, currency, rate } = draw.pick(ABROAD);
  const hundredths = draw.int(rate[0], rate[1]);
  const cents = draw.int(1500, 22_000);
  const foreign = {
    minor: (BigInt(cents) * BigInt(hundredths)) / 100n,
    currency,
    rate: decimal((BigInt(hundredths) * 10_000n) / (scale * 100n), 4),
  };
  add(-cents, delay, {
    ...card,
    counterparty: name,
    description: `Card payment ${name} ${currency}`,
    foreign,
  });
}

/** What the account holds at the start of a month: a function of the seed, so that no past has to be added up. */
function openingOf(account: SandboxAccount, month: number): bigint {
  const scale = SCALE[account.currency] ?? 1n;
  return BigInt(new Draw(account.seed, "opening", dateOfDay(month).slice(0, 7)).int(80_000, 420_000)) * scale;
}

/** All that is booked on the days from `first` to `last`, oldest first, the months' balancing transfers included. */
export function bookedBetween(account: SandboxAccount, first: number, last: number): Movement[] {
  const booked: Movement[] = [];
  for (let month = monthStart(first); month <= last; month = nextMonthStart(month)) {
    const end = nextMonthStart(month) - 1;
    const needsTransfer = end >= first && end <= last;
    const from = needsTransfer ? month : Math.max(first, month);
    const ofMonth = plainlyBooked(account, from, Math.min(last, end));
    booked.push(...ofMonth.filter((movement) => movement.bookedDay >= first));
    if (needsTransfer) booked.push(...balancingTransfer(account, month, end, ofMonth));
  }
  return booked;
}

function plainlyBooked(account: SandboxAccount, first: number, last: number): Movement[] {
  const booked: Movement[] = [];
  for (let day = first - LONGEST_PENDING; day <= last; day += 1) {
    for (const movement of movementsOn(account, day)) {
      if (movement.bookedDay >= first && movement.bookedDay <= last) booked.push(movement);
    }
  }
  return booked.sort((a, b) => a.bookedDay - b.bookedDay);
}

/** The transfer from or to savings that brings the month's sums to the next month's opening. */
function balancingTransfer(
  account: SandboxAccount,
  month: number,
  end: number,
  rest: readonly Movement[],
): Movement[] {
  const moved = rest.reduce((sum, movement) => sum + movement.minor, 0n);
  const minor = openingOf(account, end + 1) - openingOf(account, month) - moved;
  if (minor === 0n) return [];
  return [
    {
      id: `${dateOfDay(end).replaceAll("-", "")}-${account.index}-T`,
      day: end,
      bookedDay: end,
      minor,
      counterparty: account.ownerName,
      counterpartyIban: null,
      description: minor < 0n ? "To savings" : "From savings",
      code: "PMNT-ICDT-BOOK",
    },
  ];
}

/** What was done and is not booked yet at the end of a day. */
export function pendingOn(account: SandboxAccount, today: number): Movement[] {
  const pending: Movement[] = [];
  for (let day = today - LONGEST_PENDING; day <= today; day += 1) {
    pending.push(...movementsOn(account, day).filter((movement) => movement.bookedDay > today));
  }
  return pending;
}

/** What the account holds, booked, at the end of a day, in the currency's smallest unit. */
export function bookedBalance(account: SandboxAccount, day: number): bigint {
  const month = monthStart(day);
  return bookedBetween(account, month, day).reduce(
    (sum, movement) => sum + movement.minor,
    openingOf(account, month),
  );
}

/** A count of smallest units as a decimal string. */
export function decimal(minor: bigint, places = 2): string {
  const digits = String(minor < 0n ? -minor : minor).padStart(places + 1, "0");
  return `${minor < 0n ? "-" : ""}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}
