import { z } from "zod";
import {
  type AsSent,
  item,
  keepingRaw,
  type ModelSchema,
  modelled,
  openObject,
  part,
  type SentObject,
  type ShapeOf,
} from "../../../schema/as-sent.ts";
import {
  listOrOne,
  nextPage,
  optional,
  optionalRate,
  optionalText,
  optionalTexts,
} from "../../../schema/fields.ts";
import { anyList, listReader, type Unreadable } from "../../../schema/list.ts";
import { AccountReference } from "./account.ts";
import { Amount, optionalAmount, type PartialAmount } from "./amount.ts";

/** How a foreign amount was converted. Banks fill in some of the members, and mean different things by them. */
export interface CurrencyExchange {
  /** The currency that was converted, an ISO 4217 code. */
  sourceCurrency?: string | null;
  /** The rate, an exact decimal; the bank's own text if it is not one. Some banks send `"0.0"`. */
  exchangeRate?: string | null;
  /** The currency of which the rate says what one unit costs, an ISO 4217 code. */
  unitCurrency?: string | null;
  /** The currency that it was converted into, an ISO 4217 code. */
  targetCurrency?: string | null;
  /** The date of the rate, `YYYY-MM-DD`. Mostly absent. */
  quotationDate?: string | null;
  /** The bank's id of the exchange. Mostly absent. */
  contractIdentification?: string | null;
  /** The foreign amount, at banks that put it here. */
  instructedAmount?: PartialAmount | null;
}
/**
 * Requires nothing. Members that are not listed, or of an unexpected form, are only in the `raw` of the object around
 * it.
 */
export const CurrencyExchange: ModelSchema<CurrencyExchange> = part<CurrencyExchange>({
  sourceCurrency: optionalText,
  exchangeRate: optionalRate,
  unitCurrency: optionalText,
  targetCurrency: optionalText,
  quotationDate: optionalText,
  contractIdentification: optionalText,
  instructedAmount: optionalAmount,
});

/** The account's balance after a transaction. */
export interface BalanceAfterTransaction {
  /** The balance. */
  balanceAmount?: PartialAmount | null;
  /** Its kind, as of `Balance.balanceType`. */
  balanceType?: string | null;
}
/**
 * Requires nothing. Members that are not listed, or of an unexpected form, are only in the `raw` of the object around
 * it.
 */
export const BalanceAfterTransaction: ModelSchema<BalanceAfterTransaction> = part<BalanceAfterTransaction>({
  balanceAmount: optionalAmount,
  balanceType: optionalText,
});

/**
 * One transaction as the bank reports it. Only the amount can be relied on: every other member is left out, null or blank
 * at some banks.
 */
