import { type ErrorResponse, flatError } from "./error-response.ts";

/** The status and texts of an error response. */
interface Worded {
  status: number;
  /** Undefined if the error occurs at a bank: the summary then names the requested kind of data, and `type` the error. */
  summary?: string;
  detail: string;
}

/**
 * Error responses that no request of a client alone leads to, by their `type`, or by a name of the sandbox if they have
 * none.
 */
const WORDED = {
  AccessExpiredError: {
    status: 401,
    detail: "Access has expired or it has been revoked. To restore access reconnect the account.",
  },
  AccountInactiveError: { status: 401, detail: "Account has been deactivated or it no longer exists." },
  AccountAccessForbidden: {
    status: 403,
    detail: "Access to account is forbidden. The user might not have the necessary permissions.",
  },
  AccountResourceUnavailable: {
    status: 403,
    detail:
      "The requested resource is unavailable for this account. Certain resources may be restricted or unsupported for specific accounts.",
  },
  RateLimitError: { status: 429, detail: "Daily request limit set by the Institution has been exceeded." },
  UnknownRequestError: { status: 500, detail: "Request to Institution returned an error" },
  ServiceError: { status: 503, detail: "Institution service unavailable" },
  ConnectionError: { status: 503, detail: "Couldn't connect to Institution" },
  PaymentRequired: { status: 402, summary: "Payment Required", detail: "Free usage limit exceeded" },
  IpDenied: {
    status: 403,
    summary: "IP address access denied",
    detail: "Your IP 192.0.2.1 isn't whitelisted to perform this action",
  },
  Suspended: {
    status: 409,
    summary: "Account suspended",
    detail:
      "This account or its requisition was suspended due to numerous errors that occurred while accessing it.",
  },
  GeneralRateLimit: {
    status: 429,
    summary: "Rate limit exceeded",
    detail: "The rate limit for this resource is 100/min. Please try again in 30 seconds",
  },
} as const satisfies Record<string, Worded>;

/**
 * The name of an error response that can be injected; "Html" is an HTML page from a proxy in front of the service, and
 * "AccountState" the object of an account with the status `ERROR`.
 *
 * @useDeclaredType
 */
export type NamedError = keyof typeof WORDED | "Html" | "AccountState";

/** Whether there is an error response of that name. */
export function isNamedError(name: string): name is NamedError {
  return Object.hasOwn(WORDED, name) || name === "Html" || name === "AccountState";
}

/** The error response with the service's own texts. */
export function namedError(
  name: Exclude<NamedError, "AccountState">,
  path: string,
): { status: number; body: Readonly<Record<string, unknown>> | string; contentType: string } {
  if (name === "Html") {
    const body =
      "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";
    return { status: 502, body, contentType: "text/html" };
  }
  const { status, summary, detail }: Worded = WORDED[name];
  const kind = /\/(balances|details|transactions)\/$/.exec(path)?.[1] ?? "details";
  const { body } =
    summary === undefined ? errorAtBank(status, detail, { name, kind }) : flatError(status, summary, detail);
  return { status, body, contentType: "application/json" };
}

/** The error response if a bank ended an account's access before its consent is over. */
export function accessEnded(kind: string): ErrorResponse {
  const { status, detail } = WORDED.AccessExpiredError;
  return errorAtBank(status, detail, { name: "AccessExpiredError", kind });
}

function errorAtBank(
  status: number,
  detail: string,
  { name, kind }: { name: string; kind: string },
): ErrorResponse {
  return flatError(status, `Couldn't update account ${kind}`, detail, name);
}
