import type { SandboxAccount } from "./account.ts";
import { dateOfDay, monthStart, nextMonthStart } from "./day.ts";
import { type BankEvent, eventsOn, LONGEST_LATE, LONGEST_PENDING } from "./events.ts";
import { Random } from "./random.ts";

/** One thing that happened to an account, as it truly was, however its bank reports it. */
export interface Movement {
  /** Unique within the account, and for ever the same. */
  id: string;
  /** Days since 1970: when the money was spent, and when the bank booked it. */
  day: number;
  bookedDay: number;
  /** The day from which the bank shows it as booked: later than the day that it bears if it arrives late. */
  shownDay: number;
  /** The day from which it counts for interest; in the future at some banks. */
  valueDay: number;
  /** Whether it is given back after having been pending, and never booked. */
  vanishes: boolean;
  /** In the currency's smallest unit; negative if money left. */
  minor: bigint;
  /** What the bank reports before it is booked, if that differs. */
  whilePending?: { minor: bigint; description: string };
  counterparty: string;
  description: string;
  code: string;
  creditorId?: string;
  mandateId?: string;
  foreign?: { minor: bigint; currency: string; rate: string };
}

const GROCERS = ["Fresh & Near", "Corner Market", "Green Basket", "Daily Foods"];
const CAFES = ["Café Aurora", "Bean Street", "Morning Mug"];
const SHOPS = ["Paper & Pen", "North Hardware", "City Books", "O'Dell Sports", "Bright Optics"];
const ABROAD = [
  { name: "Harbour Hotel", currency: "USD", lowest: 104 },
  { name: "Alpine Railways", currency: "CHF", lowest: 90 },
  { name: "Thames Theatre", currency: "GBP", lowest: 80 },
];

/** Amounts of everyday life are drawn in euros and multiplied to suit a currency. */
const SCALE: Readonly<Record<string, number>> = {
  SEK: 11,
  DKK: 7,
  NOK: 11,
  PLN: 4,
  CZK: 25,
  HUF: 400,
  RON: 5,
};

const scaleOf = (account: SandboxAccount) => SCALE[account.currency] ?? 1;

/** All that was done on a day, whenever it was booked, without the month's balancing transfer. */
export function movementsOn(account: SandboxAccount, day: number): Movement[] {
  const date = dateOfDay(day);
  return eventsOn(account, day).map((event, at) => {
    const bookedDay = day + event.delay;
    const movement: Movement = {
      id: `${date.replaceAll("-", "")}-${account.index}-${at + 1}`,
      day,
      bookedDay,
      shownDay: bookedDay + event.late,
      valueDay: account.valuesAhead && event.delay > 0 ? bookedDay + 2 : day,
      vanishes: event.vanishes,
      minor: BigInt(event.cents * scaleOf(account)),
      ...textsOf(account, event, date),
    };
    if (event.pendingCents !== event.cents) {
      const description = `Reserved ${movement.counterparty}`;
      movement.whilePending = { minor: BigInt(event.pendingCents * scaleOf(account)), description };
    }
    return movement;
  });
}

type Texts = Pick<Movement, "counterparty" | "description" | "code" | "creditorId" | "mandateId" | "foreign">;

function textsOf(account: SandboxAccount, event: BankEvent, date: string): Texts {
  const month = date.slice(0, 7);
  const texts = (counterparty: string, description: string, code: string): Texts => ({
    counterparty,
    description,
    code,
  });
  const card = (names: readonly string[]) => {
    const name = names[event.pick] ?? "";
    return texts(name, `Card payment ${name} ${date}`, "PMNT-CCRD-POSD");
  };
  switch (event.kind) {
    case "salary":
      return texts("Meridian Works Ltd", `Salary ${month}`, "PMNT-RCDT-SALA");
    case "rent":
      return texts("Oak House Lettings", `Rent ${month} flat 12`, "PMNT-ICDT-STDO");
    case "electricity":
      return {
        ...texts("Bright Energy", `Electricity ${month}, contract 4711`, "PMNT-RDDT-ESDD"),
        creditorId: "DE98ZZZ09999999999",
        mandateId: `M-${account.seed % 100_000}`,
      };
    case "fee":
      return texts("", "Account fee for the quarter", "ACMT-MDOP-CHRG");
    case "friend":
      return texts("Kim Taylor", "Thanks for dinner", "PMNT-RCDT-ESCT");
    case "groceries":
      return card(GROCERS);
    case "coffee":
      return card(CAFES);
    case "shop":
      return card(SHOPS);
    case "abroad":
      return abroad(account, event);
  }
}

function abroad(account: SandboxAccount, { cents, pick }: BankEvent): Texts {
  const { name, currency, lowest } = ABROAD[Math.floor(pick / 10)] ?? {
    name: "",
    currency: "USD",
    lowest: 100,
  };
  const hundredths = lowest + (pick % 10);
  return {
    counterparty: name,
    description: `Card payment ${name} ${currency}`,
    code: "PMNT-CCRD-POSD",
    foreign: {
      minor: (BigInt(-cents) * BigInt(hundredths)) / 100n,
      currency,
      rate: decimal(BigInt(Math.floor((hundredths * 100) / scaleOf(account))), 4),
    },
  };
}

