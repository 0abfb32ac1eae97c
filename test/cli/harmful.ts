/** Ranges of controls, bidi controls, invisible characters and noncharacters, written independently of the code's own. */
const RANGES: readonly (readonly [number, number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x034f, 0x034f],
  [0x061c, 0x061c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200c],
  [0x200e, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0xfffe, 0xffff],
  [0xe0000, 0xe0fff],
];

/** The characters of a string that no terminal should get, except those that are `allowed`. */
export function harmfulIn(text: string, allowed = ""): string[] {
  const found = [...text].filter((sign) => {
    const point = sign.codePointAt(0) ?? 0;
    return !allowed.includes(sign) && RANGES.some(([from, to]) => point >= from && point <= to);
  });
  return [...new Set(found)].map(
    (sign) => `U+${sign.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}`,
  );
}
