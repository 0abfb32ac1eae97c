import type { BankTransaction } from "./transaction.ts";

/** Letters that do not decompose into a letter and an accent, and what people type for them. */
const TYPED: ReadonlyMap<string, string> = new Map([
  ["ß", "ss"],
  ["ł", "l"],
  ["ø", "o"],
  ["đ", "d"],
  ["ð", "d"],
  ["þ", "th"],
  ["æ", "ae"],
  ["œ", "oe"],
  ["ı", "i"],
]);

/** A string as it is searched: in lower case, without accents, as people type it. */
export function folded(text: string): string {
  return text
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[ßłøđðþæœı]/g, (letter) => TYPED.get(letter) ?? letter);
}

/** Whether a transaction's amount, or any of its texts and names, contains a string, regardless of case and accents. */
export function mentions(transaction: BankTransaction, text: string): boolean {
  const { amount, counterparty, creditor, debtor, ultimateCreditor, ultimateDebtor, texts } = transaction;
  const wanted = folded(text);
  return [
    amount,
    counterparty,
    creditor?.name,
    debtor?.name,
    ultimateCreditor,
    ultimateDebtor,
    ...Object.values(texts),
  ].some((one) => typeof one === "string" && folded(one).includes(wanted));
}
