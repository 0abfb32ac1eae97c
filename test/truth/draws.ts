import { ALL_QUIRKS, banks, PROFILES } from "../../packages/sandbox/src/banks/index.ts";
import { Random } from "../../packages/sandbox/src/banks/random.ts";
import type { Quirk } from "../../packages/sandbox/src/index.ts";
import type { LifePlan } from "./plan.ts";

/** The word for banks with quirks that are drawn. */
export const COMBINATIONS = "combinations";

/** The first bank of each profile, the hard ones included. */
export function banksByProfile(): string[] {
  return Object.keys(PROFILES).flatMap((profile) => banks.find((one) => one.profile === profile)?.id ?? []);
}

/** One life at each bank for each seed; for `combinations`, at a bank with quirks that the seed draws. */
export function plansFor(
  names: readonly string[],
  { seeds, days }: { seeds: readonly number[]; days: number },
): LifePlan[] {
  return seeds.flatMap((seed) =>
    names.map((bank) => {
      if (bank === COMBINATIONS) return { ...drawnQuirks(seed), seed, days };
      return { bank, quirks: undefined, seed, days };
    }),
  );
}

/** A bank and three to eight quirks, which are those of no profile. */
function drawnQuirks(seed: number): { bank: string; quirks: Quirk[] } {
  const random = new Random(seed, "a combination of quirks");
  const { id: bank } = random.pick(banks);
  const quirks = new Set<Quirk>();
  for (let count = random.int(3, 8); quirks.size < count; ) quirks.add(random.pick(ALL_QUIRKS));
  return { bank, quirks: [...quirks] };
}

/** Seeds such as `1001-1003,1010`. @throws Error if it is none */
export function seedsFrom(text: string): number[] {
  return text.split(",").flatMap((part) => {
    const [first = Number.NaN, last = first] = part.split("-").map(Number);
    if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || last < first)
      throw new Error(`"${part}" is neither a seed nor a range of seeds such as 1001-1003.`);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
}
