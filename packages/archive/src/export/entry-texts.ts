import type { Transaction } from "bankdata-core";
import { flat } from "./beancount-syntax.ts";

/** The texts of an entry. All of them are flat. */
interface EntryTexts {
  payee: string;
  narration: string;
  /** Keys and values, none of them empty. */
  metadata: [key: string, value: string][];
}

/**
 * The payee, narration and metadata of a transaction. The payee is the counterparty; the account's own side is named
 * only if the bank names nobody else. Texts that are neither payee nor narration go into metadata.
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
  const unless = (text: string | null | undefined, written: string) => (written === flat(text) ? "" : text);
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

/** The complete form of a text that banks send twice: the list if they truncated the single text. */
function wholeText(single: string | null | undefined, list: readonly string[] | null | undefined): string {
  const listed = flat(list?.join(" "));
  const alone = flat(single);
  return listed.length > alone.length ? listed : alone;
}

function firstOf(texts: readonly (string | null | undefined)[]): string {
  return texts.map(flat).find((text) => text !== "") ?? "";
}
