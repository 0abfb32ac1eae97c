/**
 * Removes every `character` from the end of a string. An expression such as `/0+$/` would start again at each position
 * of a run of the character, so that its time grows with the square of the run's length.
 */
export function withoutTrailing(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === character) end -= 1;
  return text.slice(0, end);
}
