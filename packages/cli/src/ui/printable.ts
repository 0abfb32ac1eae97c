declare const madePrintable: unique symbol;

/**
 * A string that may be shown on a terminal: one line, without characters that steer the terminal, change the direction of
 * writing or are invisible. Only this file makes one, so that the compiler rejects printing a string as a bank, the
 * service, a file or an argument sent it.
 */
export type Printable = string & { readonly [madePrintable]: true };

/** The longest value that is shown whole, in UTF-16 units: an error page of 2 MB is not a message. */
const LONGEST = 1000;

const ASCII = /^[ -~]*$/;

/**
 * What is never printed: controls and line separators, which a terminal obeys; lone surrogates and noncharacters, which
 * are not text; and everything that is invisible by default: bidi controls, zero-width characters, soft hyphens, fillers,
 * tags, interlinear annotations.
 *
 * Two invisible characters stay where they make an emoji: the variation selector after one, and the joiner between two.
 * A joiner in a word is removed, as it would make names differ that look the same; the word stays legible.
 */
const UNPRINTABLE =
  /(?<control>[\p{Cc}\p{Zl}\p{Zp}]+)|(?<broken>[\p{Cs}\p{NChar}])|[[\p{DI}\ufff9-\ufffb]--[\u200d\ufe0e\ufe0f]]|(?<!\p{Emoji})[\ufe0e\ufe0f]|(?<!\p{ExtPict}[\ufe0f\p{EMod}]?)\u200d|\u200d(?!\p{ExtPict})/gv;

/** Whether a string may be shown as it is. */
export function isPrintable(text: string): text is Printable {
  return ASCII.test(text) || text.search(UNPRINTABLE) === -1;
}

/**
 * Makes a string from outside printable: controls and line breaks become a space, broken characters become U+FFFD,
 * invisible ones are removed. The rest of an escape sequence is shown, so that it cannot hide anything.
 *
 * @param longest in UTF-16 units; what is longer ends with `…`
 */
export function printable(text: string, longest = LONGEST): Printable {
  if (text.length <= longest) return cleaned(text);
  // Half a surrogate pair at the cut is no character.
  const start = text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, "");
  return cleaned(`${start}…`);
}

/** One line of fixed words and of values, each of which is made printable. */
export function line(words: TemplateStringsArray, ...values: readonly (string | number)[]): Printable {
  return cleaned(String.raw({ raw: words }, ...values.map((value) => printable(String(value)))));
}

/** The lines of our own text, such as a help page; each is made printable. Not for strings from outside. */
export function linesOf(text: string): Printable[] {
  return text.split("\n").map(cleaned);
}

/** Joins printable strings with tabs, for a program: no printable string contains one otherwise. */
export function tabbed(...texts: readonly Printable[]): Printable {
  const text = texts.join("\t");
  return isTabbed(text) ? text : joined(texts);
}

function isTabbed(text: string): text is Printable {
  return text.split("\t").every(isPrintable);
}

/** Joins printable strings, regardless of their length. */
export function joined(texts: readonly Printable[], separator: Printable = line``): Printable {
  return cleaned(texts.join(separator));
}

/** Removing characters makes no others unprintable, so the recursion ends with the second pass. */
function cleaned(text: string): Printable {
  if (isPrintable(text)) return text;
  return cleaned(
    text.replaceAll(UNPRINTABLE, (_, control: string | undefined, broken: string | undefined) => {
      if (control !== undefined) return " ";
      return broken === undefined ? "" : "\ufffd";
    }),
  );
}
