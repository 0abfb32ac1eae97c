import {
  type AccountIdentity,
  type AccountNumber,
  type AccountState,
  type BankAccount,
  type Connection,
  comparableNumber,
  readableText,
} from "../../../bank/index.ts";
import type { BankDataError } from "../../../base/errors.ts";
import type { Account, AccountReference } from "../models/account.ts";
import type { AccountDetail } from "../models/account-details.ts";

/** What each status of an account means. */
const STATES: ReadonlyMap<string, AccountState> = new Map([
  ["DISCOVERED", "processing"],
  ["PROCESSING", "processing"],
  ["READY", "ready"],
  ["ERROR", "failed"],
  ["EXPIRED", "expired"],
  ["SUSPENDED", "suspended"],
]);

/** What is known of the connection of an account; its id is null if nothing is. */
export interface AccountConnection extends Pick<Connection, "bankId" | "consent"> {
  readonly id: string | null;
}

/** What is known of an account. */
interface Known {
  /** Undefined if it could not be read. */
  metadata: Account | undefined;
  /** The bank's details, if they were read. */
  details: AccountDetail | undefined;
  /** Why something that was asked for could not be read. */
  error?: BankDataError | undefined;
}

/** The account of a handle, with everything that is known about it. */
export function neutralAccount(
  handle: string,
  { metadata, details, error }: Known,
  connection: AccountConnection,
): BankAccount {
  const iban = firstOf(metadata?.iban, details?.iban);
  const currency = firstOf(details?.currency);
  const bankId = firstOf(metadata?.institution_id) ?? connection.bankId;
  const number = numberOf({
    ...details,
    iban: null,
    bban: firstOf(details?.bban, metadata?.bban, details?.scan),
  });
  return {
    handle,
    identities: identitiesOf(iban, number, { bankId, currency }),
    connectionId: connection.id,
    bankId,
    consent: connection.consent,
    iban,
    number,
    label: firstOf(details?.displayName, details?.name, metadata?.name),
    holder: firstOf(details?.ownerName, metadata?.owner_name),
    product: firstOf(details?.product),
    kind: firstOf(details?.cashAccountType),
    currency,
    state: STATES.get(metadata?.status ?? "") ?? "unknown",
    stateAsSent: metadata?.status || null,
    detailed: details !== undefined,
    error: error ?? null,
    raw: { metadata: wholeOf(metadata), details: wholeOf(details) },
  };
}

/** How a transaction or the details name an account: IBAN first, then what the bank uses instead. */
export function numberOf(reference: AccountReference | null | undefined): AccountNumber | null {
  if (!reference) return null;
  const { iban, bban, pan, maskedPan, msisdn } = reference;
  const numbers: [AccountNumber["scheme"], string | null][] = [
    ["iban", firstOf(iban)],
    ["bban", firstOf(bban)],
    ["card", firstOf(maskedPan, pan)],
    ["phone", firstOf(msisdn)],
  ];
  for (const [scheme, value] of numbers) if (value !== null) return { scheme, value };
  return null;
}

/** The identities that last. The service has none of its own, and at many banks its ids change with a renewal. */
function identitiesOf(
  iban: string | null,
  number: AccountNumber | null,
  { bankId, currency }: Pick<BankAccount, "bankId" | "currency">,
): AccountIdentity[] {
  const identities: AccountIdentity[] = [];
  if (iban !== null && comparableNumber(iban) !== "")
    identities.push({ scheme: "iban", scope: null, value: comparableNumber(iban), currency });
  if (number?.scheme === "bban" || number?.scheme === "card") {
    const { scheme, value } = number;
    identities.push({ scheme, scope: bankId, value: comparableNumber(value), currency });
  }
  return identities;
}

function firstOf(...texts: (string | null | undefined)[]): string | null {
  for (const text of texts) {
    const readable = readableText(text);
    if (readable !== null) return readable;
  }
  return null;
}

function wholeOf(item: { raw?: unknown } | undefined): unknown {
  return item === undefined ? null : (item.raw ?? item);
}
