import { writeOutDecimal } from "bankdata-core/base";
import Big from "big.js";

/** What beancount computes with: the default precision of Python's decimals. Past it, sums are rounded. */
const DIGITS = 28;

/** How much of an account's name is looked at: the name is repeated in each of the account's entries. */
const LONGEST_NAME = 200;

/** How much of a text that cannot be written is shown in the reason. */
const LONGEST_SHOWN = 40;

/** Words that beancount reads as values. */
const RESERVED = new Set(["TRUE", "FALSE", "NULL"]);

/** Whether beancount reads a text as the name of a currency. */
export function isCommodity(currency: string): boolean {
  return /^[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]$/.test(currency) && !RESERVED.has(currency);
}

/**
 * A text on one line: a space for every run of control characters and line breaks, and none of the characters that
 * would show the rest of the line in another order. Half a surrogate pair, which UTF-8 cannot hold, is replaced.
 */
export function flat(text: string | null | undefined): string {
  return (text ?? "")
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, "")
    .trim();
}

/** A text as a beancount string: flat, and with nothing that could end it early. */
export function quoted(text: string): string {
  return `"${flat(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** A bank's text as a reason shows it: quoted, cut, and printable. */
export function shown(text: string): string {
  const cut = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
  return JSON.stringify(cut).replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/** An amount as beancount takes it, with the decimals that the bank gave, or why there is none. */
export function readAmount(text: string): { amount: string } | { reason: string } {
  const plain = writeOutDecimal(text)?.replace(/^(-?)0+(?=\d)/, "$1");
  if (plain === undefined) return { reason: `${shown(text)} is not a decimal number` };
  const [whole, decimals] = digitsOf(plain);
  if (whole + decimals > DIGITS) {
    return { reason: `its amount has more than the ${DIGITS} digits that beancount computes with` };
  }
  return { amount: plain };
}

/** Whether beancount adds these amounts up exactly, in whatever order. */
export function addsUpExactly(amounts: readonly string[]): boolean {
  const largest = amounts.reduce((sum, amount) => sum.plus(new Big(amount).abs()), new Big(0));
  const decimals = amounts.reduce((most, amount) => Math.max(most, digitsOf(amount)[1]), 0);
  return digitsOf(largest.toFixed())[0] + decimals <= DIGITS;
}

/** How many digits a plain decimal has before and after the point. */
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
 * The name of each account, in order. None stands beneath another: beancount counts what is in `Assets:Bank:Savings`
 * in the balance of `Assets:Bank`.
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
 * What is no letter or digit to every beancount. Release 2 has tables of its own, which know the letters of old
 * Unicode versions, and of the Chinese and Korean ones only the first and the last: `Assets:中国` is refused.
 */
const UNNAMEABLE =
  /[^[\p{L}\p{Nd}]&&[[\0-\u037e\u0380-\u0523\u0531-\u0556\u0561-\u0587\u05d0-\u05ea\u0621-\u07ff\u0904-\u0972\u0e01-\u0e7f\u1e00-\u1fff\u3041-\u30ff]]]+/gv;

/** A capital or a digit to every beancount. */
const INITIAL =
  /^[[\p{Lu}\p{Nd}]&&[\0-\u0250\u0386-\u03ce\u03d0-\u0513\u0531-\u0556\u0660-\u07ff\u0966-\u096f\u0e50-\u0e59\u1e00-\u1e9d\u1ea0-\u1ef9\u1f08-\u1fff]]$/v;
