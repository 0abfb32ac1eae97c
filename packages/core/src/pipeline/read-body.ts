import { cleanedCause } from "../base/cleaned-cause.ts";
import { InvalidResponseError } from "../base/errors.ts";
import type { HeaderFields } from "../base/header-fields.ts";
import { isRecord } from "../base/is-record.ts";
import { maskNumbers } from "../base/masking.ts";
import { readExactly } from "../schema/json.ts";
import { ExcessiveJsonError } from "../schema/json-bounds.ts";
import { describeIssues, type StandardResult } from "../schema/standard-schema.ts";
import type { ServiceRequest } from "./operation.ts";
import { requestIdOf } from "./request-id.ts";

/** The body of a response, not parsed yet. */
export interface Body {
  status: number;
  text: string;
  /** Of the response, if the service sent it now. */
  headers?: HeaderFields;
}

/** Reads a body as one request expects it. */
export type BodyReader<Value> = (body: Body) => Value;

/**
 * Returns the reader of a request's responses, from the service or the cache: the one place where bodies are parsed and
 * validated. It remembers the last body, so that a body can be validated before it is stored and read again afterwards at
 * no cost. The response to a write may be empty; the response to a read may not.
 *
 * @param redact removes secrets and IBANs from what an error shows of the body
 * @returns a reader that throws InvalidResponseError if a body is not JSON, or does not match the expected shape
 */
export function bodyReader<Value>(
  request: ServiceRequest<Value>,
  redact: (text: string) => string,
): BodyReader<Value> {
  let last: { text: string; value: Value } | undefined;
  return (body) => {
    if (last?.text !== body.text) last = { text: body.text, value: readBody(request, body, redact) };
    return last.value;
  };
}

function readBody<Value>(
  request: ServiceRequest<Value>,
  body: Body,
  redact: (text: string) => string,
): Value {
  const mayBeEmpty = request.operation.method !== "GET";
  const { result, isObject } = readJson(
    request,
    mayBeEmpty ? { ...body, text: body.text || "{}" } : body,
    redact,
  );
  if (result.issues === undefined) return result.value;
  const issues = describeIssues(result.issues);
  throw invalidResponse(request, body, {
    problem: `does not match the expected shape (${issues})`,
    redact,
    advice: isObject ? TRY_LATER : CHECK_BASE_URL,
    cause: schemaError(issues),
  });
}

function readJson<Value>(
  request: ServiceRequest<Value>,
  body: Body,
  redact: (text: string) => string,
): { result: StandardResult<Value>; isObject: boolean } {
  const { text } = body;
  const { validate } = request.schema["~standard"];
  try {
    return readExactly(text, (value) => {
      const result = validate(value);
      if (result instanceof Promise) throw new TypeError("the schemas of operations validate synchronously");
      return { result, isObject: isRecord(value) };
    });
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof ExcessiveJsonError)) throw error;
    const usual = text === "" ? "is empty" : "is not JSON, or was truncated";
    const problem = error instanceof ExcessiveJsonError ? error.message : usual;
    throw invalidResponse(request, body, { problem, redact, cause: withoutQuotation(error) });
  }
}

/** What a schema found wrong, as the cause of an error. */
export function schemaError(issues: string): Error {
  return Object.assign(new Error(issues), { name: "SchemaError" });
}

/** The parser's message quotes the body, so that a token may be cut in two and not be recognised. */
function withoutQuotation({ name, message }: Error): Error {
  return Object.assign(new Error(message.replace(/".*"/s, "…")), { name });
}

/** How much of a body an error shows. */
const BODY_START_LENGTH = 200;

/** How much of it is redacted first: half of a truncated token would not be recognised. */
const REDACTED_LENGTH = 10_000;

const CHECK_BASE_URL = "check the base URL and any proxy in between";

/** For a JSON object, which most likely comes from the service itself. */
const TRY_LATER = "the service may be having problems, try again later";

/** What is wrong with a response. */
interface BodyProblem {
  /** A predicate whose subject is the response. @default that its status is unexpected */
  problem?: string;
  redact: (text: string) => string;
  advice?: string;
  /** What led to the error. */
  cause?: Error;
  /** The id of the request, if the body has no headers to tell it. */
  requestId?: string | null;
}

/** The error for a response that the service does not send when it works. */
export function invalidResponse(
  { operation, path }: Pick<ServiceRequest, "operation" | "path">,
  { status, text, headers }: Body,
  { problem, redact, advice = CHECK_BASE_URL, cause, requestId = requestIdOf(headers, redact) }: BodyProblem,
): InvalidResponseError {
  const { holdsTokens } = operation;
  const bodyStart = holdsTokens
    ? ""
    : maskNumbers(redact(text.slice(0, REDACTED_LENGTH))).slice(0, BODY_START_LENGTH);
  const name = `${operation.method} ${redact(path)}`;
  const message =
    problem === undefined
      ? `Unexpected response status ${status} from ${name}`
      : `The response to ${name} (status ${status}) ${problem}`;
  return new InvalidResponseError(`${message}: ${advice}.`, {
    status,
    bodyStart,
    requestId,
    cause: holdsTokens ? undefined : cleanedCause(cause, redact),
  });
}
