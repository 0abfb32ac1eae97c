import type { SandboxBank } from "../banks/index.ts";
import type { SandboxContext } from "../world/http.ts";
import { createAgreement } from "./agreements.ts";
import { fieldErrors, notFound, REQUIRED } from "./errors/error-response.ts";
import {
  bankFrom,
  type FieldErrors,
  flagFrom,
  isMissing,
  missingError,
  redirectError,
  shown,
  textFrom,
} from "./fields.ts";
import { type Fields, isUuid, uuidParam } from "./request.ts";
import type { RequisitionRecord } from "./state/records.ts";
import type { ServiceState } from "./state/state.ts";

/** The languages of the service's consent page. */
const LANGUAGES = new Set(
  "BG CS DA DE EL EN ES ET FI FR HR HU IS IT LT LV NB NL NO PL PT RO RU SK SL SV UK".split(" "),
);

/** The requisition whose id is in the path. @throws ErrorResponse if there is none */
export function requisitionFor(state: ServiceState, c: SandboxContext): RequisitionRecord {
  const requisition = state.requisitions.get(uuidParam(c));
  if (requisition === undefined) throw notFound();
  return requisition;
}

/** The fields of a new requisition; those left out have the service's defaults. */
interface RequisitionWish {
  bank: SandboxBank;
  /** The origin of the sandbox, for the link. */
  origin: string;
  /** The id of its agreement. @default a new one, with the service's defaults */
  agreement?: string | undefined;
  reference?: string | undefined;
  redirect?: string | null;
  user_language?: string;
  ssn?: string;
  account_selection?: boolean;
  redirect_immediate?: boolean;
}

/** Creates a requisition, which then waits for the end user. */
export function newRequisition(state: ServiceState, wish: RequisitionWish): RequisitionRecord {
  const { bank, origin } = wish;
  const id = state.world.newId();
  const requisition: RequisitionRecord = {
    id,
    created: state.world.clock.iso(),
    redirect: wish.redirect ?? null,
    status: "CR",
    institution_id: bank.id,
    agreement: wish.agreement ?? defaultAgreement(state, bank),
    reference: wish.reference ?? state.world.newId(),
    accounts: [],
    user_language: wish.user_language ?? "EN",
    link: `${origin}/psd2/start/${id}/${bank.id}`,
    ssn: wish.ssn ?? "",
    account_selection: wish.account_selection ?? false,
    redirect_immediate: wish.redirect_immediate ?? false,
  };
  state.requisitions.set(id, requisition);
  return requisition;
}

/** Creates a requisition from the fields of a body. @throws ErrorResponse that names every invalid field */
export function createRequisition(state: ServiceState, fields: Fields, origin: string): RequisitionRecord {
  const errors: FieldErrors = {};
  const bank = bankFrom(state, fields["institution_id"], errors);
  const redirect = redirectFrom(fields, errors);
  const reference = referenceFrom(state, fields["reference"], errors);
  const user_language = languageFrom(fields["user_language"], errors);
  const ssn = ssnFrom(fields["ssn"], bank, errors);
  const account_selection = flagFrom(fields["account_selection"], "account_selection", errors);
  const redirect_immediate = flagFrom(fields["redirect_immediate"], "redirect_immediate", errors);
  if (account_selection && bank !== undefined && !bank.features.includes("accountSelection")) {
    errors["account_selection"] = {
      summary: "Account selection not supported",
      detail: `Account selection not supported for ${bank.id}`,
    };
  }
  const agreement = agreementFrom(state, fields["agreement"], bank, errors);
  if (Object.keys(errors).length > 0 || bank === undefined) throw fieldErrors(errors);
  const flags = { account_selection, redirect_immediate };
  return newRequisition(state, {
    bank,
    origin,
    agreement,
    reference,
    redirect,
    user_language,
    ssn,
    ...flags,
  });
}

/** An agreement with the service's defaults, or with less history if the bank has less. */
function defaultAgreement(state: ServiceState, bank: SandboxBank): string {
  return createAgreement(state, {
    institution_id: bank.id,
    max_historical_days: Math.min(90, bank.historyDays),
  }).id;
}