export interface Transaction extends AsSent {
  /**
   * The bank's id. Absent for most pending transactions and at some banks for all; may be blank, `NOTPROVIDED`, shared by
   * several transactions, or another one at the next reading.
   */
  transactionId?: string | null;
  /** The bank's reference of the entry; steadier than `transactionId` at some banks, shared by several at others. */
  entryReference?: string | null;
  /** The id that the payer gave the payment, at most 35 characters. Often `NOTPROVIDED`. */
  endToEndId?: string | null;
  /** The id of the mandate of a direct debit. */
  mandateId?: string | null;
  /** The number of a cheque. */
  checkId?: string | null;
  /** The id of the creditor of a direct debit. */
  creditorId?: string | null;
  /** When the bank booked it, `YYYY-MM-DD`, at some banks with a time. Absent for most pending ones; may be in the future. */
  bookingDate?: string | null;
  /** When it counts for interest, `YYYY-MM-DD`, at some banks with a time. Absent at some banks; may be in the future. */
  valueDate?: string | null;
  /** The booking date with its time, ISO 8601. Mostly British banks. */
  bookingDateTime?: string | null;
  /** The value date with its time, ISO 8601. Mostly British banks. */
  valueDateTime?: string | null;
  /**
   * The amount in the account's currency, negative if money left the account. A few card issuers invert the sign, and
   * one bank leaves the minus out of pending transactions.
   */
  transactionAmount: Amount;
  /** Conversions of a foreign amount. A list, even if the bank sent one object. */
  currencyExchange?: CurrencyExchange[] | null;
  /** The name of who received the money. Banks mostly name the other side only, some both. */
  creditorName?: string | null;
  /** The account of who received the money. */
  creditorAccount?: AccountReference | null;
  /** On whose behalf the money was received. */
  ultimateCreditor?: string | null;
  /** The name of who paid. */
  debtorName?: string | null;
  /** The account of who paid. */
  debtorAccount?: AccountReference | null;
  /** On whose behalf it was paid. */
  ultimateDebtor?: string | null;
  /** The payer's text. Some banks cut it at 140 characters; the array then has all of it. */
  remittanceInformationUnstructured?: string | null;
  /** The payer's text in lines; often the same as the single string. */
  remittanceInformationUnstructuredArray?: string[] | null;
  /** A structured reference, such as an invoice number. At some banks the only text. */
  remittanceInformationStructured?: string | null;
  /** Structured references. */
  remittanceInformationStructuredArray?: string[] | null;
  /** Further words of the bank. At some banks the only text. */
  additionalInformation?: string | null;
  /** The purpose, a code of ISO 20022: `SALA`. */
  purposeCode?: string | null;
  /** The kind of transaction, a code of ISO 20022: `PMNT-RCDT-ESCT`. */
  bankTransactionCode?: string | null;
  /** The kind of transaction in the bank's own words or codes. */
  proprietaryBankTransactionCode?: string | null;
  /** The service's id: on booked transactions only, unique within the account only, and at a few banks unsteady. */
  internalTransactionId?: string | null;
  /** The account's balance afterwards. Few banks send it. */
  balanceAfterTransaction?: BalanceAfterTransaction | null;
  /** What a card was used for, an ISO 18245 code of four digits. Not in the specification; some card banks send it. */
  merchantCategoryCode?: string | null;
  /** The foreign amount. Not in the specification; some banks send it. */
  instructedAmount?: PartialAmount | null;
}
/** Requires only `transactionAmount`. Any other member of an unexpected form is left out; `raw` then has it. */
export const Transaction: ModelSchema<Transaction> = item<Transaction>({
  transactionId: optionalText,
  entryReference: optionalText,
  endToEndId: optionalText,
  mandateId: optionalText,
  checkId: optionalText,
  creditorId: optionalText,
  bookingDate: optionalText,
  valueDate: optionalText,
  bookingDateTime: optionalText,
  valueDateTime: optionalText,
  transactionAmount: Amount,
  currencyExchange: listOrOne(CurrencyExchange),
  creditorName: optionalText,
  creditorAccount: optional(AccountReference),
  ultimateCreditor: optionalText,
  debtorName: optionalText,
  debtorAccount: optional(AccountReference),
  ultimateDebtor: optionalText,
  remittanceInformationUnstructured: optionalText,
  remittanceInformationUnstructuredArray: optionalTexts,
  remittanceInformationStructured: optionalText,
  remittanceInformationStructuredArray: optionalTexts,
  additionalInformation: optionalText,
  purposeCode: optionalText,
  bankTransactionCode: optionalText,
  proprietaryBankTransactionCode: optionalText,
  internalTransactionId: optionalText,
  balanceAfterTransaction: optional(BalanceAfterTransaction),
  merchantCategoryCode: optionalText,
  instructedAmount: optionalAmount,
});

const readTransactions = listReader(Transaction);

