import { pythonSet } from "../python-repr.ts";

/** An error response of the service: a status and a body. Thrown by routes, sent in one place. */
export class ErrorResponse extends Error {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    super(`error response ${status}`);
    this.status = status;
    this.body = body;
  }
}

/** The flat form: summary, detail, and a type if the error occurred at a bank. */
export function flatError(status: number, summary: string, detail: string, type?: string): ErrorResponse {
  return new ErrorResponse(status, {
    summary,
    detail,
    ...(type === undefined ? {} : { type }),
    status_code: status,
  });
}

/** The error of one field, in any of the service's forms. */
export type FieldError =
  | { summary: string; detail: string }
  | { summary: string; detail: string }[]
  | string[];

/** The form with one member for each invalid field. */
export function fieldErrors(errors: Readonly<Record<string, FieldError>>, status = 400): ErrorResponse {
  return new ErrorResponse(status, { ...errors, status_code: status });
}

export const notFound = () => flatError(404, "Not found.", "Not found.");
export const invalidToken = () => flatError(401, "Invalid token", "Token is invalid or expired");
export const noCredentials = () =>
  flatError(401, "Authentication failed", "Authentication credentials were not provided.");
export const unknownCredentials = () =>
  flatError(401, "Authentication failed", "No active account found with the given credentials");
export const invalidUuid = (id: string) => flatError(400, "Invalid ID", `${id} is not a valid UUID.`);
export const invalidAccountId = (id: string) =>
  flatError(400, "Invalid Account ID", `${id} is not a valid Account UUID. `);
export const accountNotFound = (id: string) =>
  flatError(404, `Account ID ${id} not found`, "Please check whether you specified a valid Account ID");
export const methodNotAllowed = (method: string) =>
  flatError(405, `Method "${method}" not allowed.`, `Method "${method}" not allowed.`);
/** The specification has braces around the place as well, but the service was recorded without them. */
export const unknownFields = (names: readonly string[], where: "query" | "payload") =>
  flatError(400, "Unknown fields", `Unknown fields ${pythonSet(names)} in ${where}`);
export const unknownInstitution = (id: string) => ({
  summary: `Unknown Institution ID ${id}`,
  detail: "Get Institution IDs from /institutions/?country={$COUNTRY_CODE}",
});
export const rateLimited = (limit: number, period: string, seconds: number) =>
  flatError(
    429,
    "Rate limit exceeded",
    `The rate limit for this resource is ${limit}/${period}. Please try again in ${seconds} seconds`,
  );
export const suspended = () =>
  flatError(
    409,
    "Account suspended",
    "This account or its requisition was suspended due to numerous errors that occurred while accessing it.",
  );

/** The error of a missing field, as the service's framework words it. */
export const REQUIRED = ["This field is required."];
