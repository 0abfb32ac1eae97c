import { comparableNumber, folded } from "bankdata-core/bank";
import { closest } from "bankdata-core/base";

/** What an account is shown by, and can be named by. */
export interface NamedAccount {
  readonly handle: string | null;
  readonly iban: string | null;
  /** The person's own name for it; null if it has none. */
  readonly alias: string | null;
  /** The bank's or the owner's name for it. */
  readonly label?: string | null | undefined;
  readonly bankId?: string | null | undefined;
  readonly bankName?: string | null | undefined;
  readonly currency?: string | null | undefined;
  /** The account of the person's ledger. */
  readonly assetAccount?: string | null | undefined;
  /** The name by which it is shown, which no other account has. */
  readonly shownName?: string | undefined;
}

/** The account that a name stands for, or why there is not exactly one. */
export type Resolved<A> =
  | { found: A }
  | { ambiguous: A[] }
  | { unknown: string; didYouMean: string | undefined };

/** A part of a handle or an IBAN must have at least this many characters to stand for the whole. */
const SHORTEST_PART = 4;

/** This many characters of a handle, or of the end of an IBAN, are shown to tell accounts apart. */
const HANDLE_START = 8;
const IBAN_END = 4;

/**
 * The shortest name of each account that is unique among them, in their order: its own name, then its bank, its currency,
 * the end of its IBAN and the beginning of its handle, each only if it tells accounts of one name apart. An alias that only
 * one of them has stays as it is, as it stands for that account alone, whatever the others are called.
 */
export function accountLabels<A extends NamedAccount>(
  accounts: readonly A[],
  ownName: (account: A) => string,
): string[] {
  const labels = accounts.map(ownName);
  for (const part of DISTINCTIONS) {
    for (const group of sameNames(labels)) {
      const parts = group.map((at) => part(accounts[at]));
      if (new Set(parts.map((one) => plain(one ?? ""))).size < 2) continue;
      const kept = onlyAlias(group, labels, accounts);
      for (const [place, at] of group.entries()) {
        const more = parts[place];
        if (at !== kept && more !== null && more !== undefined) labels[at] = `${labels[at]}, ${more}`;
      }
    }
  }
  for (const group of sameNames(labels)) {
    const kept = onlyAlias(group, labels, accounts);
    for (const [place, at] of group.entries())
      if (at !== kept) labels[at] = `${labels[at]}, ${accounts[at]?.handle ?? place + 1}`;
  }
  return labels;
}

/** The place of the account whose alias is the name that all of a group have; undefined if there is not exactly one. */
function onlyAlias(
  group: readonly number[],
  labels: readonly string[],
  accounts: readonly NamedAccount[],
): number | undefined {
  const named = group.filter((at) => plain(accounts[at]?.alias ?? "") === plain(labels[at] ?? ""));
  return named.length === 1 ? named[0] : undefined;
}

type Distinction = (account: NamedAccount | undefined) => string | null | undefined;

const DISTINCTIONS: readonly Distinction[] = [
  (account) => account?.bankName ?? account?.bankId,
  (account) => account?.currency,
  (account) => ibanEnd(account?.iban),
  (account) => account?.handle?.slice(0, HANDLE_START),
];

/** The places of the names that several accounts have. */
function sameNames(labels: readonly string[]): number[][] {
  const places = new Map<string, number[]>();
  for (const [at, label] of labels.entries())
    places.set(plain(label), [...(places.get(plain(label)) ?? []), at]);
  return [...places.values()].filter((group) => group.length > 1);
}

/** The end of an IBAN as it is shown: "…3000". */
export function ibanEnd(iban: string | null | undefined): string | null {
  return iban ? `…${comparableNumber(iban).slice(-IBAN_END)}` : null;
}

/**
 * Finds the account that a name stands for, regardless of case, accents and punctuation. In this order: an alias, a handle,
 * an IBAN, also with its currency, or an account of the ledger; the name by which an account is shown; the account's own
 * name, its bank, or both, also with currency or the end of the IBAN; the beginning of a handle or the end of an IBAN.
 */
export function resolveAccount<A extends NamedAccount>(name: string, accounts: readonly A[]): Resolved<A> {
  const wanted = plain(name);
  const number = compact(name);
  const words = wordsOf(name);
  const ways: ((account: A) => boolean)[] = [
    (account) =>
      [account.alias, account.assetAccount].some((one) => plain(one ?? "") === wanted) ||
      (number !== "" &&
        [account.handle, account.iban, withCurrency(account)].some((one) => compact(one) === number)),
    ({ shownName }) => plain(shownName ?? "") === wanted,
    (account) => isDescribedBy(account, words),
    (account) =>
      number.length >= SHORTEST_PART &&
      (compact(account.handle).startsWith(number) ||
        compact(account.iban).endsWith(number) ||
        (account.iban !== null && compact(withCurrency(account)).endsWith(number))),
  ];
  for (const isMeant of wanted === "" ? [] : ways) {
    const found = accounts.filter(isMeant);
    const [only] = found;
    if (only !== undefined) return found.length === 1 ? { found: only } : { ambiguous: found };
  }
  const names = accounts.flatMap(({ handle, iban, alias, label, shownName, assetAccount }) =>
    [alias, label, shownName, assetAccount, handle, iban].flatMap((text) => text ?? []),
  );
  return { unknown: name, didYouMean: closest(name, names) };
}

/** The shortest text that stands for this account alone. */
export function typeableName<A extends NamedAccount>(account: A, accounts: readonly A[]): string {
  const texts = [account.alias, account.shownName, account.handle, withCurrency(account)].flatMap(
    (text) => text ?? [],
  );
  const isAlone = (text: string) => {
    const resolved = resolveAccount(text, accounts);
    return "found" in resolved && resolved.found === account;
  };
  return texts.find(isAlone) ?? texts.at(-1) ?? "";
}

/** Whether two names are the same, regardless of case, accents and punctuation. */
export function isSameName(one: string, other: string): boolean {
  return plain(one) === plain(other);
}

/** Whether two ids or two IBANs are the same, however they are written; not if either is missing. */
export function isSameNumber(one: string | null | undefined, other: string | null | undefined): boolean {
  return Boolean(one && other) && comparableNumber(one ?? "") === comparableNumber(other ?? "");
}

function withCurrency({ iban, currency }: NamedAccount): string | null {
  return iban === null ? null : [iban, currency].filter(Boolean).join(" ");
}

/** Whether words name an account: all of its own name or all of its bank's, and nothing that is not about it. */
function isDescribedBy(account: NamedAccount, words: readonly string[]): boolean {
  const { alias, label, bankName, bankId, currency, iban, handle } = account;
  const whole = [alias, label, bankName, bankId].map((one) => wordsOf(one ?? ""));
  const rest = [currency, ibanEnd(iban), handle?.slice(0, HANDLE_START)].flatMap((one) => wordsOf(one ?? ""));
  const about = new Set([...whole.flat(), ...rest]);
  return (
    words.every((word) => about.has(word)) &&
    whole.some((all) => all.length > 0 && all.every((word) => words.includes(word)))
  );
}

/** A name as it is compared: its words, or what it consists of if it has none. */
function plain(text: string): string {
  return wordsOf(text).join(" ") || folded(text.trim());
}

function wordsOf(text: string): string[] {
  return folded(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

/** A number as it is compared: without spaces and dashes. Never equal if there is none. */
function compact(number: string | null): string {
  return number === null ? "\0" : comparableNumber(number).replaceAll(/[^\p{L}\p{N}]/gu, "");
}
