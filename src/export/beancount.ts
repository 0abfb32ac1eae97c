import Big from "big.js";
import type { Balance } from "../models/balance.ts";
import { daysFrom, isCalendarDate } from "../models/calendar.ts";
import type { Transaction } from "../models/transaction.ts";

/** One bank account with what is to be written of it. */
export interface LedgerAccount {
  /** The name after `Assets:`, from which a valid one is made: parts are split at `:`. */
  name: string;
  /** ISO 4217. Transactions in other currencies are written in theirs. */
  currency: string;
  booked: readonly Transaction[];
  balances: readonly Balance[];
}

/** A ledger's text, and what did not go into it. */
export interface Ledger {
  text: string;
  /** Transactions that could not be written: which, and why. */
  skipped: { account: string; index: number; reason: string }[];
}

/** Where the other side of a transaction goes until rules say better. */
const UNSORTED = { out: "Expenses:Unsorted", in: "Income:Unsorted" };
const OPENING = "Equity:Opening-Balances";

/**
 * Writes booked transactions as a beancount ledger: each balanced against an unsorted counter-account, with the bank's
 * ids as metadata, and the account's booked balance asserted where the bank gave one. Money owned before the first
 * transaction comes from `Equity:Opening-Balances`. Pending transactions are left out, as they come again as booked.
 *
 * Source: beancount's language syntax; amounts are exact decimals throughout.
 */
export function beancountLedger(accounts: readonly LedgerAccount[]): Ledger {
  const skipped: Ledger["skipped"] = [];
  const names = accountNames(accounts);
  const written = accounts.map((account, at) =>
    writeAccount(account, names[at] ?? "Assets:Account", skipped),
  );
  const opened = written.flatMap((part) => part.first ?? []).sort()[0];
  const currencies = new Set(accounts.map((account) => account.currency));
  const head = [
    'option "title" "Bank accounts"',
    ...[...currencies].filter(isCommodity).map((currency) => `option "operating_currency" "${currency}"`),
    "",
    ...(opened === undefined
      ? []
      : [OPENING, UNSORTED.in, UNSORTED.out].map((name) => `${opened} open ${name}`)),
  ];
  return {
    text: `${[...head, "", ...written.flatMap((part) => part.lines)].join("\n").trimEnd()}\n`,
    skipped,
  };
}

interface Entry {
  date: string;
  amount: string;
  currency: string;
  lines: string[];
}

function writeAccount(
  account: LedgerAccount,
  name: string,
  skipped: Ledger["skipped"],
): { lines: string[]; first: string | undefined } {
  const entries: Entry[] = [];
  for (const [index, transaction] of account.booked.entries()) {
    const entry = entryOf(transaction, name);
    if (typeof entry === "string") skipped.push({ account: name, index, reason: entry });
    else entries.push(entry);
  }
  entries.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  const assertion = skipped.some((one) => one.account === name)
    ? undefined
    : assertedBalance(account, entries);
  const first = entries[0] === undefined ? assertion?.date : daysFrom(entries[0].date, -1);
  if (first === undefined) return { lines: [], first };
  const lines = [`${first} open ${name}`];
  if (assertion !== undefined && !assertion.opening.eq(0)) {
    lines.push(
      "",
      ...transactionLines(
        first,
        "Opening balance",
        "",
        [],
        [
          `${name}  ${plain(assertion.opening)} ${account.currency}`,
          `${OPENING}  ${plain(assertion.opening.neg())} ${account.currency}`,
        ],
      ),
    );
  }
  for (const entry of entries) lines.push("", ...entry.lines);
  if (assertion !== undefined) {
    lines.push("", `${assertion.date} balance ${name}  ${assertion.amount} ${account.currency}`);
  }
  return { lines: [...lines, ""], first };
}

