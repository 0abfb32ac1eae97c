import { z } from "zod";
import { type AsSent, item, keepingRaw, openObject } from "../../../schema/as-sent.ts";
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
import { Amount, AmountBeside } from "./amount.ts";

/** How a foreign amount was converted. Any field may be missing, and some banks put the foreign amount inside. */
export const CurrencyExchange = openObject({
  sourceCurrency: optionalText,
  exchangeRate: optionalRate,
  unitCurrency: optionalText,
  targetCurrency: optionalText,
  quotationDate: optionalText,
  contractIdentification: optionalText,
  instructedAmount: AmountBeside,
});
export type CurrencyExchange = z.infer<typeof CurrencyExchange>;

/**
 * One transaction as the bank reports it. Only the amount can be relied on. Ids may be missing, blank, shared or
 * changing; both dates are optional, may include a time, and may lie in the future.
 */
export const Transaction = item({
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
  /** Negative if money left the account, at nearly every bank. */
  transactionAmount: Amount,
  /** A list, even if the bank sent one object. */
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
  balanceAfterTransaction: optional(openObject({ balanceAmount: AmountBeside, balanceType: optionalText })),
  merchantCategoryCode: optionalText,
  instructedAmount: AmountBeside,
});
export type Transaction = z.infer<typeof Transaction> & AsSent;

const readTransactions = listReader(Transaction);

/** The lists in a response; `pending` is read separately, so that an odd one does not hide what is booked. */
const Lists = keepingRaw(openObject({ booked: anyList.nullish(), pending: z.unknown().optional() }), {
  lists: ["booked", "pending"],
  added: ["unreadable", "bookedReported", "pendingReported"],
});

const TransactionsResponse = keepingRaw(
  openObject({
    transactions: Lists,
    pending: z.unknown().optional(),
    last_updated: optionalText,
    next: nextPage,
  }).refine(
    ({ transactions: { booked, pending }, pending: beside }) => [booked, pending, beside].some(Array.isArray),
    { path: ["transactions"], error: "has neither booked nor pending" },
  ),
  { lists: ["transactions", "pending"], added: [] },
);

/**
 * The transactions of an account: `GET /accounts/{id}/transactions/`. `pending` is always a list inside `transactions`,
 * even if the bank left it out or put it beside; `bookedReported` and `pendingReported` say whether the bank sent such a list.
 * A response with neither list is not valid. `next` is the URL of the next page.
 */
export const AccountTransactions = TransactionsResponse.transform(
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
export type AccountTransactions = z.infer<typeof AccountTransactions>;

/** Unreadable items of a list that continues another, of which so many came before. */
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
