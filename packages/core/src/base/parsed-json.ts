/** Parses the text of a file, a record or a body; undefined if it is not JSON, or if there is no text. */
export function parsedJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
