/**
 * The words by which a transaction is found: the same for what is read from a bank now and for an index over many years. A
 * search is a tree of beginnings of words, which an index can be asked for.
 */
import { folded, spelledOut } from "./search.ts";
import type { BankTransaction } from "./transaction.ts";

/** What a search wants of a transaction's words: one that begins so, or all or any of other wants. */
export type WantedWords =
  | {
      /** How a word begins. */
      readonly beginning: string;
    }
  | {
      /** What is wanted at once; nothing, if it is empty. */
      readonly all: readonly WantedWords[];
    }
  | {
      /** Of what one suffices; none can be met, if it is empty. */
      readonly any: readonly WantedWords[];
    };

/** Begins the words of the other side's name and an amount, so that no text is taken for one: no text contains them. */
const [OF_COUNTERPARTY, OF_AMOUNT] = ["\uE000", "\uE001"];

/** What is longer is cut, in a transaction as in a search: databases limit how long a word can be. */
const LONGEST_WORD = 64;

/** So many words of a transaction and parts of a search count: databases limit what they take at once, too. */
const [MOST_WORDS, MOST_PARTS] = [2000, 100];

/** Letters and digits that follow each other are a word, and an emoji is one. */
const WORD = /[\p{L}\p{N}]+|\p{Extended_Pictographic}/gu;

/** The shortest part of an account's number that is searched, as fewer digits may occur in any number. */
const SHORTEST_NUMBER = 8;

/** What a transaction is found by. Of its ids, those that people see on other papers are among it. */
export type Searched = Pick<
  BankTransaction,
  | "amount"
  | "counterparty"
  | "counterpartyAccount"
  | "text"
  | "texts"
  | "creditor"
  | "debtor"
  | "ultimateCreditor"
  | "ultimateDebtor"
  | "endToEndId"
  | "mandateId"
  | "creditorId"
  | "checkId"
  | "exchange"
>;

/**
 * The words of a transaction, as an index holds them: each is made of letters and digits, and of a private-use character
 * in front of those that are an amount or belong to the other side's name.
 */
export function wordsOf(transaction: Searched): ReadonlySet<string> {
  const { amount, counterparty, creditor, debtor, ultimateCreditor, ultimateDebtor, texts } = transaction;
  const { endToEndId, mandateId, creditorId, checkId, exchange, counterpartyAccount } = transaction;
  const words = new Set<string>();
  const names = [counterparty, creditor?.name, debtor?.name, ultimateCreditor, ultimateDebtor];
  const numbers = [endToEndId, mandateId, creditorId, checkId];
  for (const one of [amount, exchange?.instructedAmount?.amount]) {
    if (one === undefined) continue;
    words.add(amountWord(one)).add(amountWord(one.replace("-", "")));
  }
  const number = joined(counterpartyAccount?.value ?? "");
  if (number.length >= SHORTEST_NUMBER) words.add(cut(number)).add(number.slice(-SHORTEST_NUMBER));
  addWords(words, counterparty, OF_COUNTERPARTY);
  for (const text of new Set([...names, ...numbers, transaction.text, ...Object.values(texts)]))
    addWords(words, text);
  return words;
}

/**
 * What a search as people type it wants: each of its words begins a word of a name or a text, or it is the amount or the
 * foreign one, however it is written (`12,50`, `1.234,56`), or at least 8 characters of the number of the other side's
 * account, from its beginning or of its last 8. Case, accents and punctuation do not count, nor whether umlauts are written
 * as two letters. A blank search wants nothing, and one without any letter, digit or emoji finds nothing.
 */
export function wordsWanted(search: string): WantedWords {
  const parts = [...new Set(search.split(/\s+/).filter((part) => part !== ""))].slice(0, MOST_PARTS);
  if (parts.length === 0) return { all: [] };
  const ofParts = parts.map((part) => anyOf([...formsOf(part), ...amountsMeant(folded(part))]));
  const meaningful = ofParts.filter((wanted) => !isNothing(wanted));
  const whole = joined(search);
  return anyOf([
    meaningful.length === 0 ? NOTHING : { all: meaningful },
    ...(parts.length > 1 ? amountsMeant(folded(search)) : []),
    ...(whole.length >= SHORTEST_NUMBER && parts.length > 1 ? [{ beginning: cut(whole) }] : []),
  ]);
}

