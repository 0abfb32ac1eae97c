/**
 * Takes every `character` off the end of a text. An expression such as `/0+$/` looks at each run of the character
 * anew from each of its places, so that its time grows with the square of the run.
 */
export function withoutTrailing(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === character) end -= 1;
  return text.slice(0, end);
}
