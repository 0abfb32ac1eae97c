import type { ProfileName, Quirk } from "./quirks.ts";

/** A feature that a bank may support. */
export type BankFeature =
  | "accountSelection"
  | "businessAccounts"
  | "cardAccounts"
  | "pendingTransactions"
  | "privateAccounts"
  | "separateContinuousHistoryConsent"
  | "ssnVerification";

/**
 * Which accounts the end user has at a bank: current and savings accounts in turn, credit cards without an IBAN, or one
 * account a currency under the same IBAN.
 */
type AccountRange = "currentAndSavings" | "cards" | "currencies";

/** A bank of the sandbox: what it advertises, and how it behaves. */
export interface SandboxBank {
  id: string;
  name: string;
  bic: string;
  countries: readonly string[];
  logo: string;
  features: readonly BankFeature[];
  /** The days of history that it advertises. */
  historyDays: number;
  /** The days of access that it advertises. */
  accessDays: number;
  /** The days of access under a consent that is reconfirmed; undefined if the bank does not support reconfirmation. */
  reconfirmedAccessDays?: number;
  /** The days of history that it really grants, if fewer than it advertises. */
  grantedHistoryDays?: number;
  /** The days of access that it really grants, if fewer than it advertises. */
  grantedAccessDays?: number;
  /** The name of its set of quirks. */
  profile: ProfileName;
  /** Quirks that it has in addition to those of its profile: what it sends besides the usual, all of it harmless. */
  habits: readonly Quirk[];
  /** The quirks that it has in place of those of its profile and its habits; undefined for those. */
  quirks?: readonly Quirk[];
  /** Which accounts the end user has there. */
  accounts: AccountRange;
  /** The bank to whose savings account a standing order is paid each month from the current account here. */
  savesAt?: string;
  /** Whether each new connection issues new account ids for the same IBANs. */
  newAccountIdsOnReconnect: boolean;
  /** Successful calls a day for each account and kind of data, if it allows fewer than the service. */
  callsPerDay?: number;
  /** How many seconds after the consent its accounts are being prepared and cannot be read. */
  preparesFor?: number;
  /** Whether it is included in the lists of its countries. */
  listed: boolean;
}

const USUAL_FEATURES: readonly BankFeature[] = [
  "accountSelection",
  "businessAccounts",
  "cardAccounts",
  "pendingTransactions",
  "privateAccounts",
];

/** A bank with the usual properties, except for those in `unusual`. */
function bank(
  id: string,
  name: string,
  [countries, historyDays]: readonly [countries: string, historyDays: number],
  unusual: Partial<SandboxBank> = {},
): SandboxBank {
  return {
    id,
    name,
    bic: id.slice(id.lastIndexOf("_") + 1),
    countries: countries.split(" "),
    logo: `https://logos.invalid/${id}.png`,
    features: USUAL_FEATURES,
    historyDays,
    accessDays: 180,
    profile: "calm",
    habits: [],
    accounts: "currentAndSavings",
    newAccountIdsOnReconnect: false,
    listed: true,
    ...unusual,
  };
}

const RECONFIRMED = { reconfirmedAccessDays: 180 };
/** British banks date every entry to the second and identify accounts by sort code (Open Banking Read/Write API). */
const BRITISH: readonly Quirk[] = ["dateTimesBeside", "sortCode"];
const SEPARATE = { features: [...USUAL_FEATURES, "separateContinuousHistoryConsent"] } as const;
const NEW_IDS = { newAccountIdsOnReconnect: true };
const EVERYWHERE = "DE AT BE BG CZ DK EE ES FI FR GB HR HU IE IT LT LU LV NL NO PL PT RO SE SI SK";

/** Invented banks, in no country's list, at which it is hard to keep each entry once. */
function hardBanks(): SandboxBank[] {
  return (["hard-1", "hard-2", "hard-3", "hard-4"] as const).map((profile, at) =>
    bank(`SANDBOX_HARD_${at + 1}`, `Sandbox Hard ${at + 1}`, ["XX", 730], {
      listed: false,
      bic: `HARDGLH${at + 1}`,
      profile,
      ...(profile === "hard-4" ? { accounts: "currencies", ...NEW_IDS } : {}),
    }),
  );
}

