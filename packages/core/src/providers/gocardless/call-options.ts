import { ConfigurationError } from "../../base/errors.ts";
import type { CallOptions } from "../../pipeline/index.ts";
import { isStandardSchema, type StandardSchemaV1 } from "../../schema/standard-schema.ts";

/** Members of a query or a body, in the service's spelling. */
export type Fields = Readonly<Record<string, unknown>>;

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
export function splitSchema({ schema, ...options }: AnyCallOptions): {
  schema: StandardSchemaV1 | undefined;
  options: CallOptions;
} {
  if (schema !== undefined && !isStandardSchema(schema)) {
    throw new ConfigurationError(
      "schema must be a Standard Schema, as of zod 4, valibot or arktype; a JSON Schema or a validating function is not one.",
    );
  }
  return { schema, options };
}

/** Query parameters from an object: undefined and null are left out, everything else becomes a string. */
export function queryFrom(params: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(params)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => [name, String(value)]);
}
