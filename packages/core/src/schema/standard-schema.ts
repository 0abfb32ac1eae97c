/**
 * A schema of any library that follows Standard Schema 1 (standardschema.dev): zod 4, valibot, arktype and others. It is
 * declared here because the specification consists of types alone, which it allows to be copied.
 */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  /** What the specification defines. Only its presence is checked, and that `validate` is a function. */
  readonly "~standard": {
    /** Of the specification; a later version would have another number. */
    readonly version: 1;
    /** The name of the library. */
    readonly vendor: string;
    /** Checks a value and converts it; may be asynchronous. Does not throw for a value that does not match. */
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    /** Exists for the compiler alone. */
    readonly types?: StandardTypes<Input, Output> | undefined;
  };
}

/** The types of a schema, which no value has at run time. */
export interface StandardTypes<Input, Output> {
  /** What the schema accepts. */
  readonly input: Input;
  /** What the schema returns, which differs from its input if it converts. */
  readonly output: Output;
}

/** The result of a validation: the value that the schema makes of its input, or what is wrong with the input. */
export type StandardResult<Output> = StandardSuccess<Output> | StandardFailure;

/** The value matched the schema. */
export interface StandardSuccess<Output> {
  /** The value as the schema returns it, which may be a converted copy. */
  readonly value: Output;
  /** Absent: its presence is what marks a failure. */
  readonly issues?: undefined;
}

/** The value did not match the schema. */
export interface StandardFailure {
  /** What is wrong, at least one issue. */
  readonly issues: readonly StandardIssue[];
}

/** One thing that is wrong with a value, and where. */
export interface StandardIssue {
  /** In the schema's own words, which may quote the value. */
  readonly message: string;
  /** From the root to the wrong member: names, indexes, or objects that hold them. Absent for the value itself. */
  readonly path?: readonly (PropertyKey | StandardPathSegment)[] | undefined;
}

/** A step of a path in the form that some libraries use instead of the bare name. */
export interface StandardPathSegment {
  /** The name of a member, or the index of an item. */
  readonly key: PropertyKey;
}

/** Whether a value implements Standard Schema. Schemas of some libraries are functions. */
export function isStandardSchema(value: unknown): value is StandardSchemaV1<unknown, unknown> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  const standard: unknown = Reflect.get(value, "~standard");
  return (
    typeof standard === "object" &&
    standard !== null &&
    "validate" in standard &&
    typeof standard.validate === "function"
  );
}

/** What a schema found wrong, one clause per field: `transactionAmount.amount: is not a decimal number`. */
export function describeIssues(issues: readonly StandardIssue[]): string {
  return issues.map(({ path = [], message }) => `${pathText(path) || "root"}: ${message}`).join("; ");
}

function pathText(path: NonNullable<StandardIssue["path"]>): string {
  return path.map((part) => String(typeof part === "object" ? part.key : part)).join(".");
}
