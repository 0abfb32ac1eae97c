/** A decimal number as this project holds it: an optional minus, digits, and digits after a point. */
const PLAIN_DECIMAL = /^-?\d+(?:\.\d+)?$/;

/** A decimal number as a bank may write it, in a JSON number or inside a string. */
const WRITTEN_DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Past this, an exponent is no sum of money, and writing it out would only cost memory. */
const LARGEST_EXPONENT = 100;

/** Whether a text is a plain decimal already: `-24.0` is, `1e2`, `+5` and `.5` are not. */
export function isPlainDecimal(text: string): boolean {
  return PLAIN_DECIMAL.test(text);
}

/**
 * Writes a decimal number out: digits as they stand, trailing zeros kept, the exponent carried out.
 * `1e2` gives `100`, `-24.0` gives `-24.0`, `.5` gives `0.5`, `+5.00` gives `5.00`.
 * Gives undefined where the text is no decimal number.
 */
export function writeOutDecimal(text: string): string | undefined {
  const match = WRITTEN_DECIMAL.exec(text.trim());
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = "", exponentText = "0"] = match;
  const exponent = Number(exponentText);
  if (whole + fraction === "" || Math.abs(exponent) > LARGEST_EXPONENT) return undefined;
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
