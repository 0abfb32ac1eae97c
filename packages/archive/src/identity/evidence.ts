import { folded, plausibleDate } from "bankdata-core/bank";
import { canonicalAmount } from "./amounts.ts";
import type { Entry } from "./model.ts";

/** The ids of an entry, the most reliable first. */
export const ID_KINDS = ["internalTransactionId", "transactionId", "entryReference"] as const;
export type IdKind = (typeof ID_KINDS)[number];

/** What a row says, in a form in which rows can be compared. Days are counted from 1970. */
export interface Evidence {
  readonly entry: Entry;
  /** Exact, and equal for equal sums. */
  readonly amount: string;
  readonly currency: string;
  /** Amount and currency. */
  readonly money: string;
  /** When it was booked, or what comes closest to that; null if the bank sends no date at all. */
  readonly booking: number | null;
  /** The day of the purchase, or what comes closest to that. */
  readonly value: number | null;
  /** The first and the last of all its days. */
  readonly first: number | null;
  readonly last: number | null;
  /** Who is on the other side, folded; empty if the bank names nobody. */
  readonly who: string;
  /** The letters and digits of the text, folded. */
  readonly text: string;
  /** The words of name and text. */
  readonly words: ReadonlySet<string>;
  /** The ids that can tell something apart, by kind. */
  readonly ids: Readonly<Partial<Record<IdKind, string>>>;
  /** What the payer called the payment, or the mandate; null if neither is known. */
  readonly reference: string | null;
  /** The foreign sum of an exchange; null if there is none. */
  readonly foreign: string | null;
}

/** The evidence of an entry. `today` (`YYYY-MM-DD`) tells which dates are placeholders. */
export function evidenceOf(entry: Entry, today: string): Evidence {
  const day = (text: string | null) => dayOf(text, today);
  const booked = day(entry.bookingDate) ?? day(entry.bookingDateTime);
  const valued = day(entry.transactionDate) ?? day(entry.valueDate) ?? day(entry.valueDateTime);
  const days = [booked, valued, day(entry.valueDate)].filter((one) => one !== null);
  const amount = canonicalAmount(entry.amount);
  const name = folded(nameIn(entry));
  const text = folded(entry.text);
  let words: ReadonlySet<string> | undefined;
  return {
    entry,
    amount,
    currency: entry.currency,
    money: `${amount} ${entry.currency}`,
    booking: booked ?? valued,
    value: valued ?? booked,
    first: days.length === 0 ? null : Math.min(...days),
    last: days.length === 0 ? null : Math.max(...days),
    who: lettersOf(name),
    text: lettersOf(text),
    get words() {
      words ??= wordsOf(`${name} ${text}`);
      return words;
    },
    ids: idsOf(entry),
    reference: referenceOf(entry),
    foreign: foreignOf(entry),
  };
}

/** The day of a date, counted from 1970; null if it is none, or only stands for none. */
export function dayOf(text: string | null, today: string): number | null {
  if (text === null) return null;
  const date = plausibleDate(text, today);
  if (date === null) return null;
  return Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1, Number(date.slice(8))) / 86_400_000;
}

/** How many of the words of the shorter text are in the other one, from 0 to 1. */
export function overlap(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const [few, many] = one.size <= other.size ? [one, other] : [other, one];
  let common = 0;
  for (const word of few) if (many.has(word)) common += 1;
  return common / Math.max(1, few.size);
}

/** What banks write where they have no id. */
const NO_ID = /^(?:0+|not ?provided|not ?available|pending|none|null|n\/a|-+)$/i;

/** Also null for what stands for no id. */
export function usableId(id: string | null): string | null {
  const trimmed = id?.trim() ?? "";
  return trimmed === "" || NO_ID.test(trimmed) ? null : trimmed;
}

/** The ids of an entry that may tell it from others. */
export function usableIds({ ids }: Pick<Entry, "ids">): string[] {
  return ID_KINDS.flatMap((kind) => usableId(ids[kind]) ?? []);
}

function idsOf({ ids }: Entry): Partial<Record<IdKind, string>> {
  const usable: Partial<Record<IdKind, string>> = {};
  for (const kind of ID_KINDS) {
    const id = usableId(ids[kind]);
    if (id !== null) usable[kind] = id;
  }
  return usable;
}

/** The name on the other side. If the bank's sign hides which side that is, the only name there is. */
function nameIn({ counterparty, creditor, debtor }: Entry): string {
  if (counterparty !== null) return counterparty;
  const names = [creditor?.name, debtor?.name].filter((name) => typeof name === "string");
  return names.length === 1 ? (names[0] ?? "") : "";
}

function referenceOf({ endToEndId, mandateId }: Entry): string | null {
  return usableId(endToEndId) ?? usableId(mandateId);
}

function foreignOf({ exchange, currency }: Entry): string | null {
  const sum = exchange?.instructedAmount;
  if (!sum || sum.currency === currency) return null;
  // Some banks send no sign with it.
  return `${canonicalAmount(sum.amount).replace("-", "")} ${sum.currency}`;
}

function lettersOf(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** Shorter words tell nothing apart. */
const SHORTEST_WORD = 3;

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.split(/[^\p{L}\p{N}']+/u).filter((word) => word.length >= SHORTEST_WORD));
}
