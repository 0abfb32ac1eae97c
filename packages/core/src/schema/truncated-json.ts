/** The length of the longest IBAN in groups of four: half of one would be neither recognised nor masked. */
const MAX_IBAN_LENGTH = 42;

/**
 * Closes a JSON text that was truncated: it ends after its last complete value, or inside a string, and whatever is open
 * there is closed. A string loses its last words, because half a token or half an IBAN could not be recognised.
 *
 * @returns a string that JSON.parse accepts, if the input was JSON up to where it was truncated
 */
export function closeTruncatedJson(text: string): string {
  const closers: string[] = [];
  let whole = 0;
  let before = "";
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') {
      const end = endOfString(text, at);
      if (end === undefined) {
        const isValue = before === ":" || closers.at(-1) === "]";
        return (isValue ? withoutLastWords(text, at) : text.slice(0, whole)) + closing(closers);
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
  return text.slice(0, whole) + closing(closers);
}

function closing(closers: readonly string[]): string {
  return closers.toReversed().join("");
}

/** The position of the quote that ends the string that begins at `start`; undefined if there is none. */
function endOfString(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') return at;
    if (character === "\\") at += 1;
  }
  return undefined;
}

/** The text up to a truncated string that begins at `start`, and those words of the string that are surely complete. */
function withoutLastWords(text: string, start: number): string {
  const end = text.lastIndexOf(" ", text.length - MAX_IBAN_LENGTH);
  return `${text.slice(0, Math.max(end, start + 1))}"`;
}
