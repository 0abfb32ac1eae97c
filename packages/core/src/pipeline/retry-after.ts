import type { HeaderFields } from "../base/header-fields.ts";

/** The beginning of a date in each of the three formats that a header may use (RFC 9110, 5.6.7). */
const DAY_NAME = /^(?:mon|tue|wed|thu|fri|sat|sun)/i;

/** The longest format is `Wednesday, 30-Sep-26 08:49:37 GMT`. */
const MAX_DATE_LENGTH = 40;

/**
 * The delay that a Retry-After header asks for, in milliseconds from `now` (milliseconds since 1970): Infinity if no
 * number can hold it, 0 for a date in the past. Null if there is no header, or if it cannot be read.
 */
export function readRetryAfter(headers: HeaderFields, now: number): number | null {
  const text = headers.get("retry-after")?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  if (!DAY_NAME.test(text) || text.length > MAX_DATE_LENGTH) return null;
  const date = Date.parse(/gmt$/i.test(text) ? text : `${text} GMT`);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
