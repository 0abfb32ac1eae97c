import { compareDecimals, inUnits } from "bankdata-core/base";
import type { Kysely } from "kysely";
import type { Schema, WordCondition } from "../database/index.ts";
import { DECIMALS_OF_MICROS, LARGEST_MICROS } from "./entry-columns.ts";
import type { AmountRange, TransactionQuery } from "./query.ts";
import { type MicrosRange, sizeCondition } from "./size-words.ts";

/** Which amounts are wanted. */
export interface AmountFilter {
  /** In millionths; an amount within any of them is. */
  readonly ranges: readonly MicrosRange[];
  /** The keys of the transactions that are, although their amounts have no such number. */
  readonly beyond: readonly number[];
  /** What the index of words knows about it. */
  readonly condition: WordCondition;
}

/** The filter that a query means; null if it means every amount. */
export async function amountFilter(
  { kysely, tenant }: { kysely: Kysely<Schema>; tenant: string },
  { amount, size }: Pick<TransactionQuery, "amount" | "size">,
): Promise<AmountFilter | null> {
  if (isEndless(amount) && isEndless(size)) return null;
  const signed = microsRange(amount);
  const positive = microsRange({ from: size?.from ?? "0", to: size?.to });
  const ranges = [positive, { from: -positive.to, to: -positive.from }].flatMap(({ from, to }) => {
    const both = { from: max(from, signed.from), to: min(to, signed.to) };
    return both.from <= both.to ? [both] : [];
  });
  const beyond: number[] = [];
  const rows = await kysely
    .selectFrom("entry")
    .innerJoin("account", "account.key", "entry.account")
    .select(["entry.key", "entry.amount as exact"])
    .where("entry.micros", "is", null)
    .where("account.tenant", "=", tenant)
    .execute();
  for (const { key, exact } of rows)
    if (isWithin(exact, amount) && isWithin(exact.replace("-", ""), size)) beyond.push(key);
  return { ranges, beyond, condition: sizeCondition(ranges, beyond.length > 0) };
}

function isEndless(range: AmountRange | undefined): boolean {
  return range?.from === undefined && range?.to === undefined;
}

function isWithin(exact: string, { from, to }: AmountRange = {}): boolean {
  return (
    (from === undefined || compareDecimals(from, exact) <= 0) &&
    (to === undefined || compareDecimals(exact, to) <= 0)
  );
}

/** A range in millionths, as far as those are stored. */
function microsRange({ from, to }: AmountRange = {}): MicrosRange {
  return {
    from: from === undefined ? -LARGEST_MICROS : max(inUnits(from, DECIMALS_OF_MICROS).ceil, -LARGEST_MICROS),
    to: to === undefined ? LARGEST_MICROS : min(inUnits(to, DECIMALS_OF_MICROS).floor, LARGEST_MICROS),
  };
}

function min(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

function max(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
