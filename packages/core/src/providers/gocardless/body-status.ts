import { isRecord } from "../../base/is-record.ts";
import { parsedJson } from "../../base/parsed-json.ts";
import type { RawResponse } from "../../pipeline/index.ts";

/** The member in which the service's error bodies repeat their status. */
const MEMBER = "status_code";

/**
 * An answer under the status that it speaks of: an error body that comes with a success, as from a proxy that answers
 * 200 to everything, counts as the error that its `status_code` names, and not as data.
 */
export function underSpokenStatus(answer: RawResponse): RawResponse {
  const { status, text } = answer;
  const isSuccess = status >= 200 && status < 300;
  if (!isSuccess || text.length > LONGEST_ERROR || !text.includes(`"${MEMBER}"`)) return answer;
  const spoken = Number(parsed(text)?.[MEMBER]);
  return Number.isInteger(spoken) && spoken >= 400 && spoken < 600 ? { ...answer, status: spoken } : answer;
}

/**
 * Whether a body tells what is wrong instead of what was asked for: `{"summary": …}` and nothing but the members of an
 * error. No resource of the service has a summary.
 */
export function isErrorBody(text: string): boolean {
  const body = text.length > LONGEST_ERROR ? undefined : parsed(text);
  return body !== undefined && typeof body["summary"] === "string" && Object.keys(body).every(isOfError);
}

/** In characters; a longer body is not looked into, as no error of the service comes near. */
const LONGEST_ERROR = 10_000;

const MEMBERS_OF_ERROR = new Set(["summary", "detail", "type", MEMBER]);

function isOfError(name: string): boolean {
  return MEMBERS_OF_ERROR.has(name);
}

function parsed(text: string): Record<string, unknown> | undefined {
  const body = parsedJson(text);
  return isRecord(body) ? body : undefined;
}
