import type { Transaction } from "bankdata-core";
import { flat } from "./beancount-syntax.ts";

/** What an entry says beside its amount. All texts are flat. */
interface EntryTexts {
  payee: string;
  narration: string;
  /** Keys and values, none of them empty. */
  metadata: [key: string, value: string][];
}

/**
 * Who and what a transaction names. The payee is the other side; the account's own side is named only if the bank names
 * nobody else. What finds no place in payee and narration goes into metadata.
 */
export function textsOf(transaction: Transaction, outgoing: boolean): EntryTexts {
  const creditors = [transaction.creditorName, transaction.ultimateCreditor];
  const debtors = [transaction.debtorName, transaction.ultimateDebtor];
  const payee = firstOf(outgoing ? [...creditors, ...debtors] : [...debtors, ...creditors]);
  const structured = wholeText(
    transaction.remittanceInformationStructured,
    transaction.remittanceInformationStructuredArray,
  );
  const narration = firstOf([
    wholeText(
      transaction.remittanceInformationUnstructured,
      transaction.remittanceInformationUnstructuredArray,
    ),
    structured,
    transaction.additionalInformation,
  ]);
  const unless = (text: string | null | undefined, told: string) => (told === flat(text) ? "" : text);
  const metadata: [string, string | null | undefined][] = [
    ["transaction-id", transaction.transactionId],
    ["internal-id", transaction.internalTransactionId],
    ["entry-reference", transaction.entryReference],
    ["ultimate-creditor", unless(transaction.ultimateCreditor, payee)],
    ["ultimate-debtor", unless(transaction.ultimateDebtor, payee)],
    ["structured-remittance", unless(structured, narration)],
    ["additional-information", unless(transaction.additionalInformation, narration)],
  ];
  return {
    payee,
    narration,
    metadata: metadata.flatMap(([key, value]) => {
      const text = flat(value);
      return text === "" ? [] : [[key, text]];
    }),
  };
}

/** The text in the form that is whole: the list if the bank cut the single text, and each text once. */
function wholeText(single: string | null | undefined, list: readonly string[] | null | undefined): string {
  const listed = flat(list?.join(" "));
  const alone = flat(single);
  return listed.length > alone.length ? listed : alone;
}

function firstOf(texts: readonly (string | null | undefined)[]): string {
  return texts.map(flat).find((text) => text !== "") ?? "";
}
