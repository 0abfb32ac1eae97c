/** A text as JSON, for what a file, a record or a body may hold; undefined if it is none, or if there is no text. */
export function parsedJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
