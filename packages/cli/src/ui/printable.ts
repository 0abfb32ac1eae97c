declare const madePrintable: unique symbol;

/**
 * A text that may be shown on a terminal: one line, without anything that steers the terminal, turns the direction of
 * writing or cannot be seen. Only this file makes one, so that the compiler refuses to print a text that a bank, the
 * service, a file or an argument brought.
 */
export type Printable = string & { readonly [madePrintable]: true };

/** The longest value that is shown whole, in UTF-16 units: an error page of 2 MB is no message. */
const LONGEST = 1000;

const ASCII = /^[ -~]*$/;

/**
 * What is never printed. Controls and line separators, which a terminal obeys; lone surrogates and noncharacters, which
 * are no text; and everything that is invisible by default: bidi controls, zero-width characters, soft hyphens, fillers,
 * tags, interlinear annotations.
 *
 * Two invisible characters stay where they make an emoji: the variation selector after one, and the joiner between two.
 * A joiner in a word goes, as it could tell two equal-looking names apart; the word stays legible without it.
 */
const UNPRINTABLE =
  /(?<control>[\p{Cc}\p{Zl}\p{Zp}]+)|(?<broken>[\p{Cs}\p{NChar}])|[[\p{DI}\ufff9-\ufffb]--[\u200d\ufe0e\ufe0f]]|(?<!\p{Emoji})[\ufe0e\ufe0f]|(?<!\p{ExtPict}[\ufe0f\p{EMod}]?)\u200d|\u200d(?!\p{ExtPict})/gv;

/** Whether a text may be shown as it is. */
export function isPrintable(text: string): text is Printable {
  return ASCII.test(text) || text.search(UNPRINTABLE) === -1;
}

/**
 * Makes a text from outside printable: controls and line breaks become a space, broken characters become U+FFFD,
 * invisible ones go. What an escape sequence held besides its controls stays, so that nobody hides a text in one.
 *
 * @param longest in UTF-16 units; what is longer ends with `…`
 */
export function printable(text: string, longest = LONGEST): Printable {
  if (text.length <= longest) return cleaned(text);
  // Half a surrogate pair at the cut is no character.
  const start = text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, "");
  return cleaned(`${start}…`);
}

/** One line in our own words; each value in it is made printable. */
export function line(words: TemplateStringsArray, ...values: readonly (string | number)[]): Printable {
  return cleaned(String.raw({ raw: words }, ...values.map((value) => printable(String(value)))));
}

/** The lines of a text of our own, such as a help page; each is made printable. Not for texts from outside. */
export function linesOf(text: string): Printable[] {
  return text.split("\n").map(cleaned);
}

/** Puts printable texts together, whatever their length. */
export function joined(texts: readonly Printable[], separator: Printable = line``): Printable {
  return cleaned(texts.join(separator));
}

/** Nothing that is left can become unprintable by what was taken out, so that the second look is the last. */
function cleaned(text: string): Printable {
  if (isPrintable(text)) return text;
  return cleaned(
    text.replaceAll(UNPRINTABLE, (_, control: string | undefined, broken: string | undefined) => {
      if (control !== undefined) return " ";
      return broken === undefined ? "" : "\ufffd";
    }),
  );
}
