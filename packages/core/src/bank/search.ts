import type { BankTransaction } from "./transaction.ts";

/** Characters that do not decompose into what people type for them, and what that is. */
const TYPED: ReadonlyMap<string, string> = new Map([
  ["ß", "ss"],
  ["ł", "l"],
  ["ø", "o"],
  ["đ", "d"],
  ["ð", "d"],
  ["ħ", "h"],
  ["þ", "th"],
  ["æ", "ae"],
  ["œ", "oe"],
  ["ı", "i"],
  ["ς", "σ"],
  ["‘", "'"],
  ["’", "'"],
  ["ʼ", "'"],
  ["“", '"'],
  ["”", '"'],
  ["„", '"'],
  ["−", "-"],
]);

/** The letters that German and Nordic people write as two where a keyboard or a bank lacks them. */
const SPELLED_OUT: ReadonlyMap<string, string> = new Map([
  ["ä", "ae"],
  ["ö", "oe"],
  ["ü", "ue"],
  ["ø", "oe"],
  ["å", "aa"],
]);

/**
 * A string as it is searched: in lower case, without accents and invisible characters, with plain dashes, quotes and
 * single spaces, as people type it.
 */
export function folded(text: string): string {
  return text
    .normalize("NFKD")
    .replaceAll(/[\p{M}\p{Cf}]/gu, "")
    .toLowerCase()
    .replaceAll(/[ßłøđðħþæœıς‘’ʼ“”„−]/g, (letter) => TYPED.get(letter) ?? letter)
    .replaceAll(/\p{Pd}/gu, "-")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** A string as `folded`, but with umlauts as two letters: `Müller` as `mueller`. */
export function spelledOut(text: string): string {
  const letters = text.normalize("NFC").toLowerCase();
  return folded(letters.replaceAll(/[äöüøå]/g, (letter) => SPELLED_OUT.get(letter) ?? letter));
}

/**
 * Whether one of some texts contains a string as people search it: regardless of case, accents and runs of spaces, and of
 * whether umlauts are written as one letter or as two. A blank string is in every text.
 */
export function containsText(texts: readonly (string | null | undefined)[], text: string): boolean {
  return [folded, spelledOut].some((form) => {
    const wanted = form(text);
    return texts.some((one) => typeof one === "string" && form(one).includes(wanted));
  });
}

/**
 * Whether a transaction contains a string: in any of its texts and names, in its amount or the foreign one, however people
 * write it (`12,50`, `1.234,56`), or in the number of the other side's account if the string has at least 8 characters, as
 * fewer digits may occur in any number. Its ids are not searched.
 */
export function mentions(transaction: BankTransaction, text: string): boolean {
  const { amount, counterparty, creditor, debtor, ultimateCreditor, ultimateDebtor, texts } = transaction;
  const names = [counterparty, creditor?.name, debtor?.name, ultimateCreditor, ultimateDebtor];
  if (containsText([transaction.text, ...names, ...Object.values(texts)], text)) return true;
  const wanted = amountsMeant(folded(text));
  return (
    [amount, transaction.exchange?.instructedAmount?.amount].some(
      (one) => one !== undefined && wanted.some((digits) => withCents(one).includes(digits)),
    ) || containsNumber(transaction.counterpartyAccount?.value, text)
  );
}

/** An amount with at least two decimals, as people write one. */
function withCents(amount: string): string {
  const [whole = "", decimals = ""] = amount.split(".");
  return `${whole}.${decimals.padEnd(2, "0")}`;
}

/** The decimals that a person may mean by an amount; none if the text is not an amount. `1.234` may be either number. */
function amountsMeant(text: string): string[] {
  if (!/^[+-]?[\d.,' ]+$/.test(text) || !/\d/.test(text)) return [];
  const plain = text.replaceAll(/[+' ]/g, "").replaceAll(",", ".");
  const point = plain.lastIndexOf(".");
  const whole = plain.replaceAll(".", "");
  if (point < 0) return [whole];
  const decimal = `${plain.slice(0, point).replaceAll(".", "")}${plain.slice(point)}`;
  return /\.\d{3}$/.test(plain) ? [decimal, whole] : [decimal];
}

const SHORTEST_NUMBER = 8;

function containsNumber(number: string | undefined, text: string): boolean {
  const wanted = folded(text).replaceAll(" ", "");
  return (
    number !== undefined &&
    wanted.length >= SHORTEST_NUMBER &&
    folded(number).replaceAll(" ", "").includes(wanted)
  );
}
