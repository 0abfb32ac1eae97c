import { writeOutDecimal } from "bankdata-core/base";
import Big from "big.js";

/** The digits that beancount computes with: the default precision of Python's decimals. Beyond it, sums are rounded. */
const DIGITS = 28;

/** The longest account name, in characters, as the name is repeated in each of the account's entries. */
const LONGEST_NAME = 200;

/** How many characters of a string that cannot be written are shown in the reason. */
const LONGEST_SHOWN = 40;

/** Words that beancount reads as values, not as currencies. */
const RESERVED = new Set(["TRUE", "FALSE", "NULL"]);

/** Whether beancount accepts a string as a currency. */
export function isCommodity(currency: string): boolean {
  return /^[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]$/.test(currency) && !RESERVED.has(currency);
}

/**
 * A string on one line: each run of control characters and line breaks becomes a space, and characters that change the
 * direction of writing are removed. Half a surrogate pair, which UTF-8 cannot hold, is replaced.
 */
export function flat(text: string | null | undefined): string {
  return (text ?? "")
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, "")
    .trim();
}

/** A string as beancount writes it: flat, and with its quotes and backslashes escaped. */
export function quoted(text: string): string {
  return `"${flat(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** A bank's text as it is shown in a reason: quoted, truncated and printable. */
export function shown(text: string): string {
  const truncated = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
  return JSON.stringify(truncated).replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/** An amount as beancount accepts it, with the decimals that the bank sent, or the reason why there is none. */
export function readAmount(text: string): { amount: string } | { reason: string } {
  const plain = writeOutDecimal(text)?.replace(/^(-?)0+(?=\d)/, "$1");
  if (plain === undefined) return { reason: `${shown(text)} is not a decimal number` };
  const [whole, decimals] = digitsOf(plain);
  if (whole + decimals > DIGITS) {
    return { reason: `its amount has more than the ${DIGITS} digits that beancount computes with` };
  }
  return { amount: plain };
}

/** Whether beancount adds up these amounts exactly, in any order. */
export function addsUpExactly(amounts: readonly string[]): boolean {
  const largest = amounts.reduce((sum, amount) => sum.plus(new Big(amount).abs()), new Big(0));
  const decimals = amounts.reduce((most, amount) => Math.max(most, digitsOf(amount)[1]), 0);
  return digitsOf(largest.toFixed())[0] + decimals <= DIGITS;
}

/** The number of digits of a plain decimal before and after the point. */
function digitsOf(amount: string): [whole: number, decimals: number] {
  const [whole = "", decimals = ""] = amount.split(".");
  return [whole.replace(/^-?0*/, "").length, decimals.length];
}

/** A sum in digits, with as many decimals as `like` has, or as it needs. */
export function plain(sum: Big, like?: string): string {
  const decimals = like?.split(".")[1]?.length;
  return decimals === undefined ? sum.toFixed() : sum.toFixed(decimals);
}

/**
 * The name of each account, in order. None is a parent of another, as beancount includes `Assets:Bank:Savings` in the
 * balance of `Assets:Bank`.
 */
export function accountNames(names: readonly string[]): string[] {
  const wanted = names.map(
    (name) => `Assets:${name.slice(0, LONGEST_NAME).split(":").map(component).join(":")}`,
  );
  const parents = new Set(wanted.flatMap(parentsOf));
  const used = new Set<string>();
  return wanted.map((base) => {
    let name = base;
    for (let count = 2; used.has(name) || parents.has(name); count += 1) name = `${base}-${count}`;
    used.add(name);
    return name;
  });
}

function parentsOf(name: string): string[] {
  const parts = name.split(":");
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join(":"));
}

/** A part of an account's name: letters, digits and hyphens, beginning with a capital or a digit. */
function component(text: string): string {
  const clean = text.normalize("NFC").replaceAll(UNNAMEABLE, "-").replaceAll(/^-|-$/g, "");
  const start = clean.charAt(0).toUpperCase();
  return INITIAL.test(start) ? start + clean.slice(1) : `X${clean && `-${clean}`}`;
}

/**
 * Everything but the characters that every release of beancount accepts as letters or digits. Release 2 has its own
 * tables, which contain the letters of old Unicode versions, and only the first and the last of the Chinese and Korean
 * ones: it rejects `Assets:中国`.
 */
const UNNAMEABLE =
  /[^[\p{L}\p{Nd}]&&[[\0-\u037e\u0380-\u0523\u0531-\u0556\u0561-\u0587\u05d0-\u05ea\u0621-\u07ff\u0904-\u0972\u0e01-\u0e7f\u1e00-\u1fff\u3041-\u30ff]]]+/gv;

/** A character that every release of beancount accepts as a capital letter or a digit. */
const INITIAL =
  /^[[\p{Lu}\p{Nd}]&&[\0-\u0250\u0386-\u03ce\u03d0-\u0513\u0531-\u0556\u0660-\u07ff\u0966-\u096f\u0e50-\u0e59\u1e00-\u1e9d\u1ea0-\u1ef9\u1f08-\u1fff]]$/v;
