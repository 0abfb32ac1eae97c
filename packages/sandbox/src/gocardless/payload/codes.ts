import type { SandboxAccount } from "../../banks/index.ts";
import type { Movement, MovementKind } from "../../banks/movement.ts";

/** What a code says: which of the bank's ways of payment a movement took. */
type Way = "card" | "transfer" | "directDebit" | "standingOrder" | "interest" | "bank";

const WAYS: Readonly<Record<MovementKind, Way>> = {
  salary: "transfer",
  rent: "standingOrder",
  electricity: "directDebit",
  fee: "bank",
  friend: "transfer",
  groceries: "card",
  coffee: "card",
  shop: "card",
  abroad: "card",
  restaurant: "card",
  fuel: "card",
  hotel: "card",
  mistake: "transfer",
  interest: "interest",
  standingOrder: "standingOrder",
  ownTransfer: "transfer",
  deposit: "transfer",
  cardPayment: "bank",
  conversion: "bank",
};

/** Words as British banks use them. */
const BRITISH_CODES: Readonly<Record<Way, string>> = {
  card: "CARD_PAYMENT",
  transfer: "FASTER_PAYMENT",
  directDebit: "DIRECT_DEBIT",
  standingOrder: "STANDING_ORDER",
  interest: "INTEREST",
  bank: "CHARGES",
};

/** As banks elsewhere send them, with the numbers of the German business transaction codes (GVC of the DK). */
const NUMBERED_CODES: Readonly<Record<Way, string>> = {
  card: "NDDT+106",
  transfer: "NTRF+166",
  directDebit: "NDDT+105",
  standingOrder: "NSTO+117",
  interest: "NMSC+814",
  bank: "NMSC+809",
};

/** The bank's own code of a movement. */
export function proprietaryCode(account: SandboxAccount, { kind }: Movement): string {
  return (account.country === "GB" ? BRITISH_CODES : NUMBERED_CODES)[WAYS[kind]];
}

/** The purpose of a payment (ISO 20022, ExternalPurpose1Code); undefined if its sender gave none. */
export function purposeCode({ kind }: Movement): string | undefined {
  return PURPOSES[kind];
}

const PURPOSES: { readonly [kind in MovementKind]?: string } = {
  salary: "SALA",
  rent: "RENT",
  electricity: "ELEC",
  standingOrder: "SAVG",
};
