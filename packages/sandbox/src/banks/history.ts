import type { SandboxAccount } from "./account.ts";
import { dateOfDay, monthStart, nextMonthStart } from "./day.ts";
import { type BankEvent, eventsOn, LONGEST_LATE, LONGEST_PENDING } from "./events.ts";
import { Random } from "./random.ts";

/** A movement on an account as it really happened, however the bank reports it. */
export interface Movement {
  /** Unique within the account, and never changes. */
  id: string;
  /** The day of the movement, in days since 1970, as are all days here. */
  day: number;
  /** The day of its booking date. */
  bookedDay: number;
  /** The day from which the bank shows it as booked; after `bookedDay` if it arrives late. */
  shownDay: number;
  /** The day of its value date; in the future at some banks. */
  valueDay: number;
  /** Whether it is released while pending and never booked. */
  vanishes: boolean;
  /** The amount in the currency's smallest unit; negative if money leaves the account. */
  minor: bigint;
  /** What the bank reports while it is pending, if that differs. */
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

/** Amounts are drawn in euros and multiplied by this for other currencies. */
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

/** The movements of a day, whenever they are booked, without the month's balancing transfer. */
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

/** The booked balance at the start of a month. It is drawn from the seed, so that no earlier months have to be added up. */
function openingOf(account: SandboxAccount, month: number): bigint {
  const drawn = new Random(account.seed, "opening", dateOfDay(month).slice(0, 7)).int(80_000, 420_000);
  return BigInt(drawn * scaleOf(account));
}

/**
 * All movements with a booking date from `first` to `last`, oldest first. Includes the balancing transfers of the months,
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
    if (end >= first && end <= last) booked.push(...balancingTransfer(account, month, end));
  }
  return booked.sort((a, b) => a.bookedDay - b.bookedDay);
}

/** The transfer from or to savings at the end of a month that makes its balance the next month's opening balance. */
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

/** The sum of what has a booking date from `first` to `last` and is shown by the end of the day `seen`. */
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

/** The movements that are pending at the end of a day. */
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
    openingOf(account, month) +
    bookedSum(account, month, day, day) +
    endOfMonth(account, month, day) -
    missing
  );
}

/** The amount of the balancing transfer, which is booked on the last day of the month. */
function endOfMonth(account: SandboxAccount, month: number, day: number): bigint {
  const end = nextMonthStart(month) - 1;
  return day === end ? (balancingTransfer(account, month, end)[0]?.minor ?? 0n) : 0n;
}

/** The sum of the previous month's late entries that are not shown yet, although the opening balance includes them. */
function lateSum(account: SandboxAccount, month: number, day: number): bigint {
  const first = month - LONGEST_LATE;
  return (
    bookedSum(account, first, month - 1, month + LONGEST_LATE) - bookedSum(account, first, month - 1, day)
  );
}

/** An amount in smallest units as a decimal string. */
export function decimal(minor: bigint, places = 2): string {
  const digits = String(minor < 0n ? -minor : minor).padStart(places + 1, "0");
  return `${minor < 0n ? "-" : ""}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** The amount that a bank reports, in the smallest unit. While pending it may differ from what is booked later. */
export function reportedMinor(movement: Movement, status: "booked" | "pending"): bigint {
  return status === "pending" ? (movement.whilePending?.minor ?? movement.minor) : movement.minor;
}
