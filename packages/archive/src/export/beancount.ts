import { type BankBalance, type BankTransaction, datesOf, entryDate } from "bankdata-core/bank";
import { dateOf, daysFrom } from "bankdata-core/base";
import Big from "big.js";
import { type Assertion, assertedBalance, type Movement, type WrittenMovement } from "./asserted-balance.ts";
import { accountNames, isCommodity, plain, quoted, readAmount, shown } from "./beancount-syntax.ts";
import { textsOf } from "./entry-texts.ts";

/** A bank account, and what to write of it. */
export interface LedgerAccount {
  /** The name after `Assets:`, split into parts at `:`; characters that beancount does not allow are replaced. */
  name: string;
  /** ISO 4217. Transactions in other currencies keep their own. */
  currency: string;
  /** In any order; only those that are booked are written. */
  transactions: readonly BankTransaction[];
  /** All that the bank reported: one is asserted if it counts only booked transactions, and the entries prove it. */
  balances: readonly BankBalance[];
  /** How many more booked transactions the bank sent that could not be read. @default 0 */
  unreadable?: number;
}

/** A ledger's text, and what is missing from it. */
export interface Ledger {
  /** In the syntax of beancount, to be written to a file as it is: it ends with a line break. */
  text: string;
  /** Booked transactions that could not be written. */
  skipped: SkippedTransaction[];
  /** What else of an account could not be written, such as its currency or its booked balance. */
  omitted: Omission[];
}

/** A booked transaction that is not in the ledger. */
export interface SkippedTransaction {
  /** The account's name in the ledger, with `Assets:`. */
  account: string;
  /** The transaction's place in `LedgerAccount.transactions`, from 0. */
  index: number;
  /** Why, as a part of a sentence: `it has no valid date`. */
  reason: string;
}

/** Something of an account, other than a transaction, that is not in the ledger. */
export interface Omission {
  /** The account's name in the ledger, with `Assets:`. */
  account: string;
  /** What, and after a colon why or how many: `its currency: "X" is not a valid commodity`. */
  reason: string;
}

/** The counter-accounts: what a transaction was for is still unknown. */
const UNSORTED = { out: "Expenses:Unsorted", in: "Income:Unsorted" };
const OPENING = "Equity:Opening-Balances";

/**
 * Writes booked transactions as a beancount ledger: each balanced against an unsorted counter-account, with the bank's
 * ids as metadata, and the account's booked balance asserted if the entries prove it. Money owned before the first
 * transaction comes from `Equity:Opening-Balances`. Pending transactions are left out until they are booked, and so are
 * scheduled and void ones, which are not part of the books.
 * Text from the bank reaches the ledger only in quotes, or once it is known to be a date, number, currency or name.
 *
 * Amounts are exact decimals throughout. This does not throw, regardless of what a bank sent.
 *
 * @param today `YYYY-MM-DD`; entries after it are dated ahead. @default the current day in UTC
 */
export function beancountLedger(
  accounts: readonly LedgerAccount[],
  today: string = dateOf(Date.now()),
): Ledger {
  const names = accountNames(accounts.map((account) => account.name));
  const written = accounts.map((account, at) =>
    writeAccount(account, names[at] ?? `Assets:Account-${at}`, today),
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
    skipped: written.flatMap((part) => part.skipped),
    omitted: written.flatMap((part) => part.omitted),
  };
}

interface Entry extends WrittenMovement {
  lines: string[];
}

/** A transaction that cannot be written, and what is known of the money that it moved. */
interface Skip extends Movement {
  reason: string;
}

interface WrittenAccount extends Pick<Ledger, "skipped" | "omitted"> {
  lines: string[];
  /** The day on which the account is opened; undefined if nothing is written of it. */
  first: string | undefined;
}

