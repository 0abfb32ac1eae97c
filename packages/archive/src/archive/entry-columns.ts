import { entryDate } from "bankdata-core/bank";
import { dateOf } from "bankdata-core/base";
import type { Entry } from "../identity/index.ts";
import type { EntryRow } from "./known.ts";

/** The columns of a transaction that follow from what the bank said of it last. */
export type EntryColumns = Pick<
  EntryRow,
  "amount" | "micros" | "currency" | "booking_date" | "value_date" | "date" | "counterparty" | "text"
>;

/**
 * The columns for an entry.
 *
 * @param observedAt when the bank said so, in milliseconds since 1970
 * @param undated the day of an entry without any date: that of its first observation
 */
export function entryColumns(entry: Entry, observedAt: number, undated?: string): EntryColumns {
  const today = dateOf(observedAt);
  return {
    amount: entry.amount,
    micros: microsOf(entry.amount),
    currency: entry.currency,
    booking_date: entry.bookingDate,
    value_date: entry.valueDate,
    date: entryDate(entry, today) ?? undated ?? today,
    counterparty: entry.counterparty,
    text: entry.text,
  };
}

/** How many decimals an amount has in millionths, and the largest one that is stored so. */
export const DECIMALS_OF_MICROS = 6;
export const LARGEST_MICROS = 2n ** 63n - 1n;

/** An exact decimal in millionths; null if that is not a whole number, or needs more than 64 bits. */
export function microsOf(amount: string): bigint | null {
  const [whole = "", fraction = ""] = amount.split(".");
  if (!/^0*$/.test(fraction.slice(DECIMALS_OF_MICROS))) return null;
  const micros = BigInt(
    `${whole.replace("-", "") || "0"}${fraction.slice(0, DECIMALS_OF_MICROS).padEnd(DECIMALS_OF_MICROS, "0")}`,
  );
  if (micros > LARGEST_MICROS) return null;
  return whole.startsWith("-") ? -micros : micros;
}
