import type { z } from "zod";
import { type FieldProblem, InvalidRequestError, RateLimitError } from "../base/errors.ts";
import { maskIbans } from "../base/masking.ts";

/**
 * The error for a request that was refused here, before it was sent: the same class that the service's own refusal
 * would be, with status 400 and `sent: false`.
 *
 * @param problems by member of the request, what is wrong with it, without the value where that could be private
 */
export function localError(
  method: string,
  path: string,
  problems: Readonly<Record<string, readonly string[]>>,
): InvalidRequestError {
  const where = maskIbans(path);
  const detail = Object.entries(problems)
    .flatMap(([field, texts]) => texts.map((text) => `${field} ${text}`))
    .join("; ");
  const fields: Record<string, FieldProblem[]> = Object.fromEntries(
    Object.entries(problems).map(([field, texts]) => [
      field,
      texts.map((text) => ({ summary: "Not sent", detail: text })),
    ]),
  );
  return new InvalidRequestError(`${method} ${where} was not sent: ${detail}.`, {
    status: 400,
    method,
    path: where,
    summary: "Not sent",
    detail,
    type: null,
    fields,
    sent: false,
  });
}

/** The error for a request that would meet a limit which is known to be spent: as the service's own, not sent. */
export function limitSpentHere(
  request: { method: string; path: string },
  { scope, limit, resetAt }: Pick<RateLimitError, "scope" | "limit" | "resetAt">,
): RateLimitError {
  const { method } = request;
  const path = maskIbans(request.path);
  const which = scope === "general" ? "general rate limit" : `daily limit of calls for ${scope}`;
  const when = resetAt === null ? "nobody knows when it resets" : `it resets at ${resetAt.toISOString()}`;
  return new RateLimitError(`${method} ${path} was not sent: the ${which} is spent; ${when}.`, {
    status: 429,
    method,
    path,
    summary: "Not sent",
    detail: `The ${which} is spent.`,
    type: null,
    fields: {},
    sent: false,
    resetAt,
    scope,
    limit,
  });
}

/** Checks a request against its schema before it is sent. @throws InvalidRequestError with the members at fault */
export function checkedRequest<S extends z.ZodType>(
  schema: S,
  value: unknown,
  method: string,
  path: string,
): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = new Map<string, string[]>();
  for (const issue of result.error.issues) {
    const field = issue.path.join(".") || "request";
    problems.set(field, [...(problems.get(field) ?? []), issue.message]);
  }
  throw localError(method, path, Object.fromEntries(problems));
}
