import type { SandboxAccount } from "./account.ts";
import { drawIban } from "./iban.ts";
import type { SandboxInstitution } from "./institutions.ts";
import { FATES, PROFILES, type ProfileName, type Quirk, WRITING_QUIRKS } from "./profiles.ts";
import { Draw, hashOf } from "./random.ts";

function habits(profile: ProfileName) {
  const quirks: readonly Quirk[] = PROFILES[profile];
  return {
    profile,
    quirks,
    writing: WRITING_QUIRKS.filter((quirk) => quirks.includes(quirk)),
    fates: FATES.filter((fate) => quirks.includes(fate)),
    valuesAhead: quirks.includes("valuesAhead"),
  };
}

const CURRENCIES: Readonly<Record<string, string>> = {
  GB: "GBP",
  SE: "SEK",
  DK: "DKK",
  NO: "NOK",
  PL: "PLN",
  CZ: "CZK",
  HU: "HUF",
  RO: "RON",
};

const OWNERS = [
  "Alex Winter",
  "Robin Lindqvist",
  "Maria Duarte",
  "Jan Novotny",
  "Claire Martin",
  "Sam O'Brien",
] as const;

const KINDS = [
  { name: "Current Account", product: "Everyday", cashAccountType: "CACC" },
  { name: "Savings Account", product: "Savings", cashAccountType: "SVGS" },
] as const;

/** The accounts that a person has at a bank: the same for the same seed. */
export function accountsAt(
  institution: SandboxInstitution,
  options: { seed: number; count?: number | undefined; transactionsPerDay?: number | undefined },
): SandboxAccount[] {
  if (institution.traits.profile === "sandboxfinance")
    return sandboxFinanceAccounts(institution, options.seed);
  const country = institution.countries[0] ?? "DE";
  const owner = new Draw(options.seed, institution.id, "owner").pick(OWNERS);
  return Array.from({ length: options.count ?? 2 }, (_, index) => {
    const draw = new Draw(options.seed, institution.id, index);
    const kind = KINDS[index % KINDS.length] ?? KINDS[0];
    const iban = drawIban(country, draw);
    return {
      ...kind,
      institutionId: institution.id,
      index,
      seed: hashOf(options.seed, institution.id, index, "history"),
      country,
      iban,
      bban: iban.slice(4),
      currency: CURRENCIES[country] ?? "EUR",
      ownerName: owner,
      maskedPan: null,
      transactionsPerDay: options.transactionsPerDay,
      ...habits(institution.traits.profile),
    };
  });
}

/** The service's own test bank: a current account and a card, both with an IBAN of Greenland. */
function sandboxFinanceAccounts(institution: SandboxInstitution, seed: number): SandboxAccount[] {
  return [
    { name: "Main Account", product: "Checkings", cashAccountType: "CACC", maskedPan: null },
    {
      name: "Credit Account",
      product: "Credit Card",
      cashAccountType: "CARD",
      maskedPan: "XXXX-XXXXXX-12345",
    },
  ].map((kind, index) => {
    const iban = drawIban("GL", new Draw(seed, institution.id, index));
    return {
      ...kind,
      institutionId: institution.id,
      index,
      seed: hashOf(seed, institution.id, index, "history"),
      country: "GL",
      iban,
      bban: iban.slice(4),
      currency: "EUR",
      ownerName: "John Doe",
      transactionsPerDay: 3,
      ...habits(institution.traits.profile),
    };
  });
}
