import type { FieldProblem } from "../../base/errors.ts";
import { isRecord } from "../../base/is-record.ts";
import { parsedJson } from "../../base/parsed-json.ts";
import { closeTruncatedJson } from "../../schema/truncated-json.ts";

/** What the body of an error response says, in whichever of the service's forms. */
export interface ErrorBody {
  summary: string;
  detail: string;
  type: string | null;
  fields: Record<string, FieldProblem[]>;
  /** The status of the account, if the body says that it is not ready; else null. */
  accountStatus: string | null;
}

/** Fields of the flat form, and of the account object that a 409 may carry; none of them is a field of a request. */
const NOT_A_FIELD = new Set(["summary", "detail", "type", "status_code", "status"]);

/** At most this many problems are read, of all fields together: the service knows a dozen fields. */
const MOST_PROBLEMS = 100;

/**
 * Reads the body of an error response: `{summary, detail, type?}` with strings or lists of strings; fields of the
 * request, each with an object, a list of objects or a list of strings; an account that is not ready; an HTML page of a
 * proxy; or nothing. If the body was cut off, the part that arrived is read. Returns at most 100 problems, however deep
 * the body.
 */
export function readErrorBody(text: string): ErrorBody {
  const body = parsedJson(text) ?? parsedJson(closeTruncatedJson(text));
  if (!isRecord(body)) return { ...emptyBody, summary: pageTitle(text) };
  if (typeof body["id"] === "string" && typeof body["status"] === "string") {
    return { ...emptyBody, summary: "Account not ready", accountStatus: body["status"] };
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

/** The flat form may also contain the account's status; any other text in that field is not one. */
function unreadyStatus(status: unknown): string | null {
  return typeof status === "string" && /^(?:discovered|processing)$/i.test(status)
    ? status.toUpperCase()
    : null;
}

/** Problems by field; built from entries, so that a field called `__proto__` is one like any other. */
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

const emptyBody: ErrorBody = { summary: "", detail: "", type: null, fields: {}, accountStatus: null };

/** The longest title that is read, in characters. */
const LONGEST_TITLE = 200;

/** The title of an HTML page, in which a proxy says what is wrong; empty if there is none. */
function pageTitle(text: string): string {
  const start = /<title(?:\s[^>]{0,200})?>/i.exec(text);
  if (start === null) return "";
  const from = start.index + start[0].length;
  const end = text.indexOf("<", from);
  if (!/^<\/title/i.test(text.slice(end, end + LONGEST_TITLE))) return "";
  return text.slice(from, end).trim(); // Cut only after secrets are removed, so that none is cut in two.
}

function joinedText(value: unknown): string {
  if (typeof value === "string") return value.trim();
  return Array.isArray(value) ? value.filter((item) => typeof item === "string").join(" ") : "";
}

/** The first problems in a value, at any depth: recursion would exhaust the stack. */
function fieldProblems(value: unknown, most: number): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const remaining = [value];
  while (remaining.length > 0 && problems.length < most) {
    const next = remaining.pop();
    const problem = problemIn(next);
    if (problem !== undefined) problems.push(problem);
    else if (typeof next === "object" && next !== null) {
      for (const inner of Object.values(next).reverse()) remaining.push(inner);
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
