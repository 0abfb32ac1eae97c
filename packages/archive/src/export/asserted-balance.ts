import { type BankBalance, plausibleDate } from "bankdata-core/bank";
import { daysFrom } from "bankdata-core/base";
import Big from "big.js";
import { addsUpExactly, isCommodity, plain, readAmount, shown } from "./beancount-syntax.ts";

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

/** What an account's balance is checked against. */
export interface Evidence {
  /** The account's own currency, if it can be written. */
  currency: string | undefined;
  balances: readonly BankBalance[];
  /** The entries of the ledger, by day. */
  written: readonly WrittenMovement[];
  /** Transactions that the balance may count, but that are not in the ledger. */
  skipped: readonly Movement[];
  /** `YYYY-MM-DD`. */
  today: string;
}

/** A balance at the end of a day, and the opening balance from which the entries lead to it. */
export interface Assertion {
  day: string;
  /** The date of the opening balance: before the first entry, and not after `day`. */
  openingDay: string;
  amount: string;
  currency: string;
  opening: string;
}

type Assessment = Assertion | { reason: string };

/** Kinds of balances that count only booked transactions, best first; other kinds count pending ones or a credit line. */
const BOOKED_BALANCES = ["closingBooked", "interimBooked"] as const;

/**
 * The balance that the entries prove. As the opening balance is computed from it, beancount would accept any balance on
 * any day, so one is asserted only if its day and everything that it counts are known. Returns the reason if the bank
 * reported booked balances and none of them can be asserted, and undefined if it reported none.
 */
export function assertedBalance(evidence: Evidence): Assessment | undefined {
  const candidates = BOOKED_BALANCES.flatMap((kind) =>
    evidence.balances
      .filter((balance) => balance.kind === kind)
      .map((balance) => ({ balance, day: plausibleDate(balance.date, evidence.today) ?? undefined }))
      .sort((a, b) => (b.day ?? "").localeCompare(a.day ?? "")),
  );
  const contradicted = contradictedOf(evidence.balances);
  let rejected: Assessment | undefined;
  for (const { balance, day } of candidates) {
    const assessment = contradicted.has(balance)
      ? { reason: "the bank reports several for one day" }
      : assess(balance, day, evidence);
    if (!("reason" in assessment)) return assessment;
    rejected ??= assessment;
  }
  return rejected;
}

/** The balances for whose kind, date and currency the bank also reports another amount. */
function contradictedOf(balances: readonly BankBalance[]): ReadonlySet<BankBalance> {
  const same = new Map<string, { amounts: Set<string>; balances: BankBalance[] }>();
  for (const balance of balances) {
    if (balance.creditLimitIncluded) continue;
    const { amount, currency } = balance;
    const key = JSON.stringify([balance.kind, balance.date, currency]);
    const group = same.get(key) ?? { amounts: new Set(), balances: [] };
    const read = readAmount(amount);
    group.amounts.add("reason" in read ? amount : new Big(read.amount).toFixed());
    group.balances.push(balance);
    same.set(key, group);
  }
  const contradicted = [...same.values()].filter(({ amounts }) => amounts.size > 1);
  return new Set(contradicted.flatMap((group) => group.balances));
}

function assess(balance: BankBalance, stated: string | undefined, evidence: Evidence): Assessment {
  const { currency } = balance;
  if (!isCommodity(currency)) return { reason: `${shown(currency)} is not a valid commodity` };
  if (evidence.currency !== undefined && evidence.currency !== currency) {
    return { reason: `it is in ${currency} and the account in ${evidence.currency}` };
  }
  if (balance.creditLimitIncluded) return { reason: "it counts the credit limit" };
  const read = readAmount(balance.amount);
  if ("reason" in read) return read;
  const held = balance.kind === "closingBooked" ? closingDay(stated) : interimDay(stated, evidence);
  if ("reason" in held) return held;
  return assertionOf(read.amount, currency, held, evidence);
}

/** The day at whose end a balance holds. `allCounted` is true if it counts every booked entry, regardless of its date. */
type Held = { day: string; allCounted: boolean };

/**
 * A closing balance belongs to a period that the bank chose: yesterday, the last working day, or for cards the last
 * invoice. Without its date, it is unknown which entries it counts.
 */
function closingDay(stated: string | undefined): Held | { reason: string } {
  return stated === undefined
    ? { reason: "it does not say which day it closes" }
    : { day: stated, allCounted: false };
}

/**
 * An interim balance holds at the moment of the request. If it has no date, it is assumed to count every booked entry,
 * unless an entry is dated ahead: then it is unknown whether it counts that one. If it has a date, entries of a later
 * day, up to today, show that the transactions were requested after the balance, which may then lack entries of its day.
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

/** The assertion with its opening balance, if everything that the balance counts is known. */
function assertionOf(
  amount: string,
  currency: string,
  { day, allCounted }: Held,
  evidence: Evidence,
): Assessment {
  const { written, skipped } = evidence;
  const openingDay = [day, ...written.slice(0, 1).map((first) => daysFrom(first.day, -1))].sort()[0] ?? day;
  // The opening balance contains what moved before it, whether that was written or not.
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
