import { expectTypeOf } from "vitest";
import type { z } from "zod";
import type {
  AccountReference,
  AccountTransactions,
  Amount,
  BalanceAfterTransaction,
  CurrencyExchange,
  PartialAmount,
  SentObject,
  Transaction,
  TransactionLists,
  Unreadable,
} from "../../../../../packages/core/src/index.ts";
import type { AsRead, RequiredMembers, StandardOutput, UndefinedMembers } from "./model-types.ts";

declare const exchange: CurrencyExchange;
declare const after: BalanceAfterTransaction;
declare const transaction: Transaction;
declare const lists: TransactionLists;
declare const transactions: AccountTransactions;

expectTypeOf<AsRead<CurrencyExchange>>().toEqualTypeOf<{
  sourceCurrency: string | null | undefined;
  exchangeRate: string | null | undefined;
  unitCurrency: string | null | undefined;
  targetCurrency: string | null | undefined;
  quotationDate: string | null | undefined;
  contractIdentification: string | null | undefined;
  instructedAmount: PartialAmount | null | undefined;
}>();
expectTypeOf<RequiredMembers<CurrencyExchange>>().toBeNever();
expectTypeOf<UndefinedMembers<CurrencyExchange>>().toBeNever();
expectTypeOf<z.output<typeof CurrencyExchange>>().toEqualTypeOf<CurrencyExchange>();
expectTypeOf<StandardOutput<typeof CurrencyExchange>>().toEqualTypeOf<CurrencyExchange>();
// @ts-expect-error it is named exchangeRate
exchange.rate;

expectTypeOf<AsRead<BalanceAfterTransaction>>().toEqualTypeOf<{
  balanceAmount: PartialAmount | null | undefined;
  balanceType: string | null | undefined;
}>();
expectTypeOf<RequiredMembers<BalanceAfterTransaction>>().toBeNever();
expectTypeOf<UndefinedMembers<BalanceAfterTransaction>>().toBeNever();
expectTypeOf<z.output<typeof BalanceAfterTransaction>>().toEqualTypeOf<BalanceAfterTransaction>();
expectTypeOf<StandardOutput<typeof BalanceAfterTransaction>>().toEqualTypeOf<BalanceAfterTransaction>();
// @ts-expect-error it is named balanceAmount
after.amount;

expectTypeOf<AsRead<Transaction>>().toEqualTypeOf<{
  transactionId: string | null | undefined;
  entryReference: string | null | undefined;
  endToEndId: string | null | undefined;
  mandateId: string | null | undefined;
  checkId: string | null | undefined;
  creditorId: string | null | undefined;
  bookingDate: string | null | undefined;
  valueDate: string | null | undefined;
  bookingDateTime: string | null | undefined;
  valueDateTime: string | null | undefined;
  transactionAmount: Amount;
  currencyExchange: CurrencyExchange[] | null | undefined;
  creditorName: string | null | undefined;
  creditorAccount: AccountReference | null | undefined;
  ultimateCreditor: string | null | undefined;
  debtorName: string | null | undefined;
  debtorAccount: AccountReference | null | undefined;
  ultimateDebtor: string | null | undefined;
  remittanceInformationUnstructured: string | null | undefined;
  remittanceInformationUnstructuredArray: string[] | null | undefined;
  remittanceInformationStructured: string | null | undefined;
  remittanceInformationStructuredArray: string[] | null | undefined;
  additionalInformation: string | null | undefined;
  purposeCode: string | null | undefined;
  bankTransactionCode: string | null | undefined;
  proprietaryBankTransactionCode: string | null | undefined;
  internalTransactionId: string | null | undefined;
  balanceAfterTransaction: BalanceAfterTransaction | null | undefined;
  merchantCategoryCode: string | null | undefined;
  instructedAmount: PartialAmount | null | undefined;
  raw: SentObject | undefined;
}>();
expectTypeOf<RequiredMembers<Transaction>>().toEqualTypeOf<"transactionAmount">();
expectTypeOf<UndefinedMembers<Transaction>>().toBeNever();
expectTypeOf<z.output<typeof Transaction>>().toEqualTypeOf<Transaction>();
expectTypeOf<StandardOutput<typeof Transaction>>().toEqualTypeOf<Transaction>();
// @ts-expect-error it is named bookingDate
transaction.bokingDate;

expectTypeOf<AsRead<TransactionLists>>().toEqualTypeOf<{
  booked: Transaction[];
  pending: Transaction[];
  unreadable: Unreadable[];
  bookedReported: boolean;
  pendingReported: boolean;
  raw: SentObject | undefined;
}>();
expectTypeOf<RequiredMembers<TransactionLists>>().toEqualTypeOf<
  "booked" | "pending" | "unreadable" | "bookedReported" | "pendingReported"
>();
expectTypeOf<UndefinedMembers<TransactionLists>>().toBeNever();
// @ts-expect-error it is named booked
lists.boked;

expectTypeOf<AsRead<AccountTransactions>>().toEqualTypeOf<{
  transactions: TransactionLists;
  last_updated: string | null | undefined;
  next: string | null | undefined;
  raw: SentObject | undefined;
  furtherRaw: SentObject[] | undefined;
}>();
expectTypeOf<RequiredMembers<AccountTransactions>>().toEqualTypeOf<"transactions">();
expectTypeOf<UndefinedMembers<AccountTransactions>>().toBeNever();
expectTypeOf<z.output<typeof AccountTransactions>>().toEqualTypeOf<AccountTransactions>();
expectTypeOf<StandardOutput<typeof AccountTransactions>>().toEqualTypeOf<AccountTransactions>();
// @ts-expect-error it is in transactions
transactions.booked;
