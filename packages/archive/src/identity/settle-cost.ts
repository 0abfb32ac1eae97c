/**
 * What it takes to believe that something missing has become a booked row: 0 is beyond doubt, 3 is the most that is believed,
 * null is impossible.
 */
import { directionOf, negated } from "./amounts.ts";
import type { Candidate, Comparison } from "./comparison.ts";
import { type Evidence, ID_KINDS, overlap } from "./evidence.ts";
import {
  type Bought,
  boughtOf,
  costOfChange,
  costOfGrowth,
  keepsNames,
  losesSign,
  purchaseDate,
} from "./habits.ts";
import { contradict, trustIn } from "./ids.ts";
import type { Memory } from "./memory.ts";

/** How many words of a text lead to others with the same word. */
const MOST_WORDS = 6;

/** Only what has one of these in common can be the same. */
export function settlingKeys({ amount, currency, who, words, foreign, reference }: Evidence): string[] {
  const keys = [
    `${amount.replace("-", "")} ${currency}`,
    ...[...words].slice(0, MOST_WORDS).map((word) => `word ${word} ${currency}`),
  ];
  if (who !== "") keys.push(`who ${who} ${currency}`);
  if (foreign !== null) keys.push(`foreign ${foreign} ${currency}`);
  if (reference !== null) keys.push(`reference ${reference} ${currency}`);
  return keys;
}

/** The cost of a missing transaction and a new booked row being the same. */
export function costOfSettling(comparison: Comparison, candidate: Candidate, row: Evidence): number | null {
  if (candidate.evidence.currency !== row.currency) return null;
  return candidate.family === "announced"
    ? costOfBooking(comparison, candidate, row)
    : costOfReplacing(comparison.memory, candidate, row);
}

/** What was pending has been booked. */
function costOfBooking(comparison: Comparison, candidate: Candidate, row: Evidence): number | null {
  const { memory } = comparison;
  const { evidence: was } = candidate;
  const days = costOfDays(memory, boughtOf(candidate, comparison), row);
  if (days === null || contradict(was, row, "booking", comparison)) return null;
  const isIdentified = hasSameId(memory, was, row);
  const name = isIdentified ? 0 : costOfName(memory, was, row);
  if (name === null) return null;
  const base = isIdentified ? 0 : Math.max(0, days + 0.1 + costOfWords(was, row) + costOfReference(was, row));
  if (was.amount === row.amount) return base + name;
  const isSignLost = was.amount === negated(row.amount) && directionOf(was.amount) > 0;
  if (isSignLost) return base + name + 0.2;
  const isTurned = directionOf(was.amount) !== directionOf(row.amount);
  if (name > 0 || (isTurned && !(directionOf(was.amount) > 0 && losesSign(memory)))) return null;
  return base + costOfOtherAmount(memory, was, row) + (days > 0 ? 0.3 : 0);
}

/** The most days by which the booking dates of a hold and of what replaces it differ. */
const LONGEST_HOLD = { sameAmount: 14, otherAmount: 6 } as const;

/** A sum as it is reserved. */
export const ROUND = /^-?\d+0$/;
/** What five days between the purchase and what replaces it cost; none may be further apart. */
const LATEST_REPLACED = 1.5;

/** What was booked, such as a hold of a card, has been replaced by another booked row. */
function costOfReplacing(memory: Memory, { evidence: was, isLive }: Candidate, row: Evidence): number | null {
  if (!isSameWho(was, row)) {
    const isInPlace = was.money === row.money && was.value === row.value && was.booking === row.booking;
    return isInPlace ? 2 - overlap(was.words, row.words) : null;
  }
  const base = costOfDays(memory, purchaseOf(memory, was), row);
  const days = was.booking === null || row.booking === null ? 0 : Math.abs(row.booking - was.booking);
  const isEqual = was.money === row.money;
  if (base === null || days > LONGEST_HOLD[isEqual ? "sameAmount" : "otherAmount"]) return null;
  // What was taken back may return, but what is bought on another day is bought anew; so is what is paid every week.
  if (base > (isLive ? LATEST_REPLACED : 0)) return null;
  if (isEqual) return base;
  // Only a reservation is replaced by another amount: it bears the day of the purchase alone, and another text or a round sum.
  const isHold =
    was.booking === was.value && (was.text !== row.text || (base === 0 && ROUND.test(was.amount)));
  if (!isHold || directionOf(was.amount) !== directionOf(row.amount)) return null;
  return base + 1 + costOfGrowth(memory, was, row);
}

/** The day of a purchase that is booked; a hold bears no other. */
function purchaseOf(memory: Memory, { booking, value }: Evidence): Bought {
  const day = (purchaseDate(memory) === "booking" ? booking : value) ?? 0;
  return { from: day, to: day };
}

/** A tip, a full tank, an exchange rate. */
function costOfOtherAmount(memory: Memory, was: Evidence, row: Evidence): number {
  if (was.foreign !== null && was.foreign === row.foreign) return 0.2;
  return 1 + costOfGrowth(memory, was, row) + costOfChange(memory, was);
}

function isNamed(was: Evidence, row: Evidence): boolean {
  return was.who !== "" && row.who !== "";
}

function isSameWho(was: Evidence, row: Evidence): boolean {
  return isNamed(was, row) ? was.who === row.who : overlap(was.words, row.words) >= 0.5;
}

function costOfName(memory: Memory, was: Evidence, row: Evidence): number | null {
  if (isSameWho(was, row)) return 0;
  if (isNamed(was, row) && keepsNames(memory)) return null;
  return overlap(was.words, row.words) > 0 ? 1 : 1.7;
}

function costOfWords(was: Evidence, row: Evidence): number {
  return (1 - overlap(was.words, row.words)) * (isNamed(was, row) ? 0.2 : 0.5);
}

/** What the payer called the payment is the same before and after. */
function costOfReference({ reference: was }: Evidence, { reference }: Evidence): number {
  if (was === null || reference === null) return 0;
  return was === reference ? -1 : 1.5;
}

/** Most is booked within so many days, and all within the longer time if the day of the purchase is still told. */
const LONGEST = { usual: 14, withPurchaseDay: 45 } as const;

function costOfDays(memory: Memory, { from, to }: Bought, row: Evidence): number | null {
  const { booking, value } = row;
  if (booking === null || value === null) return 0.5;
  const apart = (date: number) => Math.max(0, from - date, date - to);
  const keeps = purchaseDate(memory);
  if (keeps !== "unknown") return apart(keeps === "value" ? value : booking) === 0 ? 0 : null;
  const latest = Math.max(booking, value);
  const longest = apart(value) === 0 ? LONGEST.withPurchaseDay : LONGEST.usual;
  if (latest < from - 1 || latest > to + longest) return null;
  return Math.min(1.7, 0.3 * Math.min(apart(value), apart(booking)));
}

/** Whether an id survived the booking, as far as this kind may at this bank. */
export function hasSameId(memory: Memory, was: Evidence, row: Evidence): boolean {
  return ID_KINDS.some(
    (kind) =>
      was.ids[kind] !== undefined &&
      was.ids[kind] === row.ids[kind] &&
      trustIn(memory, "booking", kind) !== "silent" &&
      trustIn(memory, "announced", kind) !== "silent",
  );
}
