import type { SandboxBank } from "../banks/index.ts";
import { type FieldError, REQUIRED, unknownInstitution } from "./errors/error-response.ts";
import { isRedirect } from "./redirects.ts";
import type { ServiceState } from "./state/state.ts";

/** The errors of a body, by field. */
export type FieldErrors = Record<string, FieldError>;

/** Whether an optional field was left out or is empty. */
export function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

/** The bank that `institution_id` names. If there is none, adds an error and returns undefined. */
export function bankFrom(state: ServiceState, value: unknown, errors: FieldErrors): SandboxBank | undefined {
  if (isMissing(value)) {
    errors["institution_id"] = value === "" ? ["This field may not be blank."] : REQUIRED;
    return undefined;
  }
  const bank = typeof value === "string" ? state.offeredBank(value) : undefined;
  if (bank === undefined) errors["institution_id"] = unknownInstitution(shown(value));
  return bank;
}

/** A value as error messages repeat it. */
export function shown(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 256) : JSON.stringify(value).slice(0, 256);
}

/** A flag: a boolean, or its text as forms send it. */
export function flagFrom(value: unknown, name: string, errors: FieldErrors): boolean {
  if (isMissing(value)) return false;
  if (typeof value === "boolean") return value;
  if (typeof value === "string" && /^(?:true|1|false|0)$/i.test(value)) return /^(?:true|1)$/i.test(value);
  errors[name] = ["Must be a valid boolean."];
  return false;
}

/** What is wrong with a redirect address; undefined if nothing is. */
export function redirectError(redirect: unknown): FieldError | undefined {
  if (typeof redirect === "string" && redirect.length > 1024) {
    return ["Ensure this field has no more than 1024 characters."];
  }
  if (typeof redirect === "string" && isRedirect(redirect)) return undefined;
  return [{ summary: "Invalid redirect URI", detail: "Redirect URI must have a valid URI structure" }];
}