function writeAccount(account: LedgerAccount, name: string, today: string): WrittenAccount {
  const results = account.transactions.flatMap((transaction, index) =>
    transaction.status === "booked" ? [{ ...entryOf(transaction, name, today), index }] : [],
  );
  const entries = results
    .filter((result) => "lines" in result)
    .sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
  const skips = results.filter((result) => "reason" in result);
  const unreadable = account.unreadable ?? 0;
  const unread: Movement[] =
    unreadable > 0 ? [{ day: undefined, amount: undefined, currency: account.currency }] : [];
  const ownCurrency = isCommodity(account.currency);
  const assessed = assertedBalance({
    currency: ownCurrency ? account.currency : undefined,
    balances: account.balances,
    written: entries,
    skipped: [...skips, ...unread],
    today,
  });
  const rejected = assessed !== undefined && "reason" in assessed ? assessed.reason : undefined;
  const assertion = assessed !== undefined && "day" in assessed ? assessed : undefined;
  const omitted = [
    ...(ownCurrency ? [] : [`its currency: ${shown(account.currency)} is not a valid commodity`]),
    ...(unreadable > 0 ? [`transactions that could not be read: ${unreadable}`] : []),
    ...(rejected === undefined ? [] : [`its balance: ${rejected}`]),
  ];
  return {
    ...accountLines(name, entries, assertion),
    skipped: skips.map(({ index, reason }) => ({ account: name, index, reason })),
    omitted: omitted.map((reason) => ({ account: name, reason })),
  };
}

function accountLines(
  name: string,
  entries: readonly Entry[],
  assertion: Assertion | undefined,
): Pick<WrittenAccount, "lines" | "first"> {
  const first =
    assertion?.openingDay ?? (entries[0] === undefined ? undefined : daysFrom(entries[0].day, -1));
  if (first === undefined) return { lines: [], first };
  const lines = [`${first} open ${name}`];
  if (assertion !== undefined && !new Big(assertion.opening).eq(0)) {
    const { opening, currency } = assertion;
    lines.push(
      "",
      `${first} * "Opening balance" ""`,
      `  ${name}  ${opening} ${currency}`,
      `  ${OPENING}  ${plain(new Big(opening).neg())} ${currency}`,
    );
  }
  for (const entry of entries) lines.push("", ...entry.lines);
  if (assertion !== undefined) {
    // beancount asserts at the start of a day, so a balance at the end of one is dated the day after.
    const { day, amount, currency } = assertion;
    lines.push("", `${daysFrom(day, 1)} balance ${name}  ${amount} ${currency}`);
  }
  return { lines: [...lines, ""], first };
}

/** The entry for a transaction, or the reason why there is none. */
function entryOf(transaction: BankTransaction, name: string, today: string): Entry | Skip {
  const { amount: sent, currency } = transaction;
  const day = entryDate(transaction, today);
  const read = readAmount(sent);
  const known = {
    day: day ?? undefined,
    amount: "amount" in read ? read.amount : undefined,
    currency,
  };
  if (day === null) return { ...known, reason: whyUndated(transaction) };
  if ("reason" in read) return { ...known, reason: read.reason };
  if (!isCommodity(currency)) return { ...known, reason: `${shown(currency)} is not a valid commodity` };
  const { amount } = read;
  const outgoing = amount.startsWith("-");
  const { payee, narration, metadata } = textsOf(transaction, outgoing);
  const lines = [
    `${day} * ${quoted(payee)} ${quoted(narration)}`,
    ...metadata.map(([key, value]) => `  ${key}: ${quoted(value)}`),
    `  ${name}  ${amount} ${currency}`,
    `  ${outgoing ? UNSORTED.out : UNSORTED.in}  ${plain(new Big(amount).neg(), amount)} ${currency}`,
  ];
  return { day, amount, currency, lines };
}

/** Why a transaction has no date by which it could be entered. */
function whyUndated(transaction: BankTransaction): string {
  const [placeholder] = datesOf(transaction);
  return placeholder === undefined
    ? "it has no valid date"
    : `its only date, ${shown(placeholder)}, is a placeholder`;
}
