import type { Random } from "./random.ts";

/**
 * The shape of the domestic account number in an IBAN, by country: `n` is a digit, `a` a capital letter (SWIFT's IBAN
 * registry).
 */
const SHAPES: Readonly<Record<string, string>> = {
  AT: "n".repeat(16),
  BE: "n".repeat(12),
  BG: `aaaa${"n".repeat(14)}`,
  CZ: "n".repeat(20),
  DE: "n".repeat(18),
  DK: "n".repeat(14),
  EE: "n".repeat(16),
  ES: "n".repeat(20),
  FI: "n".repeat(14),
  FR: "n".repeat(23),
  GB: `aaaa${"n".repeat(14)}`,
  GL: "n".repeat(14),
  HR: "n".repeat(17),
  HU: "n".repeat(24),
  IE: `aaaa${"n".repeat(14)}`,
  IT: `a${"n".repeat(22)}`,
  LT: "n".repeat(16),
  LU: "n".repeat(16),
  LV: `aaaa${"n".repeat(13)}`,
  NL: `aaaa${"n".repeat(10)}`,
  NO: "n".repeat(11),
  PL: "n".repeat(24),
  PT: "n".repeat(21),
  RO: `aaaa${"n".repeat(16)}`,
  SE: "n".repeat(20),
  SI: "n".repeat(15),
  SK: "n".repeat(20),
};

/** A fictitious IBAN of a country, with a valid length and valid check digits (ISO 13616, modulo 97). */
export function randomIban(country: string, random: Random): string {
  const shape = SHAPES[country] ?? "n".repeat(18);
  const own = [...shape]
    .map((kind) => (kind === "n" ? String(random.int(0, 9)) : String.fromCharCode(65 + random.int(0, 25))))
    .join("");
  return country + checkDigits(country, own) + own;
}

function checkDigits(country: string, own: string): string {
  let rest = 0;
  for (const sign of `${own}${country}00`) {
    const value = Number.parseInt(sign, 36);
    rest = (rest * (value < 10 ? 10 : 100) + value) % 97;
  }
  return String(98 - rest).padStart(2, "0");
}
