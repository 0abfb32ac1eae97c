import {
  type BalanceAfter,
  type BankTransaction,
  calendarDate,
  counterpartyOf,
  type Exchange,
  type Money,
  mostInformative,
  type Owner,
  type Party,
  readableName,
  readableText,
  type TransactionStatus,
  type TransactionTexts,
  type UnreadableTransaction,
  wholeText,
} from "../../../bank/index.ts";
import { writeOutDecimal } from "../../../base/decimal.ts";
import { isRecord } from "../../../base/is-record.ts";
import type { AccountReference } from "../models/account.ts";
import type { AccountTransactions, Transaction } from "../models/transaction.ts";
import { numberOf } from "./account.ts";
import { balanceKindOf } from "./balance.ts";

/** The lists of a response, by the status that they stand for. */
const LISTS = ["booked", "pending"] as const;

/** The transactions of a response, the booked ones first. */
export function neutralTransactions(
  { transactions }: AccountTransactions,
  owner: Owner,
): { items: BankTransaction[]; unreadable: UnreadableTransaction[] } {
  const items = LISTS.flatMap((status) => {
    const missing = transactions.unreadable.filter(({ list }) => list === status).map(({ index }) => index);
    const positions = positionsWithout(missing, transactions[status].length);
    return transactions[status].map((transaction, at) =>
      neutralTransaction(transaction, { status, position: positions[at] ?? at, owner }),
    );
  });
  const unreadable = transactions.unreadable.map(({ list, index, reason, raw }) => ({
    status: LISTS.find((status) => status === list) ?? null,
    position: index,
    reason,
    raw,
  }));
  return { items, unreadable };
}

/** The first `count` places in a list that are not in `taken`. */
function positionsWithout(taken: readonly number[], count: number): number[] {
  if (taken.length === 0) return [];
  const gone = new Set(taken);
  const positions: number[] = [];
  for (let position = 0; positions.length < count; position += 1)
    if (!gone.has(position)) positions.push(position);
  return positions;
}

/** The place of a transaction in the response, and the owner of its account. */
interface Place {
  status: TransactionStatus;
  position: number;
  owner: Owner;
}

/** A transaction of the service. */
function neutralTransaction(transaction: Transaction, { status, position, owner }: Place): BankTransaction {
  const { amount, currency } = transaction.transactionAmount;
  const sides = {
    amount,
    creditor: partyOf(transaction.creditorName, transaction.creditorAccount),
    debtor: partyOf(transaction.debtorName, transaction.debtorAccount),
    ultimateCreditor: readableName(transaction.ultimateCreditor),
    ultimateDebtor: readableName(transaction.ultimateDebtor),
  };
  const counterparty = counterpartyOf(sides, owner);
  const texts = textsOf(transaction);
  return {
    status,
    position,
    amount,
    currency,
    bookingDate: calendarDate(transaction.bookingDate),
    valueDate: calendarDate(transaction.valueDate),
    transactionDate: null,
    bookingDateTime: given(transaction.bookingDateTime),
    valueDateTime: given(transaction.valueDateTime),
    counterparty: counterparty.name,
    counterpartyAccount: counterparty.account,
    text: mostInformative([texts.unstructured, texts.structured, texts.additional]),
    texts,
    creditor: sides.creditor,
    debtor: sides.debtor,
    ultimateCreditor: sides.ultimateCreditor,
    ultimateDebtor: sides.ultimateDebtor,
    ids: {
      internalTransactionId: given(transaction.internalTransactionId),
      transactionId: given(transaction.transactionId),
      entryReference: given(transaction.entryReference),
    },
    endToEndId: given(transaction.endToEndId),
    mandateId: given(transaction.mandateId),
    creditorId: given(transaction.creditorId),
    checkId: given(transaction.checkId),
    bankTransactionCode: given(transaction.bankTransactionCode),
    proprietaryCode: given(transaction.proprietaryBankTransactionCode),
    purposeCode: given(transaction.purposeCode),
    merchantCategoryCode: given(transaction.merchantCategoryCode),
    exchange: exchangeOf(transaction),
    balanceAfter: balanceAfterOf(transaction),
    raw: transaction.raw ?? transaction,
  };
}

function partyOf(
  name: string | null | undefined,
  account: AccountReference | null | undefined,
): Party | null {
  const party = { name: readableName(name), account: numberOf(account) };
  return party.name === null && party.account === null ? null : party;
}

function textsOf(transaction: Transaction): TransactionTexts {
  const whole = (one: "Unstructured" | "Structured") =>
    wholeText(
      transaction[`remittanceInformation${one}`],
      linesOf(transaction, `remittanceInformation${one}Array`),
    ) ?? oddlySent(transaction, `remittanceInformation${one}`);
  return {
    unstructured: whole("Unstructured"),
    structured: whole("Structured"),
    additional:
      readableText(transaction.additionalInformation) ?? oddlySent(transaction, "additionalInformation"),
    note: null,
  };
}

/** The lines of a list; as they were sent, if some of them have another form than the specification's. */
function linesOf(
  transaction: Transaction,
  name: "remittanceInformationUnstructuredArray" | "remittanceInformationStructuredArray",
): readonly string[] | null | undefined {
  const sent = textsIn(transaction.raw?.[name]);
  return sent.length > (transaction[name]?.length ?? 0) ? sent : transaction[name];
}

/** The text of a member that was sent in another form than the specification's. */
function oddlySent({ raw }: Transaction, name: keyof Transaction): string | null {
  return wholeText(null, textsIn(raw?.[name]));
}

/**
 * The texts of a member in whatever form it was sent: as a list instead of one text, or as objects with a `reference`, as
 * newer versions of the Berlin Group's interface have them.
 */
function textsIn(sent: unknown): string[] {
  return [sent]
    .flat()
    .map((one) => (isRecord(one) ? one["reference"] : one))
    .filter((one) => typeof one === "string");
}

/** The first conversion that has any value; the foreign amount may be inside it or next to it. */
function exchangeOf({ currencyExchange, instructedAmount }: Transaction): Exchange | null {
  const conversions = currencyExchange ?? [];
  if (conversions.length === 0 && !instructedAmount) return null;
  const first = conversions.find((one) => Object.values(one).some((value) => value !== null)) ?? {};
  const exchange = {
    instructedAmount: moneyOf(first.instructedAmount) ?? moneyOf(instructedAmount),
    rate: given(first.exchangeRate),
    unitCurrency: given(first.unitCurrency),
    sourceCurrency: given(first.sourceCurrency),
    targetCurrency: given(first.targetCurrency),
    quotationDate: given(first.quotationDate),
  };
  return Object.values(exchange).every((value) => value === null) ? null : exchange;
}

function balanceAfterOf({ balanceAfterTransaction }: Transaction): BalanceAfter | null {
  const money = moneyOf(balanceAfterTransaction?.balanceAmount);
  return money === null ? null : { ...money, kind: balanceKindOf(balanceAfterTransaction?.balanceType) };
}

/** A sum of money, if both its amount and its currency can be read. */
function moneyOf(
  sent: { amount?: string | null | undefined; currency?: string | null | undefined } | null | undefined,
): Money | null {
  if (!sent) return null;
  const amount = writeOutDecimal(sent.amount ?? "");
  const currency = given(sent.currency);
  return amount === undefined || currency === null ? null : { amount, currency };
}

/** A field as it was sent; null if it is blank. */
function given(text: string | null | undefined): string | null {
  return text === null || text === undefined || text.trim() === "" ? null : text;
}
