/** The format of one country's IBANs: the length, and whether everything after the country code is digits. */
interface IbanFormat {
  length: number;
  isNumeric: boolean;
}

/** By country, from the SWIFT registry, so that an IBAN is found inside a longer word. "n" means digits only. */
const IBAN_FORMATS: ReadonlyMap<string, IbanFormat> = new Map(
  (
    "NO15n BE16n DK18n FI18n FK18 FO18n GL18n NL18 SD18n MK19 SI19n AT20n BA20n EE20n KZ20 LT20n LU20 MN20n XK20n " +
    "CH21 HR21n LI21 LV21 BG22 BH22 CR22n DE22n GB22 GE22 IE22 ME22n RS22n VA22n AE23n GI23 IL23n IQ23 OM23 SO23n TL23n " +
    "AD24 CZ24n ES24n MD24 PK24 RO24 SA24 SE24n SK24n TN24n VG24 LY25n PT25n ST25n IS26n TR26 BI27n DJ27n FR27 GR27 " +
    "IT27 MC27 MR27n SM27 AL28 AZ28 BY28 CY28 DO28 GT28 HN28 HU28n LB28 NI28 PL28n SV28 BR29 EG29 PS29 QA29 UA29 " +
    "JO30 KW30 MU30 YE30 MT31 SC31 LC32 RU33"
  )
    .split(" ")
    .map((entry) => [
      entry.slice(0, 2),
      { length: Number.parseInt(entry.slice(2), 10), isNumeric: entry.endsWith("n") },
    ]),
);

/**
 * Anything that looks like an IBAN, even with wrong check digits: a separate word, in one piece or in groups of four with
 * the same separator. The groups of a UUID are longer.
 */
const IBAN_LIKE =
  /(?<![A-Za-z0-9])([A-Za-z]{2}\d{2})((?:[A-Za-z0-9]{4}){2,7}[A-Za-z0-9]{1,4}|([\s.\-_\u2010-\u2015])[A-Za-z0-9]{4}(?:\3[A-Za-z0-9]{4}){1,6}\3[A-Za-z0-9]{1,4})(?![A-Za-z0-9])/g;

/** The services' own ids, which are not masked: one in 13,000 contains, by chance, what could be an IBAN of Andorra. */
const UUID = /(?<![\da-f-])([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})(?![\da-f-])/i;

/** How many separator characters may stand between two characters of an IBAN. */
const MAX_GAP = 8;

/** What people and programs put between the groups: spaces of all widths, hyphens, dots, and invisible characters. */
const GAP = /[\s.\-_+*·•'\u00ad\u180e\u200b-\u200f\u2010-\u2015\u2060\u2212\ufeff]/;

/** The start of an IBAN: its country code and the first check digit. */
const START = new RegExp(
  `[A-Za-z](?=${GAP.source}{0,${MAX_GAP}}[A-Za-z]${GAP.source}{0,${MAX_GAP}}[0-9])`,
  "g",
);

/**
 * Hides the middle of every IBAN in a string, for messages and logs: `DE89 3704 0044 0532 0130 00` becomes `DE89…3000`,
 * whatever separates its groups, also inside a word or percent-encoded as in a path. Ids are kept, because the reader
 * needs them to find things. Takes time proportional to the text's length.
 */
export function maskIbans(text: string): string {
  const parts = text.split(UUID);
  return parts.map((part, at) => (at % 2 === 1 ? part : maskLookalikes(maskValid(part)))).join("");
}

/** Eight digits or more, in one piece or in groups: the account numbers of countries and banks that have no IBAN. */
const LONG_NUMBER = /\d(?: ?\d){7,}/g;

/**
 * Hides all but the last four digits of every number that could be an account's, where ids are of no use: in texts of
 * unknown content, such as the start of a body. UUIDs are kept.
 */
export function maskNumbers(text: string): string {
  const parts = text.split(UUID);
  return parts
    .map((part, at) => (at % 2 === 1 ? part : part.replace(LONG_NUMBER, (number) => `…${number.slice(-4)}`)))
    .join("");
}

function maskLookalikes(text: string): string {
  return text.replace(IBAN_LIKE, (whole, start: string, rest: string) => {
    const digits = rest.replaceAll(/\D/g, "").length;
    return digits < 6 ? whole : shorten(start + rest.replaceAll(/[^A-Za-z0-9]/g, ""));
  });
}

function maskValid(text: string): string {
  let masked = "";
  let from = 0;
  for (const start of startsOf(text)) {
    const found = start < from ? undefined : validAt(text, start);
    if (found === undefined) continue;
    masked += text.slice(from, start) + shorten(found.iban);
    from = found.end;
  }
  return masked + text.slice(from);
}

/** The positions at which an IBAN may begin: all of them if letters and digits may be percent-encoded. */
function* startsOf(text: string): Generator<number> {
  if (text.includes("%")) {
    for (let at = 0; at < text.length; at += 1) yield at;
  } else {
    for (const { index } of text.matchAll(START)) yield index;
  }
}

function shorten(iban: string): string {
  return `${iban.slice(0, 4)}…${iban.slice(-4)}`;
}

/** The IBAN that starts here, without its gaps, if it has its country's format, mostly digits and valid check digits. */
function validAt(text: string, start: number): { iban: string; end: number } | undefined {
  let [iban, shown] = ["", ""];
  let form: IbanFormat | undefined;
  let gap = 0;
  for (let at = start; at < text.length && gap <= MAX_GAP; ) {
    const { character, end } = characterAt(text, at);
    const code = character?.toUpperCase();
    at = end;
    gap = code === "" ? gap + 1 : 0;
    if (code === "" && iban !== "") continue;
    if (code === undefined || code === "") return undefined;
    iban += code;
    shown += character;
    if (iban.length === 2) form = IBAN_FORMATS.get(iban);
    if (iban.length === 2 && form === undefined) return undefined;
    if (code > "9" && (iban.length === 3 || iban.length === 4)) return undefined;
    if (form !== undefined && iban.length === form.length) {
      return isValid(iban, form) ? { iban: shown, end } : undefined;
    }
  }
  return undefined;
}

/**
 * The character at a position, percent-encoded or not: a letter or digit; empty if it may be part of a gap; undefined
 * for anything else. An encoded byte that is not a letter or digit is taken for part of a space or hyphen.
 */
function characterAt(text: string, at: number): { character: string | undefined; end: number } {
  const encoded = text[at] === "%" ? /^[0-9A-Fa-f]{2}/.exec(text.slice(at + 1, at + 3))?.[0] : undefined;
  const character =
    encoded === undefined ? text.charAt(at) : String.fromCharCode(Number.parseInt(encoded, 16));
  const end = at + (encoded === undefined ? 1 : 3);
  if (/[A-Za-z0-9]/.test(character)) return { character, end };
  return { character: encoded !== undefined || GAP.test(character) ? "" : undefined, end };
}

/** ISO 13616: country code and check digits move to the end, letters count from 10, and the remainder by 97 is 1. */
function isValid(iban: string, { isNumeric }: IbanFormat): boolean {
  const digits = iban.replaceAll(/\D/g, "").length;
  if (isNumeric ? digits !== iban.length - 2 : digits * 2 < iban.length) return false;
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}
