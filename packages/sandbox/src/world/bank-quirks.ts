import { ALL_QUIRKS, banks, isQuirk, type Quirk } from "../banks/index.ts";
import { assertFits, isRecord, type Rule, record, shown } from "./argument.ts";
import { didYouMean } from "./did-you-mean.ts";

/** The quirks that banks have in place of those of their profile and their habits, by the id of the bank. */
export type BankQuirks = Readonly<Record<string, readonly Quirk[]>>;

/** The ids of all banks of a sandbox. */
export const sandboxBanks: readonly string[] = Object.freeze(banks.map(({ id }) => id));

/** The names of all quirks, such as `noIds`, for tests that give a bank each of them in turn. */
export const sandboxQuirks: readonly Quirk[] = Object.freeze([...ALL_QUIRKS]);

/**
 * Checks quirks that were given for banks.
 *
 * @param option names the option in errors
 * @returns a copy
 * @throws TypeError that names the option, the bank, and what is unknown, repeated or of another type
 */
export function checkedQuirks(given: unknown, option: string): BankQuirks {
  assertFits(option, given, record);
  const entries = isRecord(given) ? Object.entries(given) : [];
  return Object.fromEntries(entries.map(([bank, quirks]) => [bank, quirksAt(bank, quirks, option)]));
}

const list: Rule = { fits: Array.isArray, words: "a list of quirks" };

function quirksAt(bank: string, given: unknown, option: string): readonly Quirk[] {
  if (!sandboxBanks.includes(bank)) {
    const hint = didYouMean(bank, sandboxBanks) ?? "GET /institutions/ lists the ids of the banks.";
    throw new TypeError(`${option}: there is no bank ${shown(bank)}. ${hint}`);
  }
  const name = `${option} of ${bank}`;
  assertFits(name, given, list);
  const found: Quirk[] = [];
  for (const one of Array.isArray(given) ? given : []) {
    assertQuirk(name, one);
    if (found.includes(one)) throw new TypeError(`${name}: "${one}" is repeated. List each quirk once.`);
    found.push(one);
  }
  return found;
}

function assertQuirk(name: string, value: unknown): asserts value is Quirk {
  if (isQuirk(value)) return;
  const hint = didYouMean(value, sandboxQuirks) ?? "docs/sandbox.md lists the quirks.";
  throw new TypeError(`${name}: there is no quirk ${shown(value)}. ${hint}`);
}
