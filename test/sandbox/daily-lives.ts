import { expect } from "vitest";
import type { Quirk, SandboxOptions, TrueTransaction } from "../../packages/sandbox/src/index.ts";
import { expectEveryRowOnce } from "./every-row-once.ts";
import { type Row, type WatchedAccount, watchAccount } from "./watched-account.ts";

/** A calm bank with 730 days of history and 180 of access. */
export const CALM_BANK = "BAWAG_BAWAATWW";

/** What a bank showed of an entry: each row by its date and its list, `2026-12-20 pending`. */
export type Life = ReadonlyMap<string, Row>;

export interface Lives {
  account: WatchedAccount;
  truth: TrueTransaction[];
  /** The entries that were shown, by the sandbox's own ids. */
  of: ReadonlyMap<string, Life>;
  /** The dates on which the account was asked. */
  dates: string[];
}

/** Days that cover the ends of a year and of February. */
export const BEGINNING = "2026-12-20T09:00:00Z";
const DAYS = 80;

/** Asks an account once a day for its transactions, and tells what the bank showed of each entry. */
export async function lived(
  quirks: readonly Quirk[],
  { bank = CALM_BANK, days = DAYS, ...options }: SandboxOptions & { bank?: string; days?: number } = {},
): Promise<Lives> {
  const account = await watchAccount(
    bank,
    { max_historical_days: 90 },
    { now: BEGINNING, transactionsPerDay: 3, seed: 3, ...options, quirks: { [bank]: quirks } },
  );
  for (let day = 0; day < days; day += 1) {
    if (day > 0) await account.wait(1);
    expect(await account.ask()).toBe(200);
  }
  const truth = account.truth();
  expectEveryRowOnce(account, truth);
  const dates = account.responses.map(({ on }) => on);
  const of = new Map<string, Map<string, Row>>();
  for (const { id, observed } of truth) {
    for (const { status, seen, payload } of observed) {
      const life = of.get(id) ?? new Map<string, Row>();
      of.set(id, life);
      for (const { response } of seen) life.set(`${dates[response]} ${status}`, payload);
    }
  }
  await account.sandbox.close();
  return { account, truth, of, dates };
}

/** The life of an entry if each row is changed; rows for which nothing is returned are left out. */
export function changed(
  life: Life | undefined,
  change: (row: Row, date: string, list: string) => Row | undefined,
) {
  const rows = [...(life ?? [])].flatMap(([place, row]): [string, Row][] => {
    const [date = "", list = ""] = place.split(" ");
    const next = change(row, date, list);
    return next === undefined ? [] : [[place, next]];
  });
  return new Map(rows);
}

/** The dates on which an entry was in a list. */
export function datesIn(life: Life | undefined, list: "booked" | "pending"): string[] {
  return [...(life?.keys() ?? [])].filter((place) => place.endsWith(list)).map((place) => place.slice(0, 10));
}

/** The first row of an entry in a list. */
export function rowIn(life: Life | undefined, list: "booked" | "pending"): Row | undefined {
  return [...(life ?? [])].find(([place]) => place.endsWith(list))?.[1];
}

export function textOf(row: Row | undefined): string {
  return String(row?.["remittanceInformationUnstructured"]);
}

/** The amount of a row, as it was sent. */
export function amountOf(row: Row | undefined): string {
  const amount = row?.["transactionAmount"];
  return typeof amount === "object" && amount !== null && "amount" in amount ? String(amount.amount) : "none";
}

/** A row with another amount. */
export function withAmount(row: Row, amount: string): Row {
  const before = row["transactionAmount"];
  if (typeof before !== "object" || before === null) throw new Error("The row has no amount.");
  return { ...row, transactionAmount: { ...before, amount } };
}

const DAY = 86_400_000;

/** A date some days after another one. */
export function later(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10);
}

/** How many days one date is after another one. */
export function daysBetween(first: string, last: string): number {
  return (Date.parse(last) - Date.parse(first)) / DAY;
}

/** The transfer at the end of the month, which makes up for all that differs in the month. */
export const isMonthEnd = (id: string) => id.endsWith("-T");

/** Every entry that a calm bank shows, but the month's ends, with the life of the same entry at another bank. */
export function* pairs(
  calm: Lives,
  other: Lives,
): Generator<{ id: string; plain: Life; life: Life | undefined }> {
  for (const [id, plain] of calm.of) if (!isMonthEnd(id)) yield { id, plain, life: other.of.get(id) };
}

export const truthOf = ({ truth }: Lives, id: string) => truth.find((one) => one.id === id);