function redirectFrom(fields: Fields, errors: FieldErrors): string | null {
  const { redirect } = fields;
  if (redirect === null) return null;
  if (redirect === undefined) errors["redirect"] = REQUIRED;
  else if (redirect === "") {
    errors["redirect"] = [
      {
        summary: "Redirect URL is required",
        detail: "Where an end user will be redirected after finishing authentication in the Institution",
      },
    ];
  } else {
    const error = redirectError(redirect);
    if (error === undefined) return String(redirect);
    errors["redirect"] = error;
  }
  return null;
}

function referenceFrom(state: ServiceState, value: unknown, errors: FieldErrors): string | undefined {
  if (value === undefined || value === null) return undefined;
  const text = textFrom(value);
  if (text === undefined) errors["reference"] = ["Not a valid string."];
  else if (text === "") errors["reference"] = missingError(text);
  else if (text.length > 256) errors["reference"] = ["Ensure this field has no more than 256 characters."];
  else if ([...state.requisitions.values()].some((one) => one.reference === text)) {
    errors["reference"] = {
      summary: "Client reference must be unique",
      detail: `Client reference: ${text} already exists`,
    };
  } else return text;
  return undefined;
}

function languageFrom(value: unknown, errors: FieldErrors): string {
  if (isMissing(value)) return "EN";
  const text = textFrom(value)?.toUpperCase() ?? "";
  // A region may follow, as in "en-GB".
  if (/^[A-Z]{2}(?:[-_][A-Z]{2})?$/.test(text) && LANGUAGES.has(text.slice(0, 2))) return text;
  errors["user_language"] = {
    summary: "Provided user_language is invalid or not supported",
    detail: `'${shown(value).slice(0, 20)}' is an invalid or unsupported language`,
  };
  return "EN";
}

function ssnFrom(value: unknown, bank: SandboxBank | undefined, errors: FieldErrors): string {
  const text = isMissing(value) ? "" : textFrom(value);
  if (text === "") return "";
  if (text === undefined) errors["ssn"] = ["Not a valid string."];
  else if (text.length > 64) errors["ssn"] = ["Ensure this field has no more than 64 characters."];
  else if (text.includes("verified"))
    errors["ssn"] = [{ summary: "verified not allowed", detail: "'ssn' contains verified" }];
  else if (bank !== undefined && !bank.features.includes("ssnVerification")) {
    errors["ssn"] = [
      {
        summary: "SSN verification not supported",
        detail: `SSN verification not supported for ${bank.id}`,
      },
    ];
  } else return text;
  return "";
}

function agreementFrom(
  state: ServiceState,
  value: unknown,
  bank: SandboxBank | undefined,
  errors: FieldErrors,
): string | undefined {
  if (isMissing(value)) return undefined;
  const given = shown(value);
  const id = given.toLowerCase();
  if (!isUuid(id)) {
    errors["agreement"] = [
      {
        summary: "Invalid EndUserAgreement ID",
        detail: `${given.slice(0, 64)} is not a valid EndUserAgreement UUID.  Please specify valid agreement from /api/agreements/enduser/ or create a new one`,
      },
    ];
    return undefined;
  }
  const agreement = state.agreements.get(id);
  if (agreement === undefined) {
    throw fieldErrors(
      {
        agreement: { summary: `ID ${id} not found`, detail: "Please check whether you specified a valid ID" },
      },
      404,
    );
  }
  if (bank !== undefined && agreement.institution_id !== bank.id) {
    errors["agreement"] = {
      summary: `Incorrect Institution ID ${bank.id}`,
      detail: `Provided Institution ID: '${bank.id}' for requisition does not match EUA institution ID '${agreement.institution_id}'. Please provide correct institution ID: '${agreement.institution_id}'`,
    };
  }
  const user = [...state.requisitions.values()].find((one) => one.agreement === id);
  if (user !== undefined) {
    errors["agreement"] = [
      {
        summary: `Agreement ${id} is already associated`,
        detail: `The agreement is already associated with requisition ${user.id}. Please provide a valid agreement or use a different requisition.`,
      },
    ];
  }
  return id;
}
