import { z } from "zod";
import { AccountReference } from "./account.ts";
import { Amount, AmountBeside } from "./amount.ts";
import { listOrOne, optionalRate, optionalText, optionalTexts } from "./fields.ts";
import { anyList, listReader } from "./list.ts";

/** How a foreign amount was exchanged. Any member may be missing, and some banks put the foreign amount inside. */
export const CurrencyExchange = z.looseObject({
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
export const Transaction = z.looseObject({
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
  creditorAccount: AccountReference.nullish(),
  ultimateCreditor: optionalText,
  debtorName: optionalText,
  debtorAccount: AccountReference.nullish(),
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
  balanceAfterTransaction: z
    .looseObject({ balanceAmount: AmountBeside, balanceType: optionalText })
    .nullish(),
  merchantCategoryCode: optionalText,
  instructedAmount: AmountBeside,
});
export type Transaction = z.infer<typeof Transaction>;

const readTransactions = listReader(Transaction);

/**
 * The transactions of an account: `GET /accounts/{id}/transactions/`. `pending` is a list also where the bank leaves
 * it out, and stands inside `transactions` also where the bank put it beside. `next` is the address of more.
 */
export const AccountTransactions = z
  .looseObject({
    transactions: z.looseObject({ booked: anyList.nullish(), pending: anyList.nullish() }),
    pending: anyList.nullish(),
    last_updated: optionalText,
    next: optionalText,
  })
  .transform(({ transactions, pending: beside, ...rest }) => {
    const booked = readTransactions("booked", transactions.booked ?? []);
    const pending = readTransactions("pending", [...(transactions.pending ?? []), ...(beside ?? [])]);
    return {
      ...rest,
      transactions: {
        ...transactions,
        booked: booked.readable,
        pending: pending.readable,
        unreadable: [...booked.unreadable, ...pending.unreadable],
      },
    };
  });
export type AccountTransactions = z.infer<typeof AccountTransactions>;
