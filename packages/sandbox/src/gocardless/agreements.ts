import type { SandboxBank } from "../banks/index.ts";
import type { SandboxContext } from "../world/http.ts";
import { boundedJson } from "./bounded-json.ts";
import { fieldErrors, flatError, notFound } from "./errors/error-response.ts";
import { bankFrom, type FieldErrors, flagFrom, isMissing, shown } from "./fields.ts";
import { type Fields, uuidParam } from "./request.ts";
import type { AgreementRecord } from "./state/records.ts";
import type { ServiceState } from "./state/state.ts";

const SCOPES = ["balances", "details", "transactions"];
const DEFAULT_DAYS = 90;

/** The agreement whose id is in the path. @throws ErrorResponse if there is none */
export function agreementFor(state: ServiceState, c: SandboxContext): AgreementRecord {
  const agreement = state.agreements.get(uuidParam(c));
  if (agreement === undefined) throw notFound();
  return agreement;
}

/** The error response if an operation needs an accepted agreement. */
export function notAccepted(agreement: AgreementRecord) {
  return flatError(400, "End user agreement needs to be accepted.", `EUA '${agreement.id}' is not accepted.`);
}

/** Creates an agreement from the fields of a body. @throws ErrorResponse that names every invalid field */
export function createAgreement(state: ServiceState, fields: Fields): AgreementRecord {
  const errors: FieldErrors = {};
  const bank = bankFrom(state, fields["institution_id"], errors);
  const reconfirmation = flagFrom(fields["reconfirmation"], "reconfirmation", errors);
  const history = dayCount(fields["max_historical_days"], "max_historical_days", errors);
  const access = dayCount(fields["access_valid_for_days"], "access_valid_for_days", errors);
  const scope = scopesFrom(fields["access_scope"], errors);
  if (bank !== undefined) checkAgainstBank(bank, { history, access, reconfirmation }, errors);
  if (Object.keys(errors).length > 0 || bank === undefined) throw fieldErrors(errors);
  const agreement: AgreementRecord = {
    id: state.world.newId(),
    created: state.world.clock.iso(),
    institution_id: bank.id,
    max_historical_days: history,
    access_valid_for_days: access,
    access_scope: scope,
    accepted: null,
    reconfirmation,
  };
  state.agreements.set(agreement.id, agreement);
  return agreement;
}

function dayCount(value: unknown, name: string, errors: FieldErrors): number {
  if (isMissing(value)) return DEFAULT_DAYS;
  const number =
    typeof value === "string" && /^\s*[+-]?\d{1,9}(?:\.0*)?\s*$/.test(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isInteger(number)) return number;
  errors[name] = ["A valid integer is required."];
  return DEFAULT_DAYS;
}

function scopesFrom(value: unknown, errors: FieldErrors): string[] {
  if (value === undefined || value === null) return [...SCOPES];
  const given: unknown[] = Array.isArray(value)
    ? value
    : typeof value === "string"
      ? parsedList(value)
      : [value];
  if (given.length === 0) {
    errors["access_scope"] = [
      {
        summary: "Field 'access_scope' may not be an empty list.",
        detail: "Please choose one or several of ['balances', 'details', 'transactions'].",
      },
    ];
    return [];
  }
  const unknown = given.filter((scope) => typeof scope !== "string" || !SCOPES.includes(scope));
  if (unknown.length > 0) {
    errors["access_scope"] = unknown.map((scope) => ({
      summary: `Unknown value '${shown(scope)}' in access_scope`,
      detail: "Choose one or several from ['balances', 'details', 'transactions']",
    }));
  }
  return [...new Set(given.map(shown))];
}

/** In a form, a list is sent as JSON text, and a single scope may be sent as it is. */
function parsedList(text: string): unknown[] {
  try {
    const value = boundedJson(text);
    return Array.isArray(value) ? value : [text];
  } catch {
    return [text];
  }
}

function checkAgainstBank(
  bank: SandboxBank,
  wanted: { history: number; access: number; reconfirmation: boolean },
  errors: FieldErrors,
): void {
  const total = bank.grantedHistoryDays ?? bank.historyDays;
  if (wanted.history < 1 || wanted.history > total) {
    errors["max_historical_days"] ??= [
      {
        summary: "Incorrect max_historical_days",
        detail: `max_historical_days must be > 0 and <= ${bank.id} transaction_total_days (${total})`,
      },
    ];
  }
  const reconfirmable = bank.reconfirmedAccessDays;
  const advertised = wanted.reconfirmation ? (reconfirmable ?? bank.accessDays) : bank.accessDays;
  const longest = bank.grantedAccessDays ?? advertised;
  if (wanted.access < 1 || wanted.access > longest) {
    errors["access_valid_for_days"] ??= [
      {
        summary: "Incorrect access_valid_for_days",
        detail: `access_valid_for_days must be > 0 and <= ${longest}`,
      },
    ];
  }
  if (!wanted.reconfirmation) return;
  if (reconfirmable === undefined) {
    errors["reconfirmation"] ??= {
      summary: "Reconfirmation not supported",
      detail: `Reconfirmation not supported for ${bank.id}`,
    };
  } else if (wanted.access <= 90) {
    errors["reconfirmation"] ??= {
      summary: "Reconfirmation is not allowed",
      detail: "Reconfirmation is not allowed when access_valid_for_days <= 90 days.",
    };
  }
}
