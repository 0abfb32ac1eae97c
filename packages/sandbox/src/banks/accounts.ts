import type { SandboxAccount, StandingOrder } from "./account.ts";
import { banks, type SandboxBank } from "./catalogue.ts";
import { randomIban } from "./iban.ts";
import { HISTORY_QUIRKS, PAYLOAD_QUIRKS, PROFILES, type Quirk } from "./quirks.ts";
import { hashOf, Random } from "./random.ts";

/** The seed and the size of the end user's accounts. */
export interface AccountOptions {
  seed: number;
  /** How many accounts the end user has at a listed bank. @default 2, or 3 at a bank with several currencies */
  count?: number | undefined;
  /** How many purchases each account has a day. @default from 0 to 3, drawn for each day */
  transactionsPerDay?: number | undefined;
}

/** The end user's accounts at a bank; the same for the same seed. */
export function accountsAt(bank: SandboxBank, options: AccountOptions): SandboxAccount[] {
  if (bank.profile === "sandboxfinance") return sandboxFinanceAccounts(bank, options.seed);
  const build = BUILDERS[bank.accounts];
  const accounts: SandboxAccount[] = [];
  for (let index = 0; index < countAt(bank, options); index += 1) {
    accounts.push(build(bank, index, options, accounts.at(-1)));
  }
  return accounts;
}

/** At a bank in no list, no accounts are linked from the start, so a large sandbox has no more there than any other one. */
function countAt(bank: SandboxBank, { count }: AccountOptions): number {
  const usual = bank.accounts === "currencies" ? CURRENCY_ACCOUNTS.length : 2;
  return bank.listed ? (count ?? usual) : usual;
}

/** Builds an account; `previous` is the one before it at the bank. */
type Build = (
  bank: SandboxBank,
  index: number,
  options: AccountOptions,
  previous: SandboxAccount | undefined,
) => SandboxAccount;

const BUILDERS: Readonly<Record<SandboxBank["accounts"], Build>> = {
  currentAndSavings: (bank, index, options, previous) =>
    previous === undefined || previous.kind === "savings"
      ? currentAccount(bank, index, options)
      : savingsAccount(bank, index, options, previous),
  cards: cardAccount,
  currencies: currencyAccount,
};

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

/** Banks in no country's list have accounts in Greenland, as the service's own test bank has. */
function homeOf({ countries: [country = "DE"] }: SandboxBank): string {
  return country === "XX" ? "GL" : country;
}

/** What all accounts at a bank have in common, and the IBAN that an account of this index has. */
function basis(bank: SandboxBank, index: number, { seed, transactionsPerDay }: AccountOptions) {
  const country = homeOf(bank);
  const iban = ibanOf(bank, index, seed);
  return {
    bank: bank.id,
    index,
    seed: hashOf(seed, bank.id, index, "history"),
    country,
    iban,
    bban: iban.slice(4),
    bic: bank.bic,
    currency: CURRENCIES[country] ?? "EUR",
    ownerName: ownerOf(bank, seed),
    maskedPan: null,
    transactionsPerDay,
    ...quirksOf(bank),
  };
}

function currentAccount(bank: SandboxBank, index: number, options: AccountOptions): SandboxAccount {
  const order =
    bank.savesAt === undefined || index > 0 ? undefined : orderTo(bank, bank.savesAt, options.seed);
  return {
    ...basis(bank, index, options),
    kind: "current",
    name: "Current Account",
    product: "Everyday",
    cashAccountType: "CACC",
    ownIban: ibanOf(bank, index + 1, options.seed),
    ...(order === undefined ? {} : { standingOrder: order }),
  };
}

function savingsAccount(
  bank: SandboxBank,
  index: number,
  options: AccountOptions,
  current: SandboxAccount,
): SandboxAccount {
  const ownIban = ibanElsewhere(bank, index, options.seed);
  return {
    ...basis(bank, index, options),
    ownIban,
    kind: "savings",
    name: "Savings Account",
    product: "Savings",
    cashAccountType: "SVGS",
    fedBy: current,
    standingOrder: orderFrom(bank, index, options.seed) ?? {
      iban: ownIban,
      cents: monthlySavings(bank, options.seed),
      dayOfMonth: ARRIVAL_DAY,
    },
  };
}

const CARDS = [
  { name: "Blue Card", product: "Blue" },
  { name: "Gold Card", product: "Gold" },
] as const;

