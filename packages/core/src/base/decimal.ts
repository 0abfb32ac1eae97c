/** A decimal number in this project's own notation: an optional minus, digits, and digits after a point. */
const PLAIN_DECIMAL = /^-?\d+(?:\.\d+)?$/;

/** A decimal number in any notation that a bank may use, as a JSON number or inside a string. */
const ANY_DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?0*\d{1,3}))?$/;

/** No sum of money has a larger exponent, and writing one out would only cost memory. */
const MAX_EXPONENT = 100;

/** Whether a string is a plain decimal: `-24.0` is, `1e2`, `+5` and `.5` are not. */
export function isPlainDecimal(text: string): boolean {
  return PLAIN_DECIMAL.test(text);
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
