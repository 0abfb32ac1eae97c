import { pythonTime } from "../python-repr.ts";
import type { AccountRecord } from "../state/records.ts";
import { ErrorResponse } from "./error-response.ts";

/**
 * The response to a request for data that an account in this state does not have: its object, in an older form than that
 * of `/accounts/{id}/`.
 */
export function accountState(account: AccountRecord, status: string): ErrorResponse {
  return new ErrorResponse(409, {
    id: account.id,
    created: pythonTime(account.created),
    last_accessed: pythonTime(account.last_accessed ?? account.created),
    iban: account.bankAccount.iban,
    aspsp_identifier: account.institution_id,
    status,
  });
}
