import { closest } from "bankdata-core/base";

/** A country, by its code of ISO 3166. */
export interface Country {
  code: string;
  name: string;
}

const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

/** All countries, with their names in a language. @param locale @default "en" */
export function countries(locale = "en"): Country[] {
  const names = new Intl.DisplayNames([locale], { type: "region", fallback: "none" });
  return LETTERS.flatMap((first) => LETTERS.map((second) => first + second)).flatMap((code) => {
    const name = isCountry(code) ? names.of(code) : undefined;
    return name === undefined ? [] : [{ code, name }];
  });
}

/** Codes that are no country of today, or of none: `UK` is another spelling of GB, and `EU` is several. */
function isCountry(code: string): boolean {
  const isCurrent = Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}`;
  return isCurrent && !/^(EU|EZ|UN|QO|X[A-JL-Z]|ZZ)$/.test(code);
}

/** What a person wrote for a country: its code, or nothing that is one and what may have been meant. */
export type ReadCountry = { code: string } | { meant: Country | undefined };

/** Reads the code of a country, in capitals or not; its name, in English or the person's language, suggests the code. */
export function readCountry(text: string): ReadCountry {
  const code = text.trim().toUpperCase();
  const english = countries();
  if (english.some((one) => one.code === code)) return { code };
  if (/^[A-Z]{2}$/.test(code)) {
    const current = new Intl.Locale(`und-${code}`).region;
    return { meant: english.find((one) => one.code === current) };
  }
  const all = [...english, ...countries(new Intl.DateTimeFormat().resolvedOptions().locale)];
  const name = closest(
    text.trim(),
    all.map((one) => one.name),
  );
  return { meant: name === undefined ? undefined : english.find(({ code }) => code === codeOf(name, all)) };
}

function codeOf(name: string, all: readonly Country[]): string | undefined {
  return all.find((one) => one.name === name)?.code;
}
