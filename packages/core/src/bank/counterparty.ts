import { type AccountNumber, comparableNumber } from "./account.ts";
import { folded, spelledOut } from "./search.ts";
import type { BankTransaction, Party } from "./transaction.ts";

/** Both sides of a transaction, and the direction in which the money went. */
export type Sides = Pick<
  BankTransaction,
  "amount" | "creditor" | "debtor" | "ultimateCreditor" | "ultimateDebtor"
>;

/** What is known about the account's owner without a request. */
export interface Owner {
  /** Every name that is known for the owners; empty if none is, as at many banks. */
  readonly names: readonly string[];
  /** The account's own numbers. */
  readonly numbers: readonly string[];
}

/** The other side of a transaction. */
export interface Counterparty {
  /** The person or company; null if the bank names neither the party nor its ultimate party. */
  readonly name: string | null;
  /** Never one of the owner's own; null if the bank reports none. */
  readonly account: AccountNumber | null;
}

/**
 * The counterparty of a transaction: the creditor's side if money went out, the debtor's if it came in; that side's
 * ultimate party if the side itself has no name. Some banks fill only the wrong side: that one counts only if its name
 * or its account is known not to be the owner's. The name is null if none is known.
 */
export function counterpartyOf(sides: Sides, owner: Owner): Counterparty {
  const { creditor, debtor, ultimateCreditor, ultimateDebtor } = sides;
  const isOutgoing = sides.amount.trim().startsWith("-");
  const [theirs, ultimate] = isOutgoing ? [creditor, ultimateCreditor] : [debtor, ultimateDebtor];
  const [other, otherUltimate] = isOutgoing ? [debtor, ultimateDebtor] : [creditor, ultimateCreditor];
  const account = theirs?.account ?? null;
  const name = theirs?.name ?? ultimate;
  const foreign = isOwn(account, owner) ? null : account;
  if (name === null && foreign === null && isKnownAsForeign(other, owner))
    return { name: other?.name ?? otherUltimate, account: other?.account ?? null };
  return { name, account: foreign };
}

/** Whether a side is clearly not the owner's: by its account, or, if that does not decide it, by its name. */
function isKnownAsForeign(party: Party | null, owner: Owner): boolean {
  if (party === null) return false;
  // Only IBANs are compared with an IBAN: it may belong to the same account as a domestic or card number of the owner.
  if (party.account?.scheme === "iban" && isIban(party.account.value) && owner.numbers.some(isIban))
    return !isOwn(party.account, owner);
  if (isOwn(party.account, owner) || party.name === null || owner.names.length === 0) return false;
  const { name } = party;
  return owner.names.every((own) => !shareWords(name, own));
}

/** Whether a number is a complete IBAN: a masked one may be anyone's. */
function isIban(number: string): boolean {
  const compared = comparableNumber(number);
  return /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(compared) && !/X{3}/.test(compared);
}

function isOwn(account: AccountNumber | null, { numbers }: Owner): boolean {
  if (account === null) return false;
  const number = comparableNumber(account.value);
  return numbers.some((own) => comparableNumber(own) === number);
}

/** Words of names that say nothing about who it is: conjunctions, titles and legal forms. */
const COMMON_WORDS = new Set(
  (
    "and und et en og och oder or the der die das von van de del della di da dos du la le el " +
    "mr mrs ms miss dr prof herr frau herrn hr fr mme mlle sr sra sig dhr mevr " +
    "gmbh ag kg ohg gbr ug ev co ltd limited plc llp llc inc corp sa sas sarl srl spa bv nv ab as aps oy sl sp zoo"
  ).split(" "),
);

/** The shortest word of which the beginning of a longer one may be the rest of a truncated name. */
const SHORTEST_TRUNCATED = 4;

/** Whether two names may be one person's: banks reorder them, leave some out, truncate them, and write umlauts as two letters. */
function shareWords(one: string, other: string): boolean {
  return [folded, spelledOut].some((form) => areOnePersons(wordsOf(form(one)), wordsOf(form(other))));
}

function areOnePersons(mine: readonly string[], theirs: readonly string[]): boolean {
  const [telling, known] = [mine.filter(isTelling), theirs.filter(isTelling)];
  return (
    telling.some((word) => known.some((own) => areAlike(word, own))) ||
    mine.join("") === theirs.join("") ||
    isBeginning(mine.join(""), theirs.join(""))
  );
}

function areAlike(one: string, other: string): boolean {
  return one === other || isBeginning(one, other) || isBeginning(other, one);
}

function isBeginning(part: string, whole: string): boolean {
  return part.length >= SHORTEST_TRUNCATED && whole.startsWith(part);
}

/** Initials say little, too. */
function isTelling(word: string): boolean {
  return word.length > 1 && !COMMON_WORDS.has(word);
}

function wordsOf(name: string): string[] {
  return name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
}

/**
 * A transaction of an account whose bank inverts the signs, as other banks would report it: `amount` with the opposite
 * sign, exactly, and the counterparty of that direction. Everything else stays as the bank wrote it, also the foreign
 * amount, which has no sign at some banks, and the balance after it, which is a sum of its own.
 */
export function invertedTransaction(transaction: BankTransaction, owner: Owner): BankTransaction {
  const amount = opposite(transaction.amount);
  const counterparty = counterpartyOf({ ...transaction, amount }, owner);
  return {
    ...transaction,
    amount,
    counterparty: counterparty.name,
    counterpartyAccount: counterparty.account,
  };
}

/** A decimal with the opposite sign, without any change to its digits; zero has none. */
function opposite(decimal: string): string {
  const sent = decimal.trim();
  const digits = sent.replace(/^[+-]/, "");
  return sent.startsWith("-") || !/[1-9]/.test(digits) ? digits : `-${digits}`;
}
