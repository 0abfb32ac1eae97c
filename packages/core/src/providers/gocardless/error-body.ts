import type { FieldProblem } from "../../base/errors.ts";
import { isRecord } from "../../base/is-record.ts";
import { parsedJson } from "../../base/parsed-json.ts";
import { closeCutJson } from "../../schema/cut-json.ts";

/** What a body that refuses says, whichever of the service's forms it has. */
export interface ErrorBody {
  summary: string;
  detail: string;
  type: string | null;
  fields: Record<string, FieldProblem[]>;
  /** The status of the account, where the body is an account that is not ready. */
  accountStatus: string | null;
}

/** Fields of the flat form, and of the account object that a 409 may carry: none of them names a field of a request. */
const NOT_A_FIELD = new Set(["summary", "detail", "type", "status_code", "status"]);

/** So many problems are read, of all fields together: the service knows a dozen fields. */
const MOST_PROBLEMS = 100;

/**
 * Reads a body that refuses: `{summary, detail, type?}` with texts or lists of texts; members of the request with an
 * object, a list of objects or a list of texts each; an account that is not ready; an HTML page of a proxy; nothing.
 * Of a body that was cut off, what is there. Whatever its depth and the number of its members, at most 100 problems.
 */
export function readErrorBody(text: string): ErrorBody {
  const body = parsedJson(text) ?? parsedJson(closeCutJson(text));
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
    accountStatus: unreadyStatus(body["status"]),
  };
}

/** The flat form may name the status beside its words; any other text there is no status of an account. */
function unreadyStatus(status: unknown): string | null {
  return typeof status === "string" && /^(?:discovered|processing)$/i.test(status)
    ? status.toUpperCase()
    : null;
}

/** By member; built from entries, so that a member called `__proto__` is one like any other. */
function readFields(body: Record<string, unknown>): Record<string, FieldProblem[]> {
  const fields: [string, FieldProblem[]][] = [];
  let left = MOST_PROBLEMS;
  for (const [name, value] of Object.entries(body)) {
    if (left === 0) break;
    const problems = NOT_A_FIELD.has(name) ? [] : fieldProblems(value, left);
    if (problems.length > 0) fields.push([name, problems]);
    left -= problems.length;
  }
  return Object.fromEntries(fields);
}

const nothingSaid: ErrorBody = { summary: "", detail: "", type: null, fields: {}, accountStatus: null };

/** A longer title says no more. */
const LONGEST_TITLE = 200;

/** A proxy's page says most in its title. */
function pageTitle(text: string): string {
  const start = /<title(?:\s[^>]{0,200})?>/i.exec(text);
  if (start === null) return "";
  const from = start.index + start[0].length;
  const end = text.indexOf("<", from);
  if (!/^<\/title/i.test(text.slice(end, end + LONGEST_TITLE))) return "";
  return text.slice(from, end).trim(); // It is cut once no secret in it can be cut in two.
}

function joinedText(value: unknown): string {
  if (typeof value === "string") return value.trim();
  return Array.isArray(value) ? value.filter((item) => typeof item === "string").join(" ") : "";
}

/** The first problems that a value names, however deep they stand: a function that calls itself would not get there. */
function fieldProblems(value: unknown, most: number): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const toLookAt = [value];
  while (toLookAt.length > 0 && problems.length < most) {
    const next = toLookAt.pop();
    const problem = problemIn(next);
    if (problem !== undefined) problems.push(problem);
    else if (typeof next === "object" && next !== null) {
      for (const inner of Object.values(next).reverse()) toLookAt.push(inner);
    }
  }
  return problems;
}

function problemIn(value: unknown): FieldProblem | undefined {
  if (typeof value === "string") return { summary: value, detail: "" };
  if (!isRecord(value)) return undefined;
  const problem = { summary: joinedText(value["summary"]), detail: joinedText(value["detail"]) };
  return problem.summary === "" && problem.detail === "" ? undefined : problem;
}

function describeFields(fields: Record<string, FieldProblem[]>): string {
  return Object.entries(fields)
    .flatMap(([name, problems]) => problems.map((problem) => `${name}: ${problem.detail || problem.summary}`))
    .join("; ");
}
