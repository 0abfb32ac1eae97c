import type {
  BankAccount,
  BankTransaction,
  Connection,
  Consent,
} from "../../../packages/core/src/bank/index.ts";

/** A consent without any known field. */
export const NO_CONSENT: Consent = { grantedAt: null, validUntil: null, historyDays: null };

/** A booked transaction with only the given fields. */
export function transactionOf(known: Partial<BankTransaction>): BankTransaction {
  return {
    status: "booked",
    position: 0,
    amount: "-1.00",
    currency: "EUR",
    bookingDate: null,
    valueDate: null,
    transactionDate: null,
    bookingDateTime: null,
    valueDateTime: null,
    counterparty: null,
    counterpartyAccount: null,
    text: "",
    texts: { unstructured: null, structured: null, additional: null, note: null },
    creditor: null,
    debtor: null,
    ultimateCreditor: null,
    ultimateDebtor: null,
    ids: { internalTransactionId: null, transactionId: null, entryReference: null },
    endToEndId: null,
    mandateId: null,
    creditorId: null,
    checkId: null,
    bankTransactionCode: null,
    proprietaryCode: null,
    purposeCode: null,
    merchantCategoryCode: null,
    exchange: null,
    balanceAfter: null,
    raw: {},
    ...known,
  };
}

/** An active connection with only the given fields. */
export function connectionOf(known: Partial<Connection> = {}): Connection {
  return {
    id: "connection",
    reference: null,
    bankId: null,
    state: "active",
    stage: null,
    stateAsSent: null,
    createdAt: null,
    consent: NO_CONSENT,
    accountHandles: [],
    raw: {},
    ...known,
  };
}

/** An account with only the given fields. */
export function accountOf(known: Partial<BankAccount> = {}): BankAccount {
  return {
    handle: "handle",
    identities: [],
    connectionId: "connection",
    bankId: null,
    consent: NO_CONSENT,
    iban: null,
    number: null,
    label: null,
    holder: null,
    product: null,
    kind: null,
    currency: null,
    state: "ready",
    stateAsSent: null,
    detailed: false,
    error: null,
    raw: {},
    ...known,
  };
}