/** What the account holds at the start of a month: a function of the seed, so that no past has to be added up. */
function openingOf(account: SandboxAccount, month: number): bigint {
  const drawn = new Random(account.seed, "opening", dateOfDay(month).slice(0, 7)).int(80_000, 420_000);
  return BigInt(drawn * scaleOf(account));
}

/**
 * All that bears a booking day from `first` to `last`, oldest first, the months' balancing transfers included; what
 * arrives late too, whether it has arrived or not.
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
    if (end >= first && end <= last) booked.push(...balancingTransfer(account, month, end));
  }
  return booked.sort((a, b) => a.bookedDay - b.bookedDay);
}

/** The transfer from or to savings that brings the month's sums to the next month's opening. */
function balancingTransfer(account: SandboxAccount, month: number, end: number): Movement[] {
  const moved = bookedSum(account, month, end, end + LONGEST_LATE);
  const minor = openingOf(account, end + 1) - openingOf(account, month) - moved;
  if (minor === 0n) return [];
  return [
    {
      id: `${dateOfDay(end).replaceAll("-", "")}-${account.index}-T`,
      day: end,
      bookedDay: end,
      shownDay: end,
      valueDay: end,
      vanishes: false,
      minor,
      counterparty: account.ownerName,
      description: minor < 0n ? "To savings" : "From savings",
      code: "PMNT-ICDT-BOOK",
    },
  ];
}

/** The sum of what bears a booking day from `first` to `last` and has arrived by the end of the day `seen`. */
function bookedSum(account: SandboxAccount, first: number, last: number, seen: number): bigint {
  let cents = 0;
  for (let day = first - LONGEST_PENDING; day <= last; day += 1) {
    for (const event of eventsOn(account, day)) {
      const booked = day + event.delay;
      if (!event.vanishes && booked >= first && booked <= last && booked + event.late <= seen)
        cents += event.cents;
    }
  }
  return BigInt(cents * scaleOf(account));
}

/** What was done and is not shown as booked yet at the end of a day. */
export function pendingOn(account: SandboxAccount, today: number): Movement[] {
  const pending: Movement[] = [];
  for (let day = today - LONGEST_PENDING; day <= today; day += 1) {
    pending.push(...movementsOn(account, day).filter((movement) => isPendingOn(movement, today)));
  }
  return pending;
}

/** The sum of what is pending at the end of a day, as the bank reports it, in the currency's smallest unit. */
export function pendingSum(account: SandboxAccount, today: number): bigint {
  let cents = 0;
  for (let day = today - LONGEST_PENDING; day <= today; day += 1) {
    for (const event of eventsOn(account, day)) {
      if (day + event.delay > today) cents += event.pendingCents;
    }
  }
  return BigInt(cents * scaleOf(account));
}

/** Pending until it is booked, or given back. What arrives late is, in between, not shown at all. */
function isPendingOn(movement: Movement, today: number): boolean {
  return movement.day <= today && movement.bookedDay > today;
}

/** What an account holds, booked and shown, at the end of a day, in the currency's smallest unit. */
export function bookedBalance(account: SandboxAccount, day: number): bigint {
  const month = monthStart(day);
  const arrivesLate = account.historyQuirks.includes("lateArrivals");
  const missing = arrivesLate ? lateSum(account, month, day) : 0n;
  return (
    openingOf(account, month) +
    bookedSum(account, month, day, day) +
    endOfMonth(account, month, day) -
    missing
  );
}

/** On the month's last day its balancing transfer is there as well. */
function endOfMonth(account: SandboxAccount, month: number, day: number): bigint {
  const end = nextMonthStart(month) - 1;
  return day === end ? (balancingTransfer(account, month, end)[0]?.minor ?? 0n) : 0n;
}

/** What bears a booking day of the month before and has not arrived by this day: the month's opening has it already. */
function lateSum(account: SandboxAccount, month: number, day: number): bigint {
  const first = month - LONGEST_LATE;
  return (
    bookedSum(account, first, month - 1, month + LONGEST_LATE) - bookedSum(account, first, month - 1, day)
  );
}

/** A count of smallest units as a decimal string. */
export function decimal(minor: bigint, places = 2): string {
  const digits = String(minor < 0n ? -minor : minor).padStart(places + 1, "0");
  return `${minor < 0n ? "-" : ""}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** The amount that a bank reports, in the smallest unit: a pending one may differ from what will be booked. */
export function reportedMinor(movement: Movement, status: "booked" | "pending"): bigint {
  return status === "pending" ? (movement.whilePending?.minor ?? movement.minor) : movement.minor;
}
