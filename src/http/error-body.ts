import type { FieldProblem } from "../errors.ts";
import { isRecord } from "../models/as-is.ts";

/** What a body that refuses says, whichever of the service's forms it has. */
export interface ErrorBody {
  summary: string;
  detail: string;
  type: string | null;
  fields: Record<string, FieldProblem[]>;
  /** The status of the account, where the body is an account that is not ready. */
  accountStatus: string | null;
}

/** Members of the flat form, and of the account object that a 409 may carry: none of them names a field of a request. */
const NOT_A_FIELD = new Set(["summary", "detail", "type", "status_code", "status"]);

/**
 * Reads a body that refuses: `{summary, detail, type?}` with texts or lists of texts; members of the request with an
 * object, a list of objects or a list of texts each; an account that is not ready; an HTML page of a proxy; nothing.
 */
export function readErrorBody(text: string): ErrorBody {
  const body = parsed(text);
  if (!isRecord(body)) return { ...nothingSaid, summary: pageTitle(text) };
  if (typeof body["id"] === "string" && typeof body["status"] === "string") {
    return { ...nothingSaid, summary: "Account not ready", accountStatus: body["status"] };
  }
  const fields = readFields(body);
  const first = Object.values(fields)[0]?.[0];
  return {
    summary: joinedText(body["summary"]) || (first?.summary ?? ""),
    detail: joinedText(body["detail"]) || describeFields(fields),
    type: typeof body["type"] === "string" ? body["type"] : null,
    fields,
    accountStatus: null,
  };
}

function readFields(body: Record<string, unknown>): Record<string, FieldProblem[]> {
  const fields: Record<string, FieldProblem[]> = {};
  for (const [name, value] of Object.entries(body)) {
    const problems = NOT_A_FIELD.has(name) ? [] : fieldProblems(value);
    if (problems.length > 0) fields[name] = problems;
  }
  return fields;
}

const nothingSaid: ErrorBody = { summary: "", detail: "", type: null, fields: {}, accountStatus: null };

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A proxy's page says most in its title. */
function pageTitle(text: string): string {
  return /<title[^>]*>\s*([^<]{1,200}?)\s*<\/title>/i.exec(text)?.[1] ?? "";
}

function joinedText(value: unknown): string {
  if (typeof value === "string") return value.trim();
  return Array.isArray(value) ? value.filter((item) => typeof item === "string").join(" ") : "";
}

function fieldProblems(value: unknown): FieldProblem[] {
  if (typeof value === "string") return [{ summary: value, detail: "" }];
  if (Array.isArray(value)) return value.flatMap(fieldProblems);
  if (!isRecord(value)) return [];
  const problem = { summary: joinedText(value["summary"]), detail: joinedText(value["detail"]) };
  if (problem.summary !== "" || problem.detail !== "") return [problem];
  return Object.values(value).flatMap(fieldProblems);
}

function describeFields(fields: Record<string, FieldProblem[]>): string {
  return Object.entries(fields)
    .flatMap(([name, problems]) => problems.map((problem) => `${name}: ${problem.detail || problem.summary}`))
    .join("; ");
}
