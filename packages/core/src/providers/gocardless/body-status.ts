import { isRecord } from "../../base/is-record.ts";
import { parsedJson } from "../../base/parsed-json.ts";
import type { RawResponse } from "../../pipeline/index.ts";

/** The field in which the service's error bodies repeat their status. */
const STATUS_FIELD = "status_code";

/**
 * The response with the status that its body names: an error body that comes with a success, as from a proxy that
 * responds with 200 to everything, counts as the error that its `status_code` names, and not as data.
 */
export function withBodyStatus(response: RawResponse): RawResponse {
  const { status, text } = response;
  const isSuccess = status >= 200 && status < 300;
  if (!isSuccess || text.length > LONGEST_ERROR || !text.includes(`"${STATUS_FIELD}"`)) return response;
  const named = Number(parsed(text)?.[STATUS_FIELD]);
  return Number.isInteger(named) && named >= 400 && named < 600 ? { ...response, status: named } : response;
}

/**
 * Whether a body is an error instead of what was requested: `{"summary": …}` and no fields but those of an error. No
 * resource of the service has a summary.
 */
export function isErrorBody(text: string): boolean {
  if (text.length > LONGEST_ERROR || !text.includes('"summary"')) return false;
  const body = parsed(text);
  return body !== undefined && typeof body["summary"] === "string" && Object.keys(body).every(isErrorField);
}

/** The longest body that is examined, in characters; the service's errors are far shorter. */
const LONGEST_ERROR = 10_000;

const ERROR_FIELDS = new Set(["summary", "detail", "type", STATUS_FIELD]);

function isErrorField(name: string): boolean {
  return ERROR_FIELDS.has(name);
}

function parsed(text: string): Record<string, unknown> | undefined {
  const body = parsedJson(text);
  return isRecord(body) ? body : undefined;
}
