import type { BalanceKind, BankBalance } from "bankdata-core/bank";
import { line, type Printable } from "../ui/printable.ts";

/** What each kind of balance is called. */
const WORDS: Readonly<Record<BalanceKind, string>> = {
  closingBooked: "booked",
  interimBooked: "booked so far",
  openingBooked: "booked at the start",
  previouslyClosedBooked: "booked before",
  closingAvailable: "available at the end",
  interimAvailable: "available",
  openingAvailable: "available at the start",
  forwardAvailable: "available later",
  expected: "expected",
  authorised: "expected with credit line",
  nonInvoiced: "not invoiced",
  information: "information",
};

/** What a balance is called: its kind, and whether a credit limit is part of it. An unknown kind stays as it was sent. */
export function balanceInWords({
  kind,
  kindAsSent,
  creditLimitIncluded,
}: Pick<BankBalance, "kind" | "kindAsSent" | "creditLimitIncluded">): Printable {
  const word = kind === null ? (kindAsSent ?? "balance") : WORDS[kind];
  return line`${word}${creditLimitIncluded ? " with credit limit" : ""}`;
}
