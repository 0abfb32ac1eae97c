import type { z } from "zod";
import { UnreadableAnswerError } from "../errors.ts";
import { isRecord } from "../models/as-is.ts";
import { maskIbans } from "../models/iban.ts";
import { parseExactly } from "../models/json.ts";
import { ExcessiveJsonError } from "../models/json-bounds.ts";
import { describeIssues } from "../models/list.ts";
import type { OutgoingRequest } from "./send.ts";

/**
 * Parses and checks a body. A write may answer with nothing at all; a read may not.
 *
 * @param clean takes secrets and IBANs out of what an error shows of the body
 * @throws UnreadableAnswerError where it is not JSON, or of another shape
 */
export function readBody<S extends z.ZodType>(
  request: OutgoingRequest,
  status: number,
  text: string,
  schema: S,
  clean: (text: string) => string,
): z.output<S> {
  const body = text === "" && request.method !== "GET" ? {} : parseBody(request, status, text, clean);
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const what = `has another shape (${describeIssues(result.error)})`;
  throw unreadable(request, status, what, text, clean, isRecord(body) ? LATER : CHECK_ADDRESS);
}

function parseBody(
  request: OutgoingRequest,
  status: number,
  text: string,
  clean: (text: string) => string,
): unknown {
  try {
    return parseExactly(text);
  } catch (error) {
    const what = text === "" ? "is empty" : "is not JSON, or was cut off";
    throw unreadable(
      request,
      status,
      error instanceof ExcessiveJsonError ? error.message : what,
      text,
      clean,
    );
  }
}

/** How much of a body an error shows. */
const BODY_START = 200;

/** How much of it is searched for secrets first: a token that is cut in two would not be recognised. */
const CLEANED_START = 10_000;

const CHECK_ADDRESS = "check the base URL, and any proxy on the way";

/** What is an object was most likely made by the service itself. */
const LATER = "the service may be in trouble, try again later";

/** The error for an answer that is not what the service sends. */
export function unreadable(
  request: OutgoingRequest,
  status: number,
  what: string,
  text: string,
  clean: (text: string) => string,
  advice = CHECK_ADDRESS,
): UnreadableAnswerError {
  return new UnreadableAnswerError(
    `The answer to ${request.method} ${maskIbans(request.path)} (status ${status}) ${what}: ${advice}.`,
    { status, bodyStart: clean(text.slice(0, CLEANED_START)).slice(0, BODY_START) },
  );
}
