import type { SandboxAccount } from "./account.ts";

/** Amounts are drawn in euros and multiplied by this for other currencies. */
const SCALE: Readonly<Record<string, number>> = {
  SEK: 11,
  DKK: 7,
  NOK: 11,
  PLN: 4,
  CZK: 25,
  HUF: 400,
  RON: 5,
};

/** What amounts in euros are multiplied by in the account's currency. */
export function scaleOf(account: SandboxAccount): number {
  return SCALE[account.currency] ?? 1;
}

/** Euro cents in the smallest unit of the account's currency. */
export function scaled(account: SandboxAccount, cents: number): bigint {
  return BigInt(cents * scaleOf(account));
}

/** An amount in smallest units as a decimal string. */
export function decimal(minor: bigint, places = 2): string {
  const digits = String(minor < 0n ? -minor : minor).padStart(places + 1, "0");
  return `${minor < 0n ? "-" : ""}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}
