import type { Balance } from "bankdata-core";
import { daysFrom } from "bankdata-core/base";
import Big from "big.js";
import { addsUpExactly, isCommodity, plain, readAmount, shown } from "./beancount-syntax.ts";
import { plausibleDay } from "./entry-day.ts";

/** Money that a transaction moved, as far as it is known. */
export interface Movement {
  day: string | undefined;
  amount: string | undefined;
  currency: string;
}

/** Money that was written as an entry. */
export interface WrittenMovement extends Movement {
  day: string;
  amount: string;
}

/** What an account's balance is judged by. */
export interface Evidence {
  /** The account's own currency, if it can be written. */
  currency: string | undefined;
  balances: readonly Balance[];
  /** What the ledger says, by day. */
  written: readonly WrittenMovement[];
  /** What the account's balance may count and the ledger does not say. */
  skipped: readonly Movement[];
  /** `YYYY-MM-DD`. */
  today: string;
}

/** A balance at the end of a day, and what the account held before its first entry for it to come out. */
export interface Assertion {
  day: string;
  /** The day that the opening balance is dated: before the first entry, and not after `day`. */
  openingDay: string;
  amount: string;
  currency: string;
  opening: string;
}

type Judgement = Assertion | { reason: string };

/** Balances of what is booked alone, best first: others count pending money, or a credit line. */
const BOOKED_BALANCES = ["closingBooked", "interimBooked"];

/**
 * The balance that the entries prove. The opening balance is worked out from it, so beancount would be content with any
 * balance on any day: one is asserted only if its day and all that it counts are known. Returns the reason if the bank
 * gave booked balances and none of them can be asserted, and undefined if it gave none.
 */
export function assertedBalance(evidence: Evidence): Judgement | undefined {
  const candidates = BOOKED_BALANCES.flatMap((type) =>
    evidence.balances
      .filter((balance) => balance.balanceType === type)
      .map((balance) => ({ balance, day: plausibleDay(balance.referenceDate, evidence.today) }))
      .sort((a, b) => (b.day ?? "").localeCompare(a.day ?? "")),
  );
  const contradicted = contradictedOf(evidence.balances);
  let refused: Judgement | undefined;
  for (const { balance, day } of candidates) {
    const judgement = contradicted.has(balance)
      ? { reason: "the bank gives several for one day" }
      : judge(balance, day, evidence);
    if (!("reason" in judgement)) return judgement;
    refused ??= judgement;
  }
  return refused;
}

/** The balances beside which the bank gives another amount for the same kind, date and currency. */
function contradictedOf(balances: readonly Balance[]): ReadonlySet<Balance> {
  const same = new Map<string, { amounts: Set<string>; balances: Balance[] }>();
  for (const balance of balances) {
    if (balance.creditLimitIncluded) continue;
    const { amount, currency } = balance.balanceAmount;
    const key = JSON.stringify([balance.balanceType, balance.referenceDate ?? "", currency]);
    const group = same.get(key) ?? { amounts: new Set(), balances: [] };
    const read = readAmount(amount);
    group.amounts.add("reason" in read ? amount : new Big(read.amount).toFixed());
    group.balances.push(balance);
    same.set(key, group);
  }
  const contradicted = [...same.values()].filter(({ amounts }) => amounts.size > 1);
  return new Set(contradicted.flatMap((group) => group.balances));
}

function judge(balance: Balance, stated: string | undefined, evidence: Evidence): Judgement {
  const { currency } = balance.balanceAmount;
  if (!isCommodity(currency)) return { reason: `${shown(currency)} is no commodity` };
  if (evidence.currency !== undefined && evidence.currency !== currency) {
    return { reason: `it is in ${currency} and the account in ${evidence.currency}` };
  }
  if (balance.creditLimitIncluded) return { reason: "it counts the credit limit" };
  const read = readAmount(balance.balanceAmount.amount);
  if ("reason" in read) return read;
  const held = balance.balanceType === "closingBooked" ? closingDay(stated) : interimDay(stated, evidence);
  if ("reason" in held) return held;
  return worked(read.amount, currency, held, evidence);
}

/** The day at whose end a balance holds. `allCounted` if it counts every booked entry, however that is dated. */
type Held = { day: string; allCounted: boolean };

/**
 * A closing balance is that of a period which the bank chose: yesterday, the last working day, or for cards the last
 * invoice. Without its date, nothing tells which entries it counts.
 */
function closingDay(stated: string | undefined): Held | { reason: string } {
  return stated === undefined
    ? { reason: "it does not say which day it closes" }
    : { day: stated, allCounted: false };
}

/**
 * An interim balance holds for the moment the bank was asked. Without a date, that is the moment of the transactions:
 * it counts all that are booked, unless the bank books ahead, when nobody knows. Entries of a later day that is not
 * ahead show that the transactions were asked for after the balance, and then its own day may have gone on as well.
 */
function interimDay(
  stated: string | undefined,
  { written, skipped, today }: Evidence,
): Held | { reason: string } {
  const days = [...written, ...skipped].flatMap(({ day }) => day ?? []);
  if (stated === undefined) {
    const last = written.at(-1)?.day;
    if (last === undefined) return { reason: "neither it nor an entry has a date" };
    if (days.some((day) => day > today)) return { reason: "it has no date, and entries are dated ahead" };
    return { day: last, allCounted: true };
  }
  if (days.includes(stated) && days.some((day) => day > stated && day <= today)) {
    return { reason: `it was taken during ${stated}, and entries came after` };
  }
  return { day: stated, allCounted: false };
}

/** Works the opening balance out, if everything that the balance counts is known. */
function worked(amount: string, currency: string, { day, allCounted }: Held, evidence: Evidence): Judgement {
  const { written, skipped } = evidence;
  const openingDay = [day, ...written.slice(0, 1).map((first) => daysFrom(first.day, -1))].sort()[0] ?? day;
  // Money that moved before the opening balance is in it, whether it was written or not.
  const unknown = skipped.some(
    (one) =>
      !(one.amount !== undefined && new Big(one.amount).eq(0)) &&
      !(one.day !== undefined && (one.day <= openingDay || (!allCounted && one.day > day))),
  );
  if (unknown) return { reason: "it may count transactions that were left out" };
  const counted = written.filter((one) => one.day <= day);
  if (counted.some((one) => one.currency !== currency)) {
    return { reason: "it may count entries in other currencies" };
  }
  const moved = counted.reduce((sum, one) => sum.plus(one.amount), new Big(0));
  const opening = plain(new Big(amount).minus(moved));
  if (!addsUpExactly([amount, opening, ...counted.map((one) => one.amount)])) {
    return { reason: "the sum has more digits than beancount computes with" };
  }
  return { day, openingDay, amount, currency, opening };
}
