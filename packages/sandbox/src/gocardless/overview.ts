import type { OverviewSource } from "../pages/overview-page.ts";
import { attempt } from "../world/control-error.ts";
import { unusable } from "./consent/usable-link.ts";
import type { SandboxControls } from "./controls.ts";
import type { Fault } from "./fault.ts";
import { isOperation, OPERATION_NAMES } from "./operations.ts";
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
    basePath: "/api/v2",
    firstRequest: (origin) =>
      `curl -s ${origin}/api/v2/token/new/ \\\n  -d secret_id=${credentials.secretId} -d secret_key=${credentials.secretKey}`,
    view: () => {
      const { now, requisitions, accounts, faults } = controls.state();
      return {
        now,
        consents: requisitions.map((one) => ({
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
    },
    get banks() {
      return state.offeredBanks();
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
