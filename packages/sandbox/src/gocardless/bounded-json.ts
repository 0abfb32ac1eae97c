/** Levels of lists and objects. What the service's bodies nest is two levels deep. */
const DEEPEST = 64;

/**
 * Parses JSON of bounded depth, so that whatever a request holds can later be repeated in an error or stored.
 *
 * @throws SyntaxError if the text is not JSON, or nests more than 64 levels
 */
export function boundedJson(text: string): unknown {
  if (isDeeper(text)) throw new SyntaxError(`The JSON is nested more than ${DEEPEST} levels deep.`);
  return JSON.parse(text);
}

/** Whether lists and objects are nested too deep, judged by the brackets outside of strings. */
function isDeeper(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === "\\") at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "[" || character === "{") {
      depth += 1;
      if (depth > DEEPEST) return true;
    } else if (character === "]" || character === "}") depth -= 1;
  }
  return false;
}
