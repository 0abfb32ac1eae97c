import { ConfigurationError } from "../../base/errors.ts";
import { isRecord } from "../../base/is-record.ts";
import { type CallOptions, callOptionHint } from "../../pipeline/index.ts";
import { isStandardSchema, type StandardSchemaV1 } from "../../schema/standard-schema.ts";

/** Members of a body, in the service's spelling; sent as JSON. */
export type Fields = Readonly<Record<string, unknown>>;

/** Parameters of a query, in the service's spelling; undefined and null are left out. */
export type QueryParameters = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Options of a call to any path, with the schema that checks and types its response. */
export interface TypedCallOptions<Value> extends CallOptions {
  /** A schema of zod, valibot, arktype or any other library of Standard Schema 1. */
  schema: StandardSchemaV1<unknown, Value>;
}

/** Options of a call to any path, with or without a schema. */
export type AnyCallOptions = CallOptions & Partial<TypedCallOptions<unknown>>;

/**
 * Separates the schema from the other options.
 *
 * @throws ConfigurationError if the schema is not a Standard Schema
 */
export function splitSchema(given: AnyCallOptions): {
  schema: StandardSchemaV1 | undefined;
  options: CallOptions;
} {
  if (!isRecord(given) || !Object.hasOwn(given, "schema")) return { schema: undefined, options: given };
  const { schema, ...options }: AnyCallOptions = given;
  if (schema !== undefined && !isStandardSchema(schema)) {
    throw new ConfigurationError(
      "schema must be a Standard Schema, as of zod 4, valibot or arktype; a JSON Schema or a validating function is not one.",
    );
  }
  return { schema, options };
}

/**
 * Rejects call options in the place of a query or a body, where they would be sent and have no effect.
 *
 * @param sent as the query, if `isQuery`, or as the body, whose members may be called as options are
 * @throws ConfigurationError naming the option, or a query parameter that no URL can hold
 */
export function rejectMisplacedOptions(sent: Readonly<Record<string, unknown>>, isQuery: boolean): void {
  for (const [name, value] of Object.entries(sent)) {
    const hint = name === "schema" ? callOptionHint("signal") : callOptionHint(name);
    const isJson = typeof value !== "function" && !(value instanceof AbortSignal) && !isStandardSchema(value);
    if (hint !== undefined && (isQuery || !isJson)) {
      throw new ConfigurationError(`${name} cannot be sent in the ${isQuery ? "query" : "body"}: ${hint}.`);
    }
    if (isQuery && value !== null && typeof value === "object") {
      throw new ConfigurationError(`The query parameter ${name} must be a string, a number or a boolean.`);
    }
  }
}

/** Query parameters from an object: undefined and null are left out, everything else becomes a string. */
export function queryFrom(params: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(params)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => [name, String(value)]);
}
