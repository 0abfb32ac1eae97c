import type { z } from "zod";
import {
  ConfigurationError,
  type FieldProblem,
  InvalidRequestError,
  RateLimitError,
} from "../base/errors.ts";
import type { HttpMethod } from "../base/http-method.ts";
import { maskIbans } from "../base/masking.ts";
import { isUnknownMember } from "../schema/request.ts";
import { callOptionHint } from "./call-options.ts";

/**
 * The error for a request that is rejected locally, before it is sent: of the class that the service's own error response
 * would have, with status 400 and `sent: false`.
 *
 * @param problems what is wrong with each field of the request, without values that could be private
 * @param detail all problems in one text; by default each problem is a predicate whose subject is its field
 */
export function localError(
  method: HttpMethod,
  path: string,
  problems: Readonly<Record<string, readonly string[]>>,
  detail: string = joined(problems, " "),
): InvalidRequestError {
  const maskedPath = maskIbans(path);
  const fields: Record<string, FieldProblem[]> = Object.fromEntries(
    Object.entries(problems).map(([field, texts]) => [
      field,
      texts.map((text) => ({ summary: "Not sent", detail: text })),
    ]),
  );
  return notSent({ method, path: maskedPath, detail, fields });
}

function notSent({
  method,
  path,
  detail,
  fields,
}: Pick<InvalidRequestError, "method" | "path" | "detail" | "fields">): InvalidRequestError {
  return new InvalidRequestError(`${method} ${path} was not sent: ${detail}.`, {
    status: 400,
    method,
    path,
    summary: "Not sent",
    detail,
    type: null,
    fields,
    sent: false,
  });
}

/**
 * Returns what `make` returns; of the errors by which it rejects a request, removes the secrets: what was passed as an id
 * or a path by mistake may be one.
 */
export function withoutSecrets<T>(redact: (text: string) => string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof ConfigurationError) throw new ConfigurationError(redact(error.message));
    if (!(error instanceof InvalidRequestError)) throw error;
    const fields = Object.entries(error.fields).map(([name, problems]): [string, FieldProblem[]] => [
      redact(name),
      problems.map(({ summary, detail }) => ({ summary, detail: redact(detail) })),
    ]);
    const { method, path, detail } = error;
    throw notSent({ method, path: redact(path), detail: redact(detail), fields: Object.fromEntries(fields) });
  }
}

function joined(problems: Readonly<Record<string, readonly string[]>>, separator: string): string {
  return Object.entries(problems)
    .flatMap(([field, texts]) => texts.map((text) => `${field}${separator}${text}`))
    .join("; ");
}

/**
 * The error for a request that is not sent because its limit is known to be used up: the class of the service's own.
 *
 * @param request `wasSent` if an earlier attempt of the same call was sent
 */
export function localRateLimitError(
  request: { method: HttpMethod; path: string; wasSent: boolean },
  { scope, limit, resetAt }: Pick<RateLimitError, "scope" | "limit" | "resetAt">,
): RateLimitError {
  const { method, wasSent } = request;
  const outcome = wasSent ? "Not sent again" : "Not sent";
  const path = maskIbans(request.path);
  const which = scope === "general" ? "general rate limit" : `daily limit of calls for ${scope}`;
  const reset = resetAt === null ? "reset time unknown" : `it resets at ${resetAt.toISOString()}`;
  return new RateLimitError(
    `${method} ${path} was ${outcome.toLowerCase()}: the ${which} is used up; ${reset}.`,
    {
      status: 429,
      method,
      path,
      summary: outcome,
      detail: `The ${which} is used up.`,
      type: null,
      fields: {},
      sent: wasSent,
      resetAt,
      scope,
      limit,
    },
  );
}

/**
 * Validates a request against its schema before it is sent.
 *
 * @throws InvalidRequestError naming the fields at fault; ConfigurationError if a field is a call option
 */
export function checkedRequest<S extends z.ZodType>(
  schema: S,
  value: unknown,
  method: HttpMethod,
  path: string,
): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) {
    if (!isJson(result.data)) throw localError(method, path, { request: ["cannot be written as JSON"] });
    return result.data;
  }
  const messages = new Map<string, string[]>();
  for (const issue of result.error.issues) {
    const field = maskIbans(issue.path.join(".")) || "request";
    const hint = isUnknownMember(issue) ? callOptionHint(field) : undefined;
    if (hint !== undefined) throw new ConfigurationError(`${field} cannot be sent in a request: ${hint}.`);
    messages.set(field, [...(messages.get(field) ?? []), issue.message]);
  }
  const problems = Object.fromEntries(messages);
  throw localError(method, path, problems, joined(problems, ": "));
}

/** Whether JSON can hold a value: not if it is circular, or has a bigint. */
export function isJson(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return true;
  } catch {
    return false;
  }
}
