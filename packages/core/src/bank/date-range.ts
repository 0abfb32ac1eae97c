import { isCalendarDate } from "../base/dates.ts";
import { ConfigurationError } from "../base/errors.ts";
import { checkOptionNames, type OptionNames } from "../base/option-names.ts";

/**
 * Which transactions: those of the last `days` days, or those between two dates, both inclusive; without either, all
 * that the consent covers. `days` cannot be combined with `from`.
 */
export interface DateRange {
  /**
   * How many days back, at least 1. The window moves with the date, and a cached response is found again after
   * midnight, so this is the way to ask for "the last 90 days".
   */
  readonly days?: number | undefined;
  /** `YYYY-MM-DD`. */
  readonly from?: string | undefined;
  /** `YYYY-MM-DD`. */
  readonly to?: string | undefined;
}

const rangeNames: OptionNames<DateRange> = { days: true, from: true, to: true };

/** Checks a range before anything is requested. @throws ConfigurationError if it is not valid */
export function checkRange(range: DateRange): void {
  checkOptionNames(range, rangeNames, "the range");
  const { days, from, to } = range;
  if (days !== undefined && (!Number.isInteger(days) || days < 1))
    throw new ConfigurationError(`days must be a whole number of at least 1, not ${days}.`);
  if (days !== undefined && from !== undefined)
    throw new ConfigurationError("days cannot be combined with from.");
  for (const [name, date] of Object.entries({ from, to })) {
    if (date !== undefined && !isCalendarDate(date))
      throw new ConfigurationError(`${name} must be a date such as 2026-01-31, not ${JSON.stringify(date)}.`);
  }
  if (from !== undefined && to !== undefined && from > to)
    throw new ConfigurationError(`from (${from}) is after to (${to}).`);
}
