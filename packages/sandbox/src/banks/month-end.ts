import type { SandboxAccount } from "./account.ts";
import { dateOfDay, monthStart, nextMonthStart } from "./day.ts";
import { LONGEST_LATE } from "./event.ts";
import { savedAt } from "./events.ts";
import { decimal, scaled } from "./money.ts";
import type { Movement } from "./movement.ts";
import { Random } from "./random.ts";
import { bookedSum, lateSum, passingSum } from "./sums.ts";

/*
 * Each month begins with a balance that is drawn from the seed, so that no earlier months have to be added up. What is
 * booked on the last day of a month makes up the difference: a transfer from or to savings, the payment of a card, a
 * conversion between currencies, or a deposit.
 */

/** The booked balance at the start of a month, in the currency's smallest unit. */
export function openingOf(account: SandboxAccount, month: number): bigint {
  const drawn = scaled(account, OPENINGS[account.kind](account, month));
  // What is bought in a month and shown in the next one does not turn a card's debt into money meanwhile.
  if (account.kind === "card") return drawn + lateSum(account, month, month - 1);
  if (account.kind !== "currency") return drawn;
  // Such an account cannot be overdrawn, so it holds enough for the whole month.
  const end = nextMonthStart(month) - 1;
  return drawn - bookedSum(account, month, end, end + LONGEST_LATE) - passingSum(account, month, end);
}

/** In euro cents. */
const OPENINGS: Readonly<Record<SandboxAccount["kind"], (account: SandboxAccount, month: number) => number>> =
  {
    current: (account, month) => drawn(account, month, 80_000, 420_000),
    savings: savedAt,
    // A card that is paid at the end of the month owes what was spent just before, and nothing if it is never used.
    card: (account, month) => (account.transactionsPerDay === 0 ? 0 : -drawn(account, month, 4000, 30_000)),
    currency: (account, month) => drawn(account, month, 5000, 80_000),
  };

function drawn(account: SandboxAccount, month: number, least: number, most: number): number {
  return new Random(account.seed, "opening", dateOfDay(month).slice(0, 7)).int(least, most);
}

/**
 * What makes the balance at the end of a month the next month's opening balance. None of it is shown late. What arrives
 * comes first, so that no savings account is overdrawn in between.
 */
export function monthEndOf(account: SandboxAccount, month: number): Movement[] {
  const end = nextMonthStart(month) - 1;
  const moved = bookedSum(account, month, end, end + LONGEST_LATE);
  const missing = openingOf(account, end + 1) - openingOf(account, month) - moved;
  const movements = otherSides(account, month);
  const minor = movements.reduce((rest, movement) => rest - movement.minor, missing);
  if (minor !== 0n) movements.push(balancing(account, end, minor));
  return movements.sort((a, b) => Number(a.minor < 0n) - Number(b.minor < 0n));
}

/** The sum of what is booked on the last day of a month, on any day of the month. */
export function monthEndSum(account: SandboxAccount, day: number): bigint {
  const month = monthStart(day);
  if (day !== nextMonthStart(month) - 1) return 0n;
  return monthEndOf(account, month).reduce((sum, { minor }) => sum + minor, 0n);
}

/** The other sides of what is moved at the end of the month on the end user's other accounts at the same bank. */
function otherSides(account: SandboxAccount, month: number): Movement[] {
  return [
    ...(account.fedBy === undefined ? [] : arrivals(account, account.fedBy, month)),
    ...(account.currencyAccounts ?? []).flatMap((other) => exchanged(account, other, month)),
  ];
}

/** The other sides of the transfers that are made from a current account at the end of the month. */
function arrivals(account: SandboxAccount, current: SandboxAccount, month: number): Movement[] {
  return monthEndOf(current, month)
    .filter(({ counterpartyIban }) => counterpartyIban === account.iban)
    .map(({ day, minor }) => ({
      ...onDay(account, day, "T"),
      kind: "ownTransfer" as const,
      minor: -minor,
      counterparty: account.ownerName,
      ...(current.iban === null ? {} : { counterpartyIban: current.iban }),
      description: minor < 0n ? "From current account" : "To current account",
      code: minor < 0n ? "PMNT-RCDT-BOOK" : "PMNT-ICDT-BOOK",
    }));
}

/** The other sides of the conversions that are made on an account in another currency. */
function exchanged(account: SandboxAccount, other: SandboxAccount, month: number): Movement[] {
  return monthEndOf(other, month).flatMap(({ foreign, minor, ...movement }) => {
    if (movement.kind !== "conversion" || foreign === undefined) return [];
    const size = minor < 0n ? -minor : minor;
    const cents = priceOf(other, movement.day);
    return {
      ...movement,
      ...onDay(account, movement.day, `C${other.index}`),
      minor: minor < 0n ? foreign.minor : -foreign.minor,
      foreign: {
        minor: size,
        currency: other.currency,
        rate: decimal(BigInt(Math.round(1_000_000 / cents)), 4),
      },
    };
  });
}

function balancing(account: SandboxAccount, end: number, minor: bigint): Movement {
  const own = { counterparty: account.ownerName, counterpartyIban: account.ownIban };
  switch (account.kind) {
    case "current":
      return {
        ...onDay(account, end, "T"),
        kind: "ownTransfer",
        minor,
        ...own,
        description: `${minor < 0n ? "To" : "From"} ${account.currencyAccounts === undefined ? "savings" : "own account"}`,
        code: "PMNT-ICDT-BOOK",
      };
    case "savings":
      return {
        ...onDay(account, end, "D"),
        kind: "deposit",
        minor,
        ...own,
        description: minor < 0n ? "To fixed-term deposit" : "From fixed-term deposit",
        code: minor < 0n ? "PMNT-ICDT-BOOK" : "PMNT-RCDT-BOOK",
      };
    case "card":
      return {
        ...onDay(account, end, "P"),
        kind: "cardPayment",
        minor,
        counterparty: "",
        description: minor < 0n ? "Credit balance paid out" : "Payment received, thank you",
        code: minor < 0n ? "PMNT-CCRD-OTHR" : "PMNT-CCRD-SMRT",
      };
    case "currency":
      return {
        ...onDay(account, end, "C"),
        kind: "conversion",
        minor,
        ...own,
        ...conversion(account, end, minor),
      };
  }
}

type Conversion = Pick<Movement, "description" | "code" | "foreign">;

/** A conversion from or to the account in the currency of the country, which has the same IBAN. */
function conversion(account: SandboxAccount, end: number, minor: bigint): Conversion {
  const cents = priceOf(account, end);
  const size = minor < 0n ? -minor : minor;
  return {
    description: minor < 0n ? `Converted ${account.currency} to EUR` : `Converted EUR to ${account.currency}`,
    code: "PMNT-MCOP-OTHR",
    foreign: {
      minor: (size * BigInt(cents)) / 100n,
      currency: "EUR",
      rate: decimal(BigInt(cents * 100), 4),
    },
  };
}

/** What one unit of an account's currency costs on a day, in euro cents. */
function priceOf(account: SandboxAccount, day: number): number {
  const [least, most] = account.currency === "GBP" ? [112, 121] : [85, 96];
  return new Random(account.seed, "rate", day).int(least, most);
}

/** What a movement has that is made and booked on the last day of a month. */
function onDay(account: SandboxAccount, day: number, suffix: string) {
  const id = `${dateOfDay(day).replaceAll("-", "")}-${account.index}-${suffix}`;
  return { id, day, bookedDay: day, shownDay: day, valueDay: day, vanishes: false, held: false };
}
