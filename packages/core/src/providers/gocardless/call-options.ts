import { closest } from "../../base/closest.ts";
import { ConfigurationError } from "../../base/errors.ts";
import { isRecord } from "../../base/is-record.ts";
import { assertObject } from "../../base/option-names.ts";
import { type CallOptions, callOptionHint, type WriteOptions } from "../../pipeline/index.ts";
import { isStandardSchema, type StandardSchemaV1 } from "../../schema/standard-schema.ts";

/** Members of a body, in the service's spelling; sent as JSON. */
export type Fields = Readonly<Record<string, unknown>>;

/** Parameters of a query, in the service's spelling; undefined and null are left out. */
export type QueryParameters = Readonly<Record<string, string | number | boolean | null | undefined>>;

interface WithSchema<Value> {
  /** A schema of zod, valibot, arktype or any other library of Standard Schema 1. */
  schema: StandardSchemaV1<unknown, Value>;
}

/** Options of a call that reads any path, with the schema that checks and types its response. */
export interface TypedCallOptions<Value> extends CallOptions, WithSchema<Value> {}

/** Options of a call that writes to any path, with the schema that checks and types its response. */
export interface TypedWriteOptions<Value> extends WriteOptions, WithSchema<Value> {}

/** Options of a call that reads any path, with or without a schema. */
export type AnyCallOptions = CallOptions & Partial<WithSchema<unknown>>;

/** Options of a call that writes to any path, with or without a schema. */
export type AnyWriteOptions = WriteOptions & Partial<WithSchema<unknown>>;

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
      "schema must be a Standard Schema (zod 4, valibot, arktype …); a JSON Schema or a plain function is not supported.",
    );
  }
  return { schema, options };
}

/** What to do about an option that is `schema`, or nearly, in a call of an operation. */
export function schemaHint(name: string): string | undefined {
  if (name === "schema") return "it is an option of get, post, put and delete";
  return closest(name, ["schema"]) && "did you mean schema, an option of get, post, put and delete?";
}

/**
 * Rejects call options in the place of a query or a body, where they would be sent and have no effect.
 *
 * @param place the query; or the body, whose members may have such names if JSON can hold their values
 * @throws ConfigurationError naming the option; or if the query or the body is no object
 */
export function rejectMisplacedOptions(
  place: "query" | "body",
  sent: Readonly<Record<string, unknown>>,
): void {
  assertObject(sent, `the ${place}`);
  for (const [name, value] of Object.entries(sent)) {
    const hint = callOptionHint(name, ["schema"]);
    if (hint === undefined) continue;
    const isJson = typeof value !== "function" && !(value instanceof AbortSignal) && !isStandardSchema(value);
    if (place === "body" && isJson) continue;
    throw new ConfigurationError(`${name} cannot be sent in the ${place}: ${hint}.`);
  }
}

/**
 * Query parameters from an object: undefined and null are left out, numbers and booleans become text.
 *
 * @throws ConfigurationError for any other value, which no URL can hold
 */
export function queryFrom(params: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(params).flatMap(([name, value]): [string, string][] => {
    if (value === undefined || value === null) return [];
    if (!["string", "number", "boolean"].includes(typeof value)) {
      throw new ConfigurationError(`The query parameter ${name} must be a string, a number or a boolean.`);
    }
    return [[name, String(value)]];
  });
}
