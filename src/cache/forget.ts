import { normalPath } from "./request.ts";

const AGREEMENTS = "/agreements/enduser/";
const REQUISITIONS = "/requisitions/";

/** The paths whose answers a write makes wrong, without what hangs on a deleted requisition. */
export function pathsChangedBy(path: string): string[] {
  const normal = normalPath(path);
  if (normal.startsWith(REQUISITIONS)) return [REQUISITIONS, normal, AGREEMENTS];
  if (normal.startsWith(AGREEMENTS)) {
    const item = /^\/agreements\/enduser\/[^/]+\//.exec(normal)?.[0];
    return [AGREEMENTS, normal, ...(item === undefined ? [] : [item, `${item}reconfirm/`])];
  }
  return [normal];
}

/** Whether a write deletes one requisition, and with it its agreement and the access to its accounts. */
export function deletedRequisition(method: string, path: string): string | undefined {
  if (method.toUpperCase() !== "DELETE") return undefined;
  return /^\/requisitions\/[^/]+\/$/.exec(normalPath(path))?.[0];
}

/** What hangs on a requisition, read from its stored answer: its agreement, and all data of its accounts. */
export function pathsUnderRequisition(body: string): string[] {
  const { agreement, accounts } = membersOf(body);
  const ofAgreement =
    typeof agreement === "string"
      ? [`${AGREEMENTS}${agreement}/`, `${AGREEMENTS}${agreement}/reconfirm/`]
      : [];
  const ids = Array.isArray(accounts) ? accounts.filter((id) => typeof id === "string") : [];
  const ofAccounts = ids.flatMap((id) =>
    ["", "balances/", "details/", "transactions/"].map((kind) => `/accounts/${id}/${kind}`),
  );
  return [...ofAgreement, ...ofAccounts];
}

function membersOf(body: string): { agreement?: unknown; accounts?: unknown } {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
