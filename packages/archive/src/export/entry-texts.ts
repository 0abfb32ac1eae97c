import type { BankTransaction } from "bankdata-core/bank";
import { flat } from "./beancount-syntax.ts";

/** The texts of an entry, each made `flat`. */
interface EntryTexts {
  payee: string;
  narration: string;
  /** Keys and values, none of them empty. */
  metadata: [key: string, value: string][];
}

/**
 * The payee, narration and metadata of a transaction. The payee is the counterparty; the account's own side is named
 * only if the bank names nobody else. Texts that are neither payee nor narration go into metadata.
 *
 * @param outgoing whether money left the account, as the postings have it
 */
export function textsOf(transaction: BankTransaction, outgoing: boolean): EntryTexts {
  const { counterparty, creditor, debtor, ultimateCreditor, ultimateDebtor, text, texts, ids } = transaction;
  const creditors = [creditor?.name, ultimateCreditor];
  const debtors = [debtor?.name, ultimateDebtor];
  const sides = outgoing ? [...creditors, ...debtors] : [...debtors, ...creditors];
  const payee = firstOf([counterparty, ...sides]);
  // A string that has only characters which `flat` removes, such as direction marks, counts as blank.
  const narration = firstOf([text, texts.unstructured, texts.structured, texts.additional]);
  const unless = (other: string | null, written: string) => (written === flat(other) ? null : other);
  const metadata: [string, string | null][] = [
    ["transaction-id", ids.transactionId],
    ["internal-id", ids.internalTransactionId],
    ["entry-reference", ids.entryReference],
    ["ultimate-creditor", unless(ultimateCreditor, payee)],
    ["ultimate-debtor", unless(ultimateDebtor, payee)],
    ["structured-remittance", unless(texts.structured, narration)],
    ["additional-information", unless(texts.additional, narration)],
  ];
  return {
    payee,
    narration,
    metadata: metadata.flatMap(([key, value]) => {
      const written = flat(value);
      return written === "" ? [] : [[key, written]];
    }),
  };
}

function firstOf(texts: readonly (string | null | undefined)[]): string {
  return texts.map(flat).find((text) => text !== "") ?? "";
}
