/** Schemes that a browser runs, or that lead into the machine instead of to an application. */
const REFUSED: readonly string[] = [
  "about:",
  "blob:",
  "data:",
  "file:",
  "filesystem:",
  "javascript:",
  "vbscript:",
  "view-source:",
];

/**
 * Whether a browser can be sent to an address after a consent: a web page, or an application with a scheme of its own such
 * as `myapp://callback`. Blanks and control characters are refused wherever they are, as browsers ignore some of them.
 */
export function isRedirect(address: string): boolean {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(address) || hasBlanks(address) || !URL.canParse(address)) return false;
  return !REFUSED.includes(new URL(address).protocol);
}

function hasBlanks(text: string): boolean {
  return [...text].some((character) => character <= " " || character === "\u007f");
}
