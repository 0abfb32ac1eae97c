/** How a date begins in each of the three forms that a header may have (RFC 9110, 5.6.7). */
const DAY_NAME = /^(?:mon|tue|wed|thu|fri|sat|sun)/i;

/** The longest of them is `Wednesday, 30-Sep-26 08:49:37 GMT`. */
const LONGEST_DATE = 40;

/**
 * The wait that a Retry-After header asks for, in milliseconds from `now` (milliseconds); Infinity for one that no
 * number holds, 0 for a date that is past. Null when there is none, or nothing that can be read as one.
 */
export function readRetryAfter(headers: Headers, now: number): number | null {
  const text = headers.get("retry-after")?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  if (!DAY_NAME.test(text) || text.length > LONGEST_DATE) return null;
  const date = Date.parse(/gmt$/i.test(text) ? text : `${text} GMT`);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
