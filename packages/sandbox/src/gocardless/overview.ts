import type { SandboxBank } from "../banks/index.ts";
import type { OverviewSource, OverviewView } from "../pages/overview-source.ts";
import { attempt, ControlError } from "../world/control-error.ts";
import { createAgreement } from "./agreements.ts";
import { unusable } from "./consent/usable-link.ts";
import type { SandboxControls } from "./controls.ts";
import type { Fault } from "./fault.ts";
import { isOperation, OPERATION_NAMES } from "./operations.ts";
import { returnedRequisition } from "./overview-return.ts";
import { createRequisition } from "./requisitions.ts";
import { BASE_PATH } from "./service-address.ts";
import type { RequisitionRecord } from "./state/records.ts";
import type { ServiceState } from "./state/state.ts";

/** The faults that the page offers, by name. */
const OFFERED: Readonly<Record<string, { label: string; fault: Fault }>> = {
  ServiceError: { label: "bank unavailable (503)", fault: { error: "ServiceError" } },
  UnknownRequestError: { label: "bank returns an error (500)", fault: { error: "UnknownRequestError" } },
  RateLimitError: { label: "daily limit of the bank reached (429)", fault: { error: "RateLimitError" } },
  AccessExpiredError: { label: "access expired or revoked (401)", fault: { error: "AccessExpiredError" } },
  Html: { label: "HTML page of a proxy (502)", fault: { error: "Html" } },
  drop: { label: "connection cut before the response", fault: { drop: "connection" } },
  half: { label: "connection cut in mid-response", fault: { drop: "body" } },
  slow: { label: "response delayed by two seconds", fault: { delayMs: 2000 } },
};

/** The meaning of each status of a requisition. */
const STATUS_WORDS: Readonly<Record<string, string>> = {
  CR: "created",
  ID: "identity not confirmed",
  GC: "giving consent",
  UA: "undergoing authentication",
  SA: "selecting accounts",
  GA: "granting access",
  LN: "linked",
  RJ: "rejected",
  ER: "error",
  SU: "suspended",
  EX: "expired",
};

/** What the overview page shows and does for this service. */
export function overviewOf(
  state: ServiceState,
  controls: SandboxControls,
  credentials: { secretId: string; secretKey: string },
): OverviewSource {
  return {
    service: "GoCardless Bank Account Data API",
    basePath: BASE_PATH,
    firstRequest: (origin) => tokenRequest(origin, credentials),
    view: () => viewOf(state, controls),
    get banks() {
      return state.world.banks.values();
    },
    isOffered: (bankId) => state.offeredBank(bankId) !== undefined,
    connect: (bankId, origin, pages) => {
      const { link } = begin(state, offeredBank(state, bankId), { origin, pages });
      return new URL(link).pathname;
    },
    returned: (query, origin) => {
      const found = returnedRequisition(state, query);
      if (found === undefined) return undefined;
      return { ...found, requests: readingRequests(found, origin, tokenRequest(origin, credentials)) };
    },
    offered: Object.fromEntries(Object.entries(OFFERED).map(([name, { label }]) => [name, label])),
    operations: OPERATION_NAMES,
    inject: (what, times, operation = "") => {
      attempt(() =>
        controls.inject({ ...OFFERED[what]?.fault, times, ...(isOperation(operation) ? { operation } : {}) }),
      );
    },
    clearFaults: controls.clearFaults,
    advanceTime: (span) => attempt(() => controls.advanceTime(span)),
  };
}

function viewOf(state: ServiceState, controls: SandboxControls): OverviewView {
  const { now, requisitions, accounts, faults } = controls.state();
  return {
    now,
    consents: requisitions.map((one) => ({
      id: one.id,
      bank: one.institution_id,
      status: one.status,
      statusWord: STATUS_WORDS[one.status] ?? "",
      reference: one.reference,
      accounts: one.accounts.length,
      page: unusable(state, one) === undefined ? new URL(one.link).pathname : undefined,
    })),
    accounts: accounts.map((one) => ({ ...one, bank: one.institution_id })),
    requests: controls.requests,
    faults,
  };
}

/** @throws ControlError if there is no such bank, or if it has left the service */
function offeredBank(state: ServiceState, bankId: string): SandboxBank {
  const bank = state.offeredBank(bankId);
  if (bank !== undefined) return bank;
  if (bankId === "") throw new ControlError("Choose a bank to connect.");
  throw new ControlError(
    state.world.banks.has(bankId)
      ? `The service does not offer ${bankId} any more. Choose another bank.`
      : `"${bankId.slice(0, 100)}" is not the id of a bank. Choose one from the list.`,
  );
}

/** Creates a requisition as a client does, with all that the bank grants; the end user comes back to the overview. */
function begin(
  state: ServiceState,
  bank: SandboxBank,
  { origin, pages }: { origin: string; pages: string },
): RequisitionRecord {
  const agreement = createAgreement(state, {
    institution_id: bank.id,
    max_historical_days: bank.grantedHistoryDays ?? bank.historyDays,
    access_valid_for_days: bank.grantedAccessDays ?? bank.accessDays,
  });
  const wish = { institution_id: bank.id, redirect: `${origin}/`, agreement: agreement.id };
  return createRequisition(state, wish, pages);
}

function tokenRequest(
  origin: string,
  { secretId, secretKey }: { secretId: string; secretKey: string },
): string {
  return `curl -s ${origin}${BASE_PATH}/token/new/ \\\n  -d secret_id=${secretId} -d secret_key=${secretKey}`;
}

/** Shell commands that read a requisition and what was booked on its first account. */
function readingRequests(
  { id, accounts }: Pick<RequisitionRecord, "id"> & { accounts: readonly string[] },
  origin: string,
  tokenRequest: string,
): string[] {
  const read = (path: string) => `curl -s -H "Authorization: Bearer $TOKEN" ${origin}${BASE_PATH}${path}`;
  return [
    `TOKEN=$(${tokenRequest} |\n  sed 's/.*"access":"\\([^"]*\\)".*/\\1/')`,
    read(`/requisitions/${id}/`),
    ...accounts.slice(0, 1).map((account) => read(`/accounts/${account}/transactions/`)),
  ];
}