/** Card issuers identify a card by its masked number: it has no IBAN, and neither has its metadata. */
function cardAccount(bank: SandboxBank, index: number, options: AccountOptions): SandboxAccount {
  const lastDigits = new Random(options.seed, bank.id, index, "card number").digits(4);
  return {
    ...basis(bank, index, options),
    ...(CARDS[index % CARDS.length] ?? CARDS[0]),
    kind: "card",
    cashAccountType: "CARD",
    maskedPan: `XXXXXXXXXXXX${lastDigits}`,
    ownIban: ibanElsewhere(bank, index, options.seed),
    iban: null,
    bban: null,
  };
}

const CURRENCY_ACCOUNTS = ["EUR", "USD", "GBP"] as const;

/** The accounts of all currencies share the IBAN of the first one. */
function currencyAccount(bank: SandboxBank, index: number, options: AccountOptions): SandboxAccount {
  const place = index % CURRENCY_ACCOUNTS.length;
  const first = index - place;
  const shared = ibanOf(bank, first, options.seed);
  const currency = CURRENCY_ACCOUNTS[place] ?? "EUR";
  const others = CURRENCY_ACCOUNTS.slice(1)
    .map((_, at) => index + 1 + at)
    .filter((other) => other < countAt(bank, options));
  return {
    ...basis(bank, index, options),
    kind: place === 0 ? "current" : "currency",
    name: place === 0 ? "Current Account" : `${currency} Account`,
    product: place === 0 ? "Everyday" : "Currency",
    cashAccountType: "CACC",
    currency,
    iban: shared,
    bban: shared.slice(4),
    ...(place === 0
      ? {
          ownIban: ibanElsewhere(bank, index, options.seed),
          currencyAccounts: others.map((other) => currencyAccount(bank, other, options)),
        }
      : { ownIban: shared }),
  };
}

function ibanOf(bank: SandboxBank, index: number, seed: number): string {
  return randomIban(homeOf(bank), new Random(seed, bank.id, index));
}

/** The IBAN of the end user's own account at a bank that the sandbox does not have. */
function ibanElsewhere(bank: SandboxBank, index: number, seed: number): string {
  return randomIban(homeOf(bank), new Random(seed, bank.id, index, "own account elsewhere"));
}

/** The owner of the accounts at a bank, who also owns the account to which a standing order is paid from there. */
function ownerOf(bank: SandboxBank, seed: number): string {
  return new Random(seed, bank.savesAt ?? bank.id, "owner").pick(OWNERS);
}

const payerOf = (bank: SandboxBank) => banks.find(({ savesAt }) => savesAt === bank.id);

/** A standing order leaves one bank and arrives at the other a day later. */
const DEPARTURE_DAY = 3;
const ARRIVAL_DAY = DEPARTURE_DAY + 1;

/** In euro cents. */
const monthlySavings = (payer: SandboxBank, seed: number) =>
  new Random(seed, payer.id, "monthly savings").int(5, 30) * 1000;

function orderTo(payer: SandboxBank, bankId: string, seed: number): StandingOrder | undefined {
  const bank = banks.find(({ id }) => id === bankId);
  if (bank === undefined) return undefined;
  return { iban: ibanOf(bank, 1, seed), cents: -monthlySavings(payer, seed), dayOfMonth: DEPARTURE_DAY };
}

function orderFrom(bank: SandboxBank, index: number, seed: number): StandingOrder | undefined {
  const payer = index === 1 ? payerOf(bank) : undefined;
  if (payer === undefined) return undefined;
  return { iban: ibanOf(payer, 0, seed), cents: monthlySavings(payer, seed), dayOfMonth: ARRIVAL_DAY };
}

function quirksOf({ profile, habits, quirks: replaced }: SandboxBank) {
  const own: readonly Quirk[] = replaced ?? [...PROFILES[profile], ...habits];
  // Entries are renumbered by those that arrive late.
  const quirks = own.includes("numberedIds") ? [...new Set<Quirk>([...own, "lateArrivals"])] : own;
  return {
    profile,
    quirks,
    payloadQuirks: PAYLOAD_QUIRKS.filter((quirk) => quirks.includes(quirk)),
    historyQuirks: HISTORY_QUIRKS.filter((quirk) => quirks.includes(quirk)),
    valuesAhead: quirks.includes("valuesAhead"),
  };
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
  ].map((product, index) => {
    const iban = ibanOf(bank, index, seed);
    return {
      ...basis(bank, index, { seed, transactionsPerDay: 3 }),
      ...product,
      kind: "current",
      country: "GL",
      iban,
      bban: iban.slice(4),
      currency: "EUR",
      ownerName: "John Doe",
      ownIban: randomIban("GL", new Random(seed, bank.id, "own account elsewhere")),
    };
  });
}
