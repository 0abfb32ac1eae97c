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

/** How a foreign amount was exchanged. Any member may be missing, and some banks put the foreign amount inside. */
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
 * One transaction as the bank tells it. Only the amount can be relied on. Ids may be missing, blank, shared or
 * changing; both dates are optional, may carry a time, and may lie ahead.
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
  /** Negative where money left the account, at nearly every bank. */
  transactionAmount: Amount,
  /** A list, also where the bank sent one object. */
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

/** The lists of an answer; `pending` is looked at by itself, as an odd one must not hide what is booked. */
const Lists = keepingRaw(openObject({ booked: anyList.nullish(), pending: z.unknown().optional() }), {
  lists: ["booked", "pending"],
  added: ["unreadable"],
});

const Answer = keepingRaw(
  openObject({
    transactions: Lists,
    pending: z.unknown().optional(),
    last_updated: optionalText,
    next: nextPage,
  }).refine(
    ({ transactions: { booked, pending }, pending: beside }) => [booked, pending, beside].some(Array.isArray),
    { path: ["transactions"], error: "holds neither booked nor pending" },
  ),
  { lists: ["transactions", "pending"], added: [] },
);

/**
 * The transactions of an account: `GET /accounts/{id}/transactions/`. `pending` is a list also where the bank leaves
 * it out, and stands inside `transactions` also where the bank put it beside; an answer without any list is none.
 * `next` is the address of more.
 */
export const AccountTransactions = Answer.transform(({ transactions, pending: beside, ...rest }) => {
  const booked = readTransactions("booked", transactions.booked ?? []);
  const within = readPending(transactions.pending);
  const outside = readPending(beside);
  return {
    ...rest,
    transactions: {
      ...transactions,
      booked: booked.readable,
      pending: [...within.readable, ...outside.readable],
      unreadable: [...booked.unreadable, ...within.unreadable, ...outside.unreadable],
    },
  };
});
export type AccountTransactions = z.infer<typeof AccountTransactions>;

/** Pending entries; what stands for the list and is none counts as one entry that could not be understood. */
function readPending(list: unknown): { readable: Transaction[]; unreadable: Unreadable[] } {
  if (list === undefined || list === null) return { readable: [], unreadable: [] };
  if (Array.isArray(list)) return readTransactions("pending", list);
  return {
    readable: [],
    unreadable: [{ list: "pending", index: 0, reason: "it: expected a list", raw: list }],
  };
}
