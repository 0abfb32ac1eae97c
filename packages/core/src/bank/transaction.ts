import type { AccountNumber } from "./account.ts";
import type { BalanceKind } from "./balance.ts";

/**
 * The status of a transaction. `scheduled` ones lie ahead and are not part of the books; `void` ones were rejected or
 * cancelled.
 */
export type TransactionStatus = "booked" | "pending" | "scheduled" | "void";

/** A sum of money. */
export interface Money {
  /** An exact decimal. */
  readonly amount: string;
  /** ISO 4217. */
  readonly currency: string;
}

/** One side of a transaction; at least one of its fields is not null. */
export interface Party {
  /** A person or company, as the bank writes it: some cut names, or reorder their words. */
  readonly name: string | null;
  /** Null if the bank reports only a name. */
  readonly account: AccountNumber | null;
}

/** The ids that a bank or a provider gave a transaction. Any may be missing, shared by many, or change over time. */
export interface TransactionIds {
  /** The provider's own. */
  readonly internalTransactionId: string | null;
  /** The bank's. */
  readonly transactionId: string | null;
  /** The account servicer's reference of the entry in its books. */
  readonly entryReference: string | null;
}

/** The texts of a transaction, by where the bank put them; each whole and on one line. */
export interface TransactionTexts {
  /** Remittance information in free form. */
  readonly unstructured: string | null;
  /** Remittance information in structured form, such as a creditor reference. */
  readonly structured: string | null;
  /** What the bank added. */
  readonly additional: string | null;
  /** The owner's own note. */
  readonly note: string | null;
}

/** How an amount in another currency was converted; banks leave out most of it. */
export interface Exchange {
  /** The amount in the foreign currency, as the bank wrote it; some banks send no sign. */
  readonly instructedAmount: Money | null;
  /** An exact decimal, as the bank wrote it. */
  readonly rate: string | null;
  /** The currency of which the rate is the price of one unit. */
  readonly unitCurrency: string | null;
  /** The currency that was converted, ISO 4217; banks differ in which side they mean. */
  readonly sourceCurrency: string | null;
  /** The currency that it was converted into, ISO 4217. */
  readonly targetCurrency: string | null;
  /** `YYYY-MM-DD`, or as the bank wrote it. */
  readonly quotationDate: string | null;
}

/** The balance after a transaction. */
export interface BalanceAfter extends Money {
  /** Null if the bank sent no kind, or an unrecognised one. */
  readonly kind: BalanceKind | null;
}

/** One transaction as a bank reported it. Only amount, currency and status are always there. */
export interface BankTransaction {
  /** An entry may change it from one reading to the next, and its ids with it. */
  readonly status: TransactionStatus;
  /**
   * Its place in the list in which the bank sent it, from 0, over all pages; entries that could not be read are counted.
   */
  readonly position: number;
  /** An exact decimal, negative if money left the account. A few banks invert the sign. */
  readonly amount: string;
  /** ISO 4217. */
  readonly currency: string;
  /**
   * When the bank booked it, `YYYY-MM-DD`; pending ones have none. Some banks send only a time: see `bookingDateTime`.
   */
  readonly bookingDate: string | null;
  /** When the money counts, `YYYY-MM-DD`; before or after the booking. */
  readonly valueDate: string | null;
  /** When the owner paid, `YYYY-MM-DD`, if the provider tells it apart from the other dates. */
  readonly transactionDate: string | null;
  /** As the bank wrote it, with or without an offset. */
  readonly bookingDateTime: string | null;
  /** As the bank wrote it, with or without an offset. */
  readonly valueDateTime: string | null;
  /** The name of who is on the other side; null if the bank does not say, or writes a placeholder such as `NOTPROVIDED`. */
  readonly counterparty: string | null;
  /** The account of who is on the other side. */
  readonly counterpartyAccount: AccountNumber | null;
  /**
   * The most informative text, on one line: the free form or, if missing, the structured one, or what the bank added if
   * both are missing; a later one of these if it contains that. May be empty.
   */
  readonly text: string;
  /** All texts that the bank sent; `text` is the most informative of them. */
  readonly texts: TransactionTexts;
  /** Who is paid: the account's owner, if money comes in. */
  readonly creditor: Party | null;
  /** Who pays: the account's owner, if money goes out. */
  readonly debtor: Party | null;
  /** For whom the creditor receives. */
  readonly ultimateCreditor: string | null;
  /** For whom the debtor pays. */
  readonly ultimateDebtor: string | null;
  /** Each is null if it was not sent; none of them is certain to identify the transaction. */
  readonly ids: TransactionIds;
  /** What the paying side called the payment; the same on both sides. */
  readonly endToEndId: string | null;
  /** The mandate of a direct debit, as its creditor named it. */
  readonly mandateId: string | null;
  /** SEPA creditor identifier. */
  readonly creditorId: string | null;
  /** The number of a cheque. */
  readonly checkId: string | null;
  /** ISO 20022 bank transaction code, such as `PMNT-CCRD-POSD`. */
  readonly bankTransactionCode: string | null;
  /** The bank's own code or word for the kind of transaction. */
  readonly proprietaryCode: string | null;
  /** ISO 20022 external purpose code, such as `SALA`. */
  readonly purposeCode: string | null;
  /** ISO 18245. */
  readonly merchantCategoryCode: string | null;
  /** Null if no currency was converted, and at banks that do not report it. */
  readonly exchange: Exchange | null;
  /** Null at most banks. */
  readonly balanceAfter: BalanceAfter | null;
  /** The whole entry as the bank sent it. */
  readonly raw: unknown;
}

/** An entry of a bank's response whose amount could not be read. */
export interface UnreadableTransaction {
  /** The list in which it stood; null if unknown. */
  readonly status: TransactionStatus | null;
  /** Its place in that list, counted as for a transaction. */
  readonly position: number;
  /** What is wrong with it; contains none of its values. */
  readonly reason: string;
  /** The entry as the bank sent it. */
  readonly raw: unknown;
}