/** Every bank that can be connected. The names are those of real banks; accounts, owners and histories are invented. */
export const banks: readonly SandboxBank[] = [
  bank("SANDBOXFINANCE_SFIN0000", "Sandbox Finance", ["XX", 90], {
    bic: "SFIN0000",
    features: [],
    profile: "sandboxfinance",
    habits: ["objectCurrencyExchange"],
    listed: false,
  }),
  bank("N26_NTSBDEB1", "N26 Bank", [EVERYWHERE, 90], { ...SEPARATE, profile: "fickle" }),
  bank("REVOLUT_REVOGB21", "Revolut", [EVERYWHERE, 730], {
    ...NEW_IDS,
    habits: ["instructedAmount", "objectCurrencyExchange"],
  }),
  bank("WISE_TRWIGB22", "Wise", [EVERYWHERE, 455], {
    profile: "encoded",
    habits: ["instructedAmount"],
    accounts: "currencies",
    newAccountIdsOnReconnect: true,
  }),
  bank("DEUTSCHE_BANK_DEUTDEFF", "Deutsche Bank", ["DE", 365], {
    habits: ["codes", "quotationDate"],
  }),
  bank("COMMERZBANK_COBADEFF", "Commerzbank", ["DE", 395], { ...SEPARATE, profile: "terse" }),
  bank("SPARKASSE_BERLIN_BELADEBE", "Berliner Sparkasse", ["DE", 400], {
    ...SEPARATE,
    profile: "blank",
    grantedHistoryDays: 90,
  }),
  bank("DKB_BYLADEM1", "DKB", ["DE", 730], { profile: "nameless", newAccountIdsOnReconnect: true }),
  bank("ING_INGDDEFF", "ING-DiBa", ["DE", 398], {
    profile: "verbose",
    habits: ["bothParties", "quotationDate"],
    savesAt: "DEUTSCHE_BANK_DEUTDEFF",
  }),
  bank("MONZO_MONZGB2L", "Monzo", ["GB", 730], {
    ...RECONFIRMED,
    habits: [...BRITISH, "codes", "objectCurrencyExchange"],
  }),
  bank("STARLING_SRLGGB2L", "Starling", ["GB", 730], {
    ...RECONFIRMED,
    habits: [...BRITISH, "codes", "objectCurrencyExchange", "lastChange"],
  }),
  bank("BARCLAYS_BUKBGB22", "Barclays Personal", ["GB", 450], {
    ...RECONFIRMED,
    profile: "batch",
    habits: BRITISH,
    savesAt: "MONZO_MONZGB2L",
  }),
  bank("HSBC_HBUKGB4B", "HSBC Personal", ["GB", 730], {
    ...RECONFIRMED,
    profile: "restless",
    habits: BRITISH,
  }),
  bank("LLOYDS_LOYDGB2L", "Lloyds Bank Personal", ["GB", 730], {
    ...RECONFIRMED,
    ...NEW_IDS,
    habits: [...BRITISH, "runningBalance"],
  }),
  bank("NATWEST_NWBKGB2L", "NatWest Personal", ["GB", 730], {
    ...RECONFIRMED,
    habits: [...BRITISH, "lastChange"],
  }),
  bank("BNP_PARIBAS_BNPAFRPP", "BNP Paribas", ["FR", 395], {
    profile: "swapped",
    savesAt: "BANQUE_POPULAIRE_CCBPFRPP",
  }),
  bank("CREDIT_AGRICOLE_AGRIFRPP", "Crédit Agricole", ["FR", 395], {
    profile: "ahead",
    newAccountIdsOnReconnect: true,
  }),
  bank("BANQUE_POPULAIRE_CCBPFRPP", "Banque Populaire", ["FR", 90], { habits: ["cheques"] }),
  bank("CAISSE_DEPARGNE_CEPAFRPP", "Caisse d'Épargne", ["FR", 90], { habits: ["cheques"] }),
  bank("BOURSORAMA_BOUSFRPP", "BoursoBank", ["FR", 395], { profile: "inverted" }),
  bank("BBVA_BBVAESMM", "BBVA", ["ES", 730], { ...SEPARATE, profile: "late", grantedHistoryDays: 90 }),
  bank("SANTANDER_BSCHESMM", "Banco Santander", ["ES", 730], { preparesFor: 90 }),
  bank("CAIXABANK_CAIXESBB", "CaixaBank", ["ES", 730], { habits: ["runningBalance"] }),
  bank("SABADELL_BSABESBB", "Banco Sabadell", ["ES", 540], { profile: "numeric" }),
  bank("INTESA_BCITITMM", "Intesa Sanpaolo", ["IT", 365], { habits: ["fullDetails"] }),
  bank("UNICREDIT_UNCRITMM", "UniCredit", ["IT", 360], { profile: "generous" }),
  bank("FINECO_FEBIITM2", "FinecoBank", ["IT", 365], { accessDays: 90 }),
  bank("ABNAMRO_ABNANL2A", "ABN AMRO Bank", ["NL", 540], {
    habits: ["codes", "runningBalance", "lastChange"],
  }),
  bank("ING_INGBNL2A", "ING", ["NL", 540], { habits: ["codes", "instructedAmount"] }),
  bank("RABOBANK_RABONL2U", "Rabobank", ["NL", 730], { profile: "late", savesAt: "ABNAMRO_ABNANL2A" }),
  bank("BUNQ_BUNQNL2A", "bunq", ["NL DE FR ES IE", 730], { ...NEW_IDS, habits: ["bothParties"] }),
  bank("PKO_BPKOPLPW", "PKO Bank Polski", ["PL", 730], { profile: "blank" }),
  bank("MBANK_BREXPLPW", "mBank", ["PL", 730]),
  bank("SANTANDER_WBKPPLPP", "Santander Bank Polska", ["PL", 365]),
  bank("SWEDBANK_SWEDSESS", "Swedbank", ["SE", 730], {
    features: [...USUAL_FEATURES, "ssnVerification"],
  }),
  bank("SEB_ESSESESS", "SEB", ["SE", 730], { features: [...USUAL_FEATURES, "ssnVerification"] }),
  bank("HANDELSBANKEN_HANDSESS", "Handelsbanken", ["SE", 455]),
  bank("KBC_KREDBEBB", "KBC", ["BE", 730], {
    callsPerDay: 2,
    habits: ["bothParties", "structuredReferences"],
  }),
  bank("BELFIUS_GKCCBEBB", "Belfius", ["BE", 364], { habits: ["structuredReferences", "ultimateParties"] }),
  bank("BNP_FORTIS_GEBABEBB", "BNP Paribas Fortis", ["BE", 540]),
  bank("ERSTE_GIBAATWW", "Erste Bank und Sparkasse", ["AT", 540], {
    habits: ["codes", "quotationDate", "lastChange", "fullDetails"],
  }),
  bank("RAIFFEISEN_RZBAATWW", "Raiffeisen", ["AT", 360], { grantedAccessDays: 90 }),
  bank("BAWAG_BAWAATWW", "BAWAG", ["AT", 730]),
  bank("CGD_CGDIPTPL", "Caixa Geral de Depósitos", ["PT", 90]),
  bank("MILLENNIUM_BCOMPTPL", "Millennium bcp", ["PT", 90]),
  bank("NOVO_BANCO_BESCPTPL", "Novo Banco", ["PT", 360]),
  bank("NORDEA_NDEAFIHH", "Nordea", ["FI", 730], { habits: ["structuredReferences", "ultimateParties"] }),
  bank("OP_OKOYFIHH", "OP Financial Group", ["FI", 730], { habits: ["structuredReferences"] }),
  bank("S_PANKKI_SBANFIHH", "S-Pankki", ["FI", 365], { profile: "nameless" }),
  bank("DANSKE_DABADKKK", "Danske Bank", ["DK", 730], { habits: ["phoneNumber"] }),
  bank("JYSKE_JYBADKKK", "Jyske Bank", ["DK", 730]),
  bank("NYKREDIT_NYKBDKKK", "Nykredit Bank", ["DK", 365]),
  bank("DNB_DNBANOKK", "DNB", ["NO", 730]),
  bank("SBANKEN_SBAKNOBB", "Sbanken", ["NO", 730]),
  bank("SPAREBANK1_SPSONO22", "SpareBank 1 Sør-Norge", ["NO", 365]),
  bank("AIB_AIBKIE2D", "Allied Irish Banks", ["IE", 730]),
  bank("BANK_OF_IRELAND_BOFIIE2D", "Bank of Ireland", ["IE", 730]),
  bank("PTSB_IPBSIE2D", "Permanent TSB", ["IE", 365]),
  bank("CESKA_SPORITELNA_GIBACZPX", "Česká spořitelna", ["CZ", 730], {
    habits: ["secondaryIdentification"],
  }),
  bank("KOMERCNI_KOMBCZPP", "Komerční banka", ["CZ", 730], {
    habits: ["quotationDate", "secondaryIdentification"],
  }),
  bank("OTP_OTPVHUHB", "OTP Bank", ["HU", 365], { profile: "storm" }),
  bank("BANCA_TRANSILVANIA_BTRLRO22", "Banca Transilvania", ["RO", 730]),
  bank("LHV_LHVBEE22", "LHV", ["EE", 730]),
  bank("SWEDBANK_HABALV22", "Swedbank Latvia", ["LV", 730]),
  bank("SEB_CBVILT2X", "SEB Lithuania", ["LT", 730]),
  bank("LA_BANQUE_POSTALE_PSSTFRPP", "La Banque Postale", ["FR", 395], { profile: "bookedOnly" }),
  bank("METRO_BANK_MYMBGB2L", "Metro Bank", ["GB", 730], {
    ...RECONFIRMED,
    profile: "beside",
    habits: BRITISH,
  }),
  bank("AMERICAN_EXPRESS_AESUDEF1", "American Express", ["DE AT ES FI FR GB IT NL NO SE", 90], {
    features: ["cardAccounts", "pendingTransactions", "privateAccounts"],
    accounts: "cards",
    newAccountIdsOnReconnect: true,
  }),
  bank("BANKNORWEGIAN_NORWNOK1", "Bank Norwegian", ["NO SE DK FI", 365], {
    features: ["cardAccounts", "pendingTransactions", "privateAccounts"],
    accounts: "cards",
  }),
  ...hardBanks(),
];
