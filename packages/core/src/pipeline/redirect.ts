import { InvalidResponseError } from "../base/errors.ts";
import type { ServiceRequest } from "./operation.ts";
import type { Settings } from "./options.ts";
import { requestIdOf } from "./request-id.ts";
import type { RawResponse } from "./send.ts";

/** The error of a redirect, which is not followed, so that the token is sent nowhere else; undefined if it is none. */
export function redirectError(
  { operation, path }: ServiceRequest,
  { status, headers }: Pick<RawResponse, "status" | "headers">,
  { baseUrl, secrets }: Settings,
): InvalidResponseError | undefined {
  const location = headers.get("location");
  if (status < 300 || status >= 400 || status === 304 || location === null) return undefined;
  const target = URL.canParse(location, baseUrl) ? new URL(location, baseUrl).origin : undefined;
  const where = target === undefined ? "an invalid URL" : secrets.redact(target);
  const reason =
    target === new URL(baseUrl).origin ? "" : ": the token is sent to the configured origin only";
  return new InvalidResponseError(
    `${operation.method} ${secrets.redact(path)} was redirected to ${where}, which is not followed${reason}. Check the base URL.`,
    { status, bodyStart: "", requestId: requestIdOf(headers, secrets.redact) },
  );
}
