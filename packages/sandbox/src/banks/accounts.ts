import type { SandboxAccount } from "./account.ts";
import type { SandboxBank } from "./catalogue.ts";
import { randomIban } from "./iban.ts";
import { HISTORY_QUIRKS, PAYLOAD_QUIRKS, PROFILES, type ProfileName, type Quirk } from "./quirks.ts";
import { hashOf, Random } from "./random.ts";

function quirksOf(profile: ProfileName) {
  const quirks: readonly Quirk[] = PROFILES[profile];
  return {
    profile,
    quirks,
    payloadQuirks: PAYLOAD_QUIRKS.filter((quirk) => quirks.includes(quirk)),
    historyQuirks: HISTORY_QUIRKS.filter((quirk) => quirks.includes(quirk)),
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

/** The end user's accounts at a bank; the same for the same seed. */
export function accountsAt(
  bank: SandboxBank,
  options: { seed: number; count?: number | undefined; transactionsPerDay?: number | undefined },
): SandboxAccount[] {
  if (bank.profile === "sandboxfinance") return sandboxFinanceAccounts(bank, options.seed);
  const country = bank.countries[0] ?? "DE";
  const owner = new Random(options.seed, bank.id, "owner").pick(OWNERS);
  return Array.from({ length: options.count ?? 2 }, (_, index) => {
    const random = new Random(options.seed, bank.id, index);
    const kind = KINDS[index % KINDS.length] ?? KINDS[0];
    const iban = randomIban(country, random);
    return {
      ...kind,
      bank: bank.id,
      index,
      seed: hashOf(options.seed, bank.id, index, "history"),
      country,
      iban,
      bban: iban.slice(4),
      currency: CURRENCIES[country] ?? "EUR",
      ownerName: owner,
      maskedPan: null,
      transactionsPerDay: options.transactionsPerDay,
      ...quirksOf(bank.profile),
    };
  });
}

/** The accounts at the service's own test bank: a current account and a card, both with an IBAN from Greenland. */
function sandboxFinanceAccounts(bank: SandboxBank, seed: number): SandboxAccount[] {
  return [
    { name: "Main Account", product: "Checkings", cashAccountType: "CACC", maskedPan: null },
    {
      name: "Credit Account",
      product: "Credit Card",
      cashAccountType: "CARD",
      maskedPan: "XXXX-XXXXXX-12345",
    },
  ].map((kind, index) => {
    const iban = randomIban("GL", new Random(seed, bank.id, index));
    return {
      ...kind,
      bank: bank.id,
      index,
      seed: hashOf(seed, bank.id, index, "history"),
      country: "GL",
      iban,
      bban: iban.slice(4),
      currency: "EUR",
      ownerName: "John Doe",
      transactionsPerDay: 3,
      ...quirksOf(bank.profile),
    };
  });
}
