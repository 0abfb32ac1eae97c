/*
 * Checks what controls are given: one schema for what comes from a program and for the JSON that comes over HTTP, and
 * errors that name each invalid member. Options and limits have rules instead (argument.ts).
 */
import { z } from "zod";

/** The schema of each member of an argument: the compiler refuses one that is missing, or that reads something else. */
export type SchemasOf<Model> = { readonly [Name in keyof Model]-?: z.ZodType<Model[Name]> };

/**
 * An argument after its schema, without what a schema drops.
 *
 * @param name names the argument in the error
 * @throws TypeError that names each member that is invalid
 */
export function checked<S extends z.ZodType>(schema: S, value: unknown, name: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const sentences = new Map<string, string>();
  for (const issue of result.error.issues) {
    const member = issue.path.length === 0 ? name : printable(issue.path.map(String).join("."));
    if (!sentences.has(member)) sentences.set(member, sentence(issue, member));
  }
  throw new TypeError([...sentences.values()].slice(0, MOST_SENTENCES).map(capitalised(name)).join(" "));
}

/** An error lists at most this many members, as nobody would read more. */
const MOST_SENTENCES = 5;

/** An issue as a sentence that names the member. */
function sentence(issue: z.core.$ZodIssue, member: string): string {
  if (issue.code === "unrecognized_keys")
    return `Unknown member of ${member}: ${printable(issue.keys.join(", "))}.`;
  if (issue.code === "invalid_key") return `${member} ${issue.issues[0]?.message ?? "is not a valid name"}.`;
  if (issue.code === "custom") return `${member} ${issue.message}.`;
  return `${member} must be ${wanted(issue)}.`;
}

/** "the body" begins a sentence with a capital letter; the name of a member is written as it is. */
function capitalised(name: string): (text: string) => string {
  return (text) =>
    name.startsWith("the ") && text.startsWith(name) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

/** A name as errors repeat it: on one line, and not too long. */
function printable(text: string): string {
  return JSON.stringify(text.slice(0, 200)).slice(1, -1);
}

function wanted(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return WORDS[issue.expected] ?? `of type ${issue.expected}`;
    case "too_small":
      return issue.origin === "string"
        ? `at least ${issue.minimum} characters long`
        : `${issue.inclusive === false ? "above" : "at least"} ${issue.minimum}`;
    case "too_big":
      return issue.origin === "string"
        ? `at most ${issue.maximum} characters long`
        : `at most ${issue.maximum}`;
    case "invalid_value":
      return oneOfText(issue.values);
    case "invalid_union":
      return "of another type";
    default:
      return `valid (${issue.message})`;
  }
}

/** `"a", "b" or "c"` */
export function oneOfText(values: readonly unknown[]): string {
  const texts = values.map((value) => JSON.stringify(value));
  return texts.length < 2 ? texts.join() : `${texts.slice(0, -1).join(", ")} or ${texts.at(-1)}`;
}

const WORDS: Readonly<Record<string, string>> = {
  number: "a number",
  int: "a whole number",
  string: "a text",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** How many levels of lists and objects a value may have. */
const DEEPEST = 100;

/** What can be written as JSON, as it is read back; `undefined` members are left out. */
export const jsonValue = z.unknown().transform((value, context) => {
  const problem = whyNotJson(value);
  if (problem === undefined) return value === undefined ? undefined : asJson(value);
  context.addIssue({ code: "custom", message: problem });
  return z.NEVER;
});

function asJson(value: unknown): unknown {
  const text: string | undefined = JSON.stringify(value);
  return text === undefined ? undefined : JSON.parse(text);
}

/** Why a value cannot be sent and saved as JSON; undefined if it can. */
export function whyNotJson(value: unknown): string | undefined {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) return `is nested more than ${DEEPEST} levels deep`;
    if (level.some((one) => typeof one === "bigint")) return "holds a bigint, which JSON cannot represent";
    level = level
      .filter((one) => typeof one === "object" && one !== null)
      .flatMap((one) => Object.values(Object(one)));
    if (level.length > MOST_VALUES) return "is too large";
  }
  return undefined;
}

/** The values on one level. A cyclic value, whose levels never end, is rejected by this or by its depth. */
const MOST_VALUES = 5_000_000;
