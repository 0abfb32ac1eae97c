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
    errors["institution_id"] = missingError(value);
    return undefined;
  }
  const bank = state.offeredBank(textFrom(value) ?? "");
  if (bank === undefined) errors["institution_id"] = unknownInstitution(shown(value));
  return bank;
}

/** The error of a required field that was left out, or is null or blank. */
export function missingError(value: unknown): string[] {
  if (value === undefined) return REQUIRED;
  return [value === null ? "This field may not be null." : "This field may not be blank."];
}

/**
 * The text of a field, without blanks around it; undefined if it is none. As the service's framework does, this reads a
 * number as its digits.
 */
export function textFrom(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? value.trim() : undefined;
}

/** A value as error messages repeat it. */
export function shown(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 256) : JSON.stringify(value).slice(0, 256);
}

/** The words for a flag in the service's framework, in any case. */
const YES: readonly string[] = ["true", "t", "yes", "y", "on", "1"];
const NO: readonly string[] = ["false", "f", "no", "n", "off", "0"];

/** What a word for a flag means; undefined if it is none. */
export function flagOf(word: string): boolean | undefined {
  if (YES.includes(word.toLowerCase())) return true;
  return NO.includes(word.toLowerCase()) ? false : undefined;
}

/** A flag: a boolean, a word for one as forms send it, or 1 or 0. */
export function flagFrom(value: unknown, name: string, errors: FieldErrors): boolean {
  if (isMissing(value)) return false;
  if (typeof value === "boolean") return value;
  const flag = flagOf(textFrom(value) ?? "");
  if (flag !== undefined) return flag;
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
