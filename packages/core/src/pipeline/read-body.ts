import type { z } from "zod";
import { InvalidResponseError } from "../base/errors.ts";
import { isRecord } from "../base/is-record.ts";
import { maskIbans } from "../base/masking.ts";
import { parseExactly } from "../schema/json.ts";
import { ExcessiveJsonError } from "../schema/json-bounds.ts";
import { describeIssues } from "../schema/list.ts";
import type { ServiceRequest } from "./operation.ts";

/** The body of a response as it came. */
export interface Body {
  status: number;
  text: string;
}

/** Reads bodies as one request wants them. */
export type BodyReader<Value> = (body: Body) => Value;

/**
 * Makes the reader of a request's responses, wherever they come from: the one place where bodies are parsed and checked.
 * It remembers the body that it read last, so that its caller may have a body checked before it is kept, and then take
 * the value. A write may be answered with nothing at all; a read may not.
 *
 * @param clean takes secrets and IBANs out of what an error shows of the body
 * @returns a reader that throws InvalidResponseError if a body is not JSON, or of another shape
 */
export function bodyReader<Schema extends z.ZodType>(
  request: ServiceRequest<Schema>,
  clean: (text: string) => string,
): BodyReader<z.output<Schema>> {
  let last: { text: string; value: z.output<Schema> } | undefined;
  return (body) => {
    if (last?.text !== body.text) last = { text: body.text, value: readBody(request, body, clean) };
    return last.value;
  };
}

function readBody<Schema extends z.ZodType>(
  request: ServiceRequest<Schema>,
  { status, text }: Body,
  clean: (text: string) => string,
): z.output<Schema> {
  const mayBeEmpty = request.operation.method !== "GET";
  const body = text === "" && mayBeEmpty ? {} : parseBody(request, { status, text }, clean);
  const result = request.schema.safeParse(body);
  if (result.success) return result.data;
  const what = `has another shape (${describeIssues(result.error)})`;
  throw unreadable(request, status, { what, text, clean, advice: isRecord(body) ? LATER : CHECK_ADDRESS });
}

function parseBody(
  request: ServiceRequest,
  { status, text }: Body,
  clean: (text: string) => string,
): unknown {
  try {
    return parseExactly(text);
  } catch (error) {
    const usual = text === "" ? "is empty" : "is not JSON, or was cut off";
    const what = error instanceof ExcessiveJsonError ? error.message : usual;
    throw unreadable(request, status, { what, text, clean });
  }
}

/** How much of a body an error shows. */
const BODY_START = 200;

/** How much of it is searched for secrets first: a token that is cut in two would not be recognised. */
const CLEANED_START = 10_000;

const CHECK_ADDRESS = "check the base URL, and any proxy on the way";

/** What is an object was most likely made by the service itself. */
const LATER = "the service may be in trouble, try again later";

/** What is wrong with an answer. */
interface Fault {
  /** As the end of a sentence that begins with the answer. */
  what: string;
  text: string;
  clean: (text: string) => string;
  advice?: string;
}

/** The error for an answer that is not what the service sends. */
export function unreadable(
  { operation, path }: Pick<ServiceRequest, "operation" | "path">,
  status: number,
  { what, text, clean, advice = CHECK_ADDRESS }: Fault,
): InvalidResponseError {
  const start = operation.holdsTokens ? "" : clean(text.slice(0, CLEANED_START)).slice(0, BODY_START);
  return new InvalidResponseError(
    `The answer to ${operation.method} ${maskIbans(path)} (status ${status}) ${what}: ${advice}.`,
    { status, bodyStart: start },
  );
}
