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
  throw new TypeError(
    result.error.issues
      .slice(0, MOST_ISSUES)
      .map((one) => sentence(one, name))
      .join(" "),
  );
}

/** More would not be read. */
const MOST_ISSUES = 5;

/** An issue as a sentence that names the member. */
function sentence(issue: z.core.$ZodIssue, name: string): string {
  const member = issue.path.length === 0 ? name : issue.path.map(String).join(".").slice(0, 200);
  if (issue.code === "unrecognized_keys")
    return `Unknown member of ${member}: ${issue.keys.join(", ").slice(0, 200)}.`;
  if (issue.code === "custom") return `${member} ${issue.message}.`;
  return `${member} must be ${wanted(issue)}.`;
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
      return issue.values.map((value) => JSON.stringify(value)).join(" or ");
    case "invalid_union":
      return "of another type";
    default:
      return `valid (${issue.message})`;
  }
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

/** How deep JSON may be nested. */
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
    if (level.some((one) => typeof one === "bigint")) return "holds a bigint, which JSON has not";
    level = level
      .filter((one) => typeof one === "object" && one !== null)
      .flatMap((one) => Object.values(Object(one)));
    if (level.length > MOST_VALUES) return "is too large";
  }
  return undefined;
}

/** Values on one level. Cyclic values can only grow up to here. */
const MOST_VALUES = 5_000_000;
