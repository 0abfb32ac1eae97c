/**
 * A schema of any library that follows Standard Schema 1 (standardschema.dev): zod 4, valibot, arktype and others. It is
 * declared here because the specification consists of types alone, which it allows to be copied.
 */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    /** The name of the library. */
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    /** Exists for the compiler alone. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** The result of a validation: the value that the schema makes of its input, or what is wrong with the input. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

/** One thing that is wrong with a value, and where. */
export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
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
