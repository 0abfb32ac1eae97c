import { ConfigurationError, compareDecimals, isCalendarDate, isDecimal } from "bankdata-core/base";
import { ARCHIVED_STATUSES } from "../identity/index.ts";
import type { AmountRange, TransactionQuery } from "./query.ts";

/** @throws ConfigurationError if a query means nothing; it says what to write */
export function checkQuery(query: TransactionQuery): void {
  const { account, from, to, limit, status, first, currency } = query;
  if (account !== undefined && account.trim() === "")
    throw new ConfigurationError(
      "`account` must be the archive's id of an account, or a handle of it, not empty.",
    );
  for (const [name, day] of [
    ["from", from],
    ["to", to],
  ] as const)
    if (day !== undefined && !isCalendarDate(day))
      throw new ConfigurationError(
        `\`${name}\` must be a day such as 2026-01-31, not ${JSON.stringify(day)}.`,
      );
  if (from !== undefined && to !== undefined && from > to)
    throw new ConfigurationError(`\`from\` (${from}) must not be after \`to\` (${to}).`);
  checkAmounts("amount", query.amount);
  checkAmounts("size", query.size);
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 0))
    throw new ConfigurationError(`\`limit\` must be a whole number from 0, not ${limit}.`);
  if (first !== undefined && first !== "oldest" && first !== "newest")
    throw new ConfigurationError(`\`first\` must be "oldest" or "newest".`);
  if (currency !== undefined && !/^[A-Za-z]{3}$/.test(currency))
    throw new ConfigurationError(`\`currency\` must be a code such as EUR, not ${JSON.stringify(currency)}.`);
  for (const one of [status ?? []].flat())
    if (!ARCHIVED_STATUSES.includes(one))
      throw new ConfigurationError(`\`status\` must be among ${ARCHIVED_STATUSES.join(", ")}.`);
}

function checkAmounts(name: "amount" | "size", { from, to }: AmountRange = {}): void {
  for (const [end, decimal] of [
    ["from", from],
    ["to", to],
  ] as const) {
    if (decimal !== undefined && !isDecimal(decimal))
      throw new ConfigurationError(
        `\`${name}.${end}\` must be a decimal such as "12.50", not ${JSON.stringify(decimal)}.`,
      );
    if (name === "size" && decimal?.startsWith("-"))
      throw new ConfigurationError(`\`size.${end}\` has no sign; \`amount\` has.`);
  }
  if (from !== undefined && to !== undefined && compareDecimals(from, to) > 0)
    throw new ConfigurationError(`\`${name}.from\` (${from}) must not be above \`${name}.to\` (${to}).`);
}
