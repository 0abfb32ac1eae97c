/** As much as an IBAN in groups of four takes up: half of one would not be recognised, and not masked. */
const LONGEST_IBAN = 42;

/**
 * What can be had of a JSON text that was cut off: it ends behind its last whole value, or inside a text, and what is
 * open there is closed. A text loses its last words, as half a token or half an IBAN could not be recognised as one.
 * Gives something that JSON.parse takes if the text was JSON up to where it was cut.
 */
export function closeCutJson(text: string): string {
  const closers: string[] = [];
  let whole = 0;
  let before = "";
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') {
      const end = endOfString(text, at);
      if (end === undefined) {
        const isValue = before === ":" || closers.at(-1) === "]";
        return (isValue ? withoutLastWords(text, at) : text.slice(0, whole)) + closed(closers);
      }
      at = end;
    } else if (character === ",") {
      whole = at;
    } else if (character === "{" || character === "[") {
      closers.push(character === "{" ? "}" : "]");
      whole = at + 1;
    } else if (character === "}" || character === "]") {
      closers.pop();
      whole = at + 1;
    }
    if (character.trim() !== "") before = character;
  }
  return text.slice(0, whole) + closed(closers);
}

function closed(closers: readonly string[]): string {
  return closers.toReversed().join("");
}

/** The place of the quote that ends the string that begins at `start`. */
function endOfString(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') return at;
    if (character === "\\") at += 1;
  }
  return undefined;
}

/** Everything up to a string that begins at `start` and was cut, and of that what is surely whole words. */
function withoutLastWords(text: string, start: number): string {
  const end = text.lastIndexOf(" ", text.length - LONGEST_IBAN);
  return `${text.slice(0, Math.max(end, start + 1))}"`;
}
