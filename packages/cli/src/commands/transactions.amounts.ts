import type { AmountRange, TransactionQuery as ArchiveQuery } from "bankdata-archive";
import { compareDecimals } from "bankdata-core/base";
import { EXIT } from "../ui/exit.ts";
import { CommandFailure } from "../ui/failure.ts";
import { line } from "../ui/printable.ts";

/** Amounts as people write them: with a point or a comma, and with a sign if it matters. */
const AMOUNT = /^[+-]?\d+(?:[.,]\d+)?$/;

/**
 * The amounts that a person means: `12.34`, `10..20`, `100..`, `..-5`. Without a sign, money that came in and that went out.
 *
 * @throws CommandFailure if it is none of these
 */
export function amountsMeant(text: string): Pick<ArchiveQuery, "amount" | "size"> {
  const [from = "", to = from, ...rest] = text.split("..").map((end) => end.trim());
  const ends = [from, to];
  if (
    rest.length > 0 ||
    ends.every((end) => end === "") ||
    !ends.every((end) => end === "" || AMOUNT.test(end))
  )
    throw wrongAmount(text);
  const isSigned = ends.some((end) => /^[+-]/.test(end));
  const [least, most] = ends.map((end) => end.replace(",", ".").replace("+", ""));
  if (least && most && compareDecimals(least, most) > 0) throw wrongAmount(text);
  const range: AmountRange = { ...(least ? { from: least } : {}), ...(most ? { to: most } : {}) };
  return isSigned ? { amount: range } : { size: range };
}

function wrongAmount(text: string): CommandFailure {
  return new CommandFailure(
    line`--amount "${text}" is not an amount: write it as 12.34, or as a range such as 10..20, 100.. or -50..-10.`,
    EXIT.usage,
    line`See bankdata transactions --help`,
  );
}

/** Whether an amount is among those that are meant. */
export function isAmount(
  amount: string,
  { amount: signed, size }: Pick<ArchiveQuery, "amount" | "size">,
): boolean {
  return isWithin(amount, signed) && isWithin(amount.replace("-", ""), size);
}

function isWithin(amount: string, { from, to }: AmountRange = {}): boolean {
  return (
    (from === undefined || compareDecimals(from, amount) <= 0) &&
    (to === undefined || compareDecimals(amount, to) <= 0)
  );
}