/** The entry of a transaction, or why there is none. */
function entryOf(transaction: Transaction, name: string): Entry | string {
  const { amount, currency } = transaction.transactionAmount;
  const date = (transaction.bookingDate ?? transaction.valueDate ?? "").slice(0, 10);
  if (!isCalendarDate(date)) return "it has no date of the calendar";
  if (!isCommodity(currency)) return `${JSON.stringify(currency)} is no commodity`;
  const outgoing = amount.startsWith("-");
  const payee = (outgoing ? transaction.creditorName : transaction.debtorName) ?? "";
  const metadata = [
    ["transaction-id", transaction.transactionId],
    ["internal-id", transaction.internalTransactionId],
    ["entry-reference", transaction.entryReference],
  ].flatMap(([key, value]) => (value?.trim() ? [`${key}: ${quoted(value)}`] : []));
  const lines = transactionLines(date, payee, narrationOf(transaction), metadata, [
    `${name}  ${amount} ${currency}`,
    `${outgoing ? UNSORTED.out : UNSORTED.in}  ${plain(new Big(amount).neg(), amount)} ${currency}`,
  ]);
  return { date, amount, currency, lines };
}

function transactionLines(
  date: string,
  payee: string,
  narration: string,
  metadata: readonly string[],
  postings: readonly string[],
): string[] {
  const title = `${date} * ${quoted(payee)} ${quoted(narration)}`;
  return [title, ...[...metadata, ...postings].map((line) => `  ${line}`)];
}

/** The text in the form that is whole: the list where the bank cut the single text, and each text once. */
function narrationOf(transaction: Transaction): string {
  const listed = transaction.remittanceInformationUnstructuredArray?.join(" ") ?? "";
  const single = transaction.remittanceInformationUnstructured ?? "";
  const unstructured = listed.length > single.length ? listed : single;
  return (
    unstructured || transaction.remittanceInformationStructured || transaction.additionalInformation || ""
  );
}

/** Balances of what is booked alone, best first: others count pending money, or a credit line. */
const BOOKED_BALANCES = ["closingBooked", "interimBooked"];

/**
 * What the account holds after its last entry. beancount asserts at the start of a day, so that it is dated the day
 * after. Given only where every entry is in the account's own currency, as the opening balance is worked out from it.
 */
function assertedBalance(
  account: LedgerAccount,
  entries: readonly Entry[],
): { date: string; amount: string; opening: Big } | undefined {
  if (entries.some((entry) => entry.currency !== account.currency)) return undefined;
  const balance = BOOKED_BALANCES.map((type) =>
    account.balances.find((one) => one.balanceType === type),
  ).find((one) => one?.balanceAmount.currency === account.currency);
  const last = [balance?.referenceDate?.slice(0, 10) ?? "", entries.at(-1)?.date ?? ""].sort().at(-1);
  if (balance === undefined || !last) return undefined;
  const { amount } = balance.balanceAmount;
  const moved = entries.reduce((sum, entry) => sum.plus(entry.amount), new Big(0));
  return { date: daysFrom(last, 1), amount, opening: new Big(amount).minus(moved) };
}

function accountNames(accounts: readonly LedgerAccount[]): string[] {
  const used = new Set<string>();
  return accounts.map((account) => {
    const wanted = `Assets:${account.name.split(":").map(component).join(":")}`;
    let name = wanted;
    for (let count = 2; used.has(name); count += 1) name = `${wanted}-${count}`;
    used.add(name);
    return name;
  });
}

/** A part of an account's name: letters, digits and hyphens, beginning with a capital or a digit. */
function component(text: string): string {
  const clean = text.replaceAll(/[^\p{L}\p{Nd}]+/gu, "-").replaceAll(/^-|-$/g, "");
  const start = clean.charAt(0).toUpperCase();
  return /^[\p{Lu}\p{Nd}]/u.test(start) ? start + clean.slice(1) : `X${clean && `-${clean}`}`;
}

function isCommodity(currency: string): boolean {
  return /^[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]$/.test(currency) && currency !== "TRUE" && currency !== "NULL";
}

function quoted(text: string): string {
  const flat = text.replaceAll(/[\r\n\t]+/g, " ").trim();
  return `"${flat.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** A sum in digits, with as many decimals as `like` has, or as it needs. */
function plain(sum: Big, like?: string): string {
  const decimals = like?.split(".")[1]?.length;
  return decimals === undefined ? sum.toFixed() : sum.toFixed(decimals);
}
