/** What Actual cannot read, or does not read as it is. */

import type { ReadEntry } from "../truth.ts";

/** A bank whose accounts Actual cannot read at all. */
interface Unreadable {
  /** Whether it fails when it lists the accounts, or when it asks for transactions. */
  at: "accounts" | "transactions";
  /** What its server says then. */
  says: string;
  why: string;
}

/** A bank whose entries mean something else in Actual than at the bank. */
interface Misread {
  why: string;
  /** What an entry in Actual says, so that it can be compared with the truth all the same. */
  meant(entry: ReadEntry): ReadEntry;
}

const NO_PENDING: Unreadable = {
  at: "transactions",
  says: "Cannot read properties of undefined (reading 'map')",
  why: "it takes a list of pending entries for granted (transactions.pending.map)",
};

/** By quirk, or by bank if Actual has a module of its own for the bank. */
const UNREADABLE: Readonly<Record<string, Unreadable>> = {
  missingPending: NO_PENDING,
  pendingBeside: NO_PENDING,
  AMERICAN_EXPRESS_AESUDEF1: {
    at: "accounts",
    says: "Cannot read properties of undefined (reading 'slice')",
    why: "its module for the bank takes an `iban` for granted, in which the masked card number is (account.iban.slice)",
  },
  BOURSORAMA_BOUSFRPP: {
    at: "transactions",
    says: "Cannot read properties of undefined (reading 'replace')",
    why: "its module for the bank takes remittanceInformationUnstructuredArray for granted (infoArray[0].replace)",
  },
};

const MISREAD: Readonly<Record<string, Misread>> = {
  invertedSigns: {
    why: "the bank inverts signs, and Actual keeps the bank's",
    meant: (entry) => ({
      ...entry,
      amount: entry.amount.startsWith("-") ? entry.amount.slice(1) : `-${entry.amount}`,
    }),
  },
  swappedDates: {
    why: "the bank swaps the dates, and Actual's date is the value date then",
    meant: ({ bookedOn, ...entry }) => ({ ...entry, valueOn: bookedOn }),
  },
  htmlEntities: {
    why: "the bank escapes texts, and Actual keeps them escaped",
    meant: ({ description, ...entry }) => ({ ...entry, description: description && unescaped(description) }),
  },
  truncatedText: {
    why: "the bank cuts its texts, which are not compared",
    meant: ({ description: _, ...entry }) => entry,
  },
  BELFIUS_GKCCBEBB: {
    why: "its module for the bank takes internalTransactionId as the id",
    meant: ({ transactionId, ...entry }) => ({ ...entry, internalTransactionId: transactionId }),
  },
};

/** Why Actual cannot read a bank with these quirks; undefined if it can. */
export function unreadable(bank: string, quirks: readonly string[]): Unreadable | undefined {
  return [bank, ...quirks].map((name) => UNREADABLE[name]).find((found) => found !== undefined);
}

/** What Actual reads in its own way at a bank with these quirks. */
export function misread(bank: string, quirks: readonly string[]): Misread[] {
  return [bank, ...quirks].flatMap((name) => MISREAD[name] ?? []);
}

function unescaped(text: string): string {
  return text.replaceAll("\\U00E9", "é").replaceAll("&#39;", "'").replaceAll("&amp;", "&");
}