/** The transactions of an account by status. */
export interface TransactionLists extends AsSent {
  /** Booked transactions, in the bank's order. */
  booked: Transaction[];
  /**
   * Pending transactions, in the bank's order, even if the bank put them next to `transactions`. Banks may leave them
   * out.
   */
  pending: Transaction[];
  /** Transactions that could not be read, for lack of an amount or a currency. */
  unreadable: Unreadable[];
  /** Whether the bank sent a list of booked transactions; without it, `booked` is empty for lack of a report. */
  bookedReported: boolean;
  /** Whether the bank sent a list of pending transactions; without it, `pending` is empty for lack of a report. */
  pendingReported: boolean;
  /** The object around the lists, without them, as it was sent; present only if it has more than the members of this object. */
  raw?: SentObject;
}

/** The transactions of an account: `GET /accounts/{id}/transactions/`. */
export interface AccountTransactions extends AsSent {
  /** The lists. At least one of them was reported. */
  transactions: TransactionLists;
  /** When the service last read the account at the bank, an ISO 8601 date-time. */
  last_updated?: string | null;
  /** The absolute URL of the next page. `getAccountTransactions` reads them all: null, or absent. */
  next?: string | null;
  /**
   * The first page without `transactions`, as it was sent; present only if it has more than the members of this object.
   */
  raw?: SentObject;
  /**
   * For each further page, what `raw` is for the first; empty for one that has no more than the members of this object.
   * Present only if a page has more. Most banks send a single page.
   */
  furtherRaw?: SentObject[];
}

/** The lists as sent. `pending` is read separately, so that an odd one does not hide what is booked. */
interface SentLists extends AsSent {
  booked?: unknown[] | null;
  pending?: unknown;
}

/** The response as sent; some banks put `pending` next to `transactions`. */
interface SentTransactions extends Pick<AccountTransactions, "last_updated" | "next" | "raw"> {
  transactions: SentLists;
  pending?: unknown;
}

const sentTransactions: ShapeOf<SentTransactions> = {
  transactions: item<SentLists>({ booked: anyList.nullish(), pending: z.unknown().optional() }, [
    "booked",
    "pending",
  ]),
  pending: z.unknown().optional(),
  last_updated: optionalText,
  next: nextPage,
};

const SentTransactions = modelled<SentTransactions>(
  keepingRaw(
    openObject(sentTransactions).refine(
      ({ transactions: { booked, pending }, pending: beside }) =>
        [booked, pending, beside].some(Array.isArray),
      { path: ["transactions"], error: "has neither booked nor pending" },
    ),
    ["transactions", "pending"],
  ),
);

/** A response with neither list is not valid. */
export const AccountTransactions: z.ZodType<AccountTransactions> = SentTransactions.transform(
  ({ transactions, pending: beside, ...rest }) => {
    const booked = readTransactions("booked", transactions.booked ?? []);
    const within = readPending(transactions.pending);
    const outside = readPending(beside);
    const before = within.readable.length + within.unreadable.length;
    return {
      ...rest,
      transactions: {
        ...transactions,
        booked: booked.readable,
        pending: [...within.readable, ...outside.readable],
        unreadable: [...booked.unreadable, ...within.unreadable, ...movedBy(before, outside.unreadable)],
        bookedReported: Array.isArray(transactions.booked),
        pendingReported: [transactions.pending, beside].some(Array.isArray),
      },
    };
  },
);

/** Unreadable items of a list that continues another. @param before how many items precede them */
export function movedBy(before: number, unreadable: readonly Unreadable[]): Unreadable[] {
  return unreadable.map((one) => ({ ...one, index: one.index + before }));
}

/** Pending entries; anything but a list in their place counts as one unreadable entry. */
function readPending(list: unknown): { readable: Transaction[]; unreadable: Unreadable[] } {
  if (list === undefined || list === null) return { readable: [], unreadable: [] };
  if (Array.isArray(list)) return readTransactions("pending", list);
  return {
    readable: [],
    unreadable: [{ list: "pending", index: 0, reason: "root: expected a list", raw: list }],
  };
}