/** What a search in the name of the other side wants: each of its words begins one of the name's. */
export function counterpartyWanted(search: string): WantedWords {
  if (search.trim() === "") return { all: [] };
  return anyOf(formsOf(search, OF_COUNTERPARTY));
}

/** Whether words are what a search wants. */
export function areWanted(words: ReadonlySet<string>, wanted: WantedWords): boolean {
  if ("all" in wanted) return wanted.all.every((one) => areWanted(words, one));
  if ("any" in wanted) return wanted.any.some((one) => areWanted(words, one));
  for (const word of words) if (word.startsWith(wanted.beginning)) return true;
  return false;
}

/** Whether a transaction is found by a search: `areWanted` for its words. */
export function mentions(transaction: BankTransaction, search: string): boolean {
  return areWanted(wordsOf(transaction), wordsWanted(search));
}

const NOTHING: WantedWords = { any: [] };

function isNothing(wanted: WantedWords): boolean {
  return "any" in wanted && wanted.any.length === 0;
}

function anyOf(wants: readonly WantedWords[]): WantedWords {
  const some = wants.filter((wanted) => !isNothing(wanted));
  const [only] = some;
  return some.length === 1 && only !== undefined ? only : { any: some };
}

/** A text's words as beginnings, in each form that it has. */
function formsOf(text: string, mark = ""): WantedWords[] {
  const forms = new Map(
    [folded(text), spelledOut(text)].map((form) => {
      const words = [...new Set(split(form))];
      return [words.join(" "), words] as const;
    }),
  );
  return [...forms.values()].flatMap((words) => {
    const wants = words.map((word) => ({ beginning: mark + word }));
    const [only] = wants;
    if (only === undefined) return [];
    return [wants.length === 1 ? only : { all: wants }];
  });
}

function addWords(words: Set<string>, text: string | null | undefined, mark = ""): void {
  if (text === null || text === undefined || text === "") return;
  // Only letters beyond ASCII have another form, and most texts have none.
  const forms = /[\u0080-\uffff]/.test(text) ? [folded(text), spelledOut(text)] : [folded(text)];
  for (const word of forms.flatMap(split)) {
    if (words.size >= MOST_WORDS) return;
    words.add(mark + word);
  }
}

function split(form: string): string[] {
  return (form.match(WORD) ?? []).map(cut);
}

function cut(word: string): string {
  return word.length <= LONGEST_WORD ? word : [...word].slice(0, LONGEST_WORD).join("");
}

/** Letters and digits alone, as one word: a number however it is spaced. */
function joined(text: string): string {
  return (folded(text).match(/[\p{L}\p{N}]+/gu) ?? []).join("");
}

/** An amount as a word, with at least two decimals, as people write one, and without leading zeros. */
function amountWord(amount: string): string {
  const sign = amount.startsWith("-") ? "-" : "";
  const [whole = "", decimals = ""] = amount.replace("-", "").split(".");
  return asWord(`${sign}${withoutZeros(whole)}.${decimals.padEnd(2, "0")}`);
}

/** The beginning of an amount as one word, of letters and digits: sign and point are letters. */
function asWord(amount: string): string {
  return cut(OF_AMOUNT + amount.replace("-", "m").replace(".", "p"));
}

/** The amounts that a person may mean; none if it is no amount. Of decimals, the first suffice. `1.234` may be either number. */
function amountsMeant(text: string): WantedWords[] {
  if (!/^[+-]?[\d.,' ]+$/.test(text) || !/\d/.test(text)) return [];
  const plain = text.replaceAll(/[+' ]/g, "").replaceAll(",", ".");
  const sign = plain.startsWith("-") ? "-" : "";
  const digits = plain.replace("-", "");
  const point = digits.lastIndexOf(".");
  const whole = withoutZeros(digits.replaceAll(".", ""));
  const asWhole = { beginning: asWord(`${sign}${whole}.`) };
  if (point < 0) return [asWhole];
  const decimal = `${withoutZeros(digits.slice(0, point).replaceAll(".", ""))}${digits.slice(point)}`;
  const asDecimal = { beginning: asWord(`${sign}${decimal}`) };
  return /\.\d{3}$/.test(digits) ? [asDecimal, asWhole] : [asDecimal];
}

function withoutZeros(digits: string): string {
  return digits.replace(/^0+(?=\d)/, "") || "0";
}
