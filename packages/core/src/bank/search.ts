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
