/** A decimal number in any notation that a bank may use, as a JSON number or inside a string. */
const ANY_DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?0*\d{1,3}))?$/;

/** No sum of money has a larger exponent, and writing one out would only cost memory. */
const MAX_EXPONENT = 100;

const [MINUS, POINT, ZERO, NINE] = [0x2d, 0x2e, 0x30, 0x39];

/**
 * Whether a string is a decimal number in this project's own notation, an optional minus, digits, and digits after a
 * point: `-24.0` is, `1e2`, `+5` and `.5` are not. A loop, because every amount passes through here, and a regular
 * expression takes three times as long.
 */
export function isPlainDecimal(text: string): boolean {
  let point = -1;
  const start = text.charCodeAt(0) === MINUS ? 1 : 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character >= ZERO && character <= NINE) continue;
    if (character !== POINT || point !== -1 || at === start) return false;
    point = at;
  }
  return text.length > start && point !== text.length - 1;
}

/**
 * Writes a decimal number out in plain notation. Digits and trailing zeros are kept, and the exponent is applied:
 * `1e2` becomes `100`, `-24.0` stays `-24.0`, `.5` becomes `0.5`, `+5.00` becomes `5.00`.
 *
 * @returns undefined if the text is not a decimal number
 */
export function writeOutDecimal(text: string): string | undefined {
  const match = ANY_DECIMAL.exec(text.trim());
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = "", exponentText = "0"] = match;
  const exponent = Number(exponentText);
  if (whole + fraction === "" || Math.abs(exponent) > MAX_EXPONENT) return undefined;
  const minus = sign === "-" ? "-" : "";
  if (exponent === 0) return `${minus}${whole || "0"}${fraction && `.${fraction}`}`;
  return minus + shiftPoint(whole, fraction, exponent);
}

function shiftPoint(whole: string, fraction: string, places: number): string {
  const point = whole.length + places;
  const digits = (whole + fraction).padEnd(point, "0");
  const padded = point > 0 ? digits : digits.padStart(digits.length - point + 1, "0");
  const at = Math.max(point, 1);
  const integer = padded.slice(0, at).replace(/^0+(?=\d)/, "");
  const rest = padded.slice(at);
  return rest === "" ? integer : `${integer}.${rest}`;
}
