import type { AccountNumber, AccountState, Consent } from "bankdata-core/bank";
import { isRecord } from "bankdata-core/base";
import type { SourceAccount } from "./source.ts";

/** What a provider said of an account besides its description, as it was last. */
export interface ListedBefore {
  /** The provider's id of the connection; null if unknown. */
  readonly connectionId: string | null;
  /** A number other than the IBAN; null if there is none. */
  readonly number: AccountNumber | null;
  /** The state that it had then; its consent may have ended since. */
  readonly state: AccountState;
  /** The provider's own word for the state; null if it sent none. */
  readonly stateAsSent: string | null;
  /** What the end user has allowed. */
  readonly consent: Consent;
  /** Whether the bank's own details are part of `raw`. */
  readonly detailed: boolean;
  /** Everything the provider and the bank sent about it. */
  readonly raw: unknown;
}

/** The column for what a source says; undefined if it lists nothing. What is already detailed is not replaced by less. */
export function listedColumn(source: SourceAccount, before: string | null): string | undefined {
  const { connectionId = null, number = null, state, stateAsSent = null, consent, raw } = source;
  if (state === undefined || consent === undefined) return undefined;
  const known = before === null ? null : listedFrom(before);
  const detailed = source.rawDetailed ?? source.detailed ?? false;
  const isLess = known?.detailed === true && !detailed;
  const listed: ListedBefore = {
    ...{ connectionId, number: number ?? known?.number ?? null, state, stateAsSent, consent },
    ...(isLess ? { detailed: true, raw: known.raw } : { detailed, raw: raw ?? null }),
  };
  return JSON.stringify(listed);
}

/** What a column says; null if it was written by something else. */
export function listedFrom(column: string): ListedBefore | null {
  const read: unknown = JSON.parse(column);
  if (!isRecord(read)) return null;
  const { connectionId, number, state, stateAsSent, consent, detailed, raw } = read;
  return {
    connectionId: textOf(connectionId),
    number: numberFrom(number),
    state: STATES.find((one) => one === state) ?? "unknown",
    stateAsSent: textOf(stateAsSent),
    consent: consentFrom(consent),
    detailed: detailed === true,
    raw,
  };
}

const STATES: readonly AccountState[] = ["ready", "processing", "expired", "suspended", "failed", "unknown"];
const SCHEMES: readonly AccountNumber["scheme"][] = ["iban", "bban", "card", "phone", "other"];

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function numberFrom(value: unknown): AccountNumber | null {
  if (!isRecord(value) || typeof value["value"] !== "string") return null;
  const scheme = SCHEMES.find((one) => one === value["scheme"]);
  return scheme === undefined ? null : { scheme, value: value["value"] };
}

function consentFrom(value: unknown): Consent {
  const { grantedAt, validUntil, historyDays } = isRecord(value) ? value : {};
  return {
    grantedAt: typeof grantedAt === "string" ? new Date(grantedAt) : null,
    validUntil: typeof validUntil === "string" ? new Date(validUntil) : null,
    historyDays: typeof historyDays === "number" ? historyDays : null,
  };
}
