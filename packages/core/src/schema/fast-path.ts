import { z } from "zod";
import { isRecord } from "../base/is-record.ts";

type Accepts = (value: unknown) => boolean;

/**
 * How a schema with a conversion recognises a value that needs none. A schema without an entry here is always run, which
 * is slower but never wrong.
 */
export const fastPaths = z.registry<{
  accepts: Accepts;
  /** Whether any text is accepted. A schema that zod derives from another inherits it unless it says otherwise. */
  anyText?: boolean;
  /** The result for an object that needs no conversion but that its unknown members are dropped; undefined for others. */
  view?: (value: unknown) => object | undefined;
}>();

/** How one schema recognises a value that needs no conversion. */
interface Test {
  accepts: Accepts;
  /** Whether any string is accepted, which saves the call for nearly every field of a transaction. */
  anyText: boolean;
}

/** The same for a field of an object. */
interface FieldTest extends Test {
  required: boolean;
}

/**
 * Derives from a schema a test of whether the schema would return a value unchanged. Transactions arrive by the ten
 * thousand and nearly all pass it, so that checking costs a tenth of parsing the JSON; the others go through the schema
 * itself.
 */
export function fastPathFor<T>(schema: z.ZodType<T>): (value: unknown) => value is T {
  const { accepts } = testOf(schema);
  return (value): value is T => accepts(value);
}

/**
 * The same for values that need no conversion but that unknown members are dropped: returns the schema's result, or
 * undefined if the schema itself has to be run. Some banks send a member of their own with every transaction.
 */
export function fastViewFor<T extends object>(schema: z.ZodType<T>): (value: unknown) => T | undefined {
  const view = fastPaths.get(schema)?.view;
  const isResult = (value: object | undefined): value is T => value !== undefined;
  return (value) => {
    const result = view?.(value);
    return isResult(result) ? result : undefined;
  };
}

function testOf(schema: z.core.$ZodType): Test {
  const registered = fastPaths.get(schema);
  if (registered !== undefined) return { accepts: registered.accepts, anyText: registered.anyText ?? false };
  if (schema instanceof z.ZodOptional) return orAbsent(testOf(schema.unwrap()), undefined);
  if (schema instanceof z.ZodNullable) return orAbsent(testOf(schema.unwrap()), null);
  // A value that is caught counts as converted; any other passes through.
  if (schema instanceof z.ZodCatch) return testOf(schema.unwrap());
  if (schema instanceof z.ZodArray)
    return { accepts: arrayTest(testOf(schema.element).accepts), anyText: false };
  if (schema instanceof z.ZodObject) return { accepts: objectTest(schema.shape).accepts, anyText: false };
  return { accepts: () => false, anyText: false };
}

function orAbsent({ accepts, anyText }: Test, absent: undefined | null): Test {
  return { accepts: (value) => value === absent || accepts(value), anyText };
}

function arrayTest(accepts: Accepts): Accepts {
  return (value) => Array.isArray(value) && value.every(accepts);
}

/** How an object compares with a shape. */
type Match = "exact" | "unknown members" | "other";

/** The two tests of an object schema. */
interface ObjectTest {
  /** Whether the value has members of this shape alone, none of which needs a conversion. */
  accepts: Accepts;
  /** The members of this shape, if none needs a conversion and there are others; else undefined. */
  knownView(value: unknown): Record<string, unknown> | undefined;
}

/**
 * Returns the tests for objects of a shape. They walk the members that are present, not the thirty that might be: banks'
 * objects come in many shapes, and looking up absent members is the slow part. An entry mostly has the same members in
 * the same order as the one before, so the tests are remembered by position.
 */
export function objectTest(shape: Readonly<Record<string, z.core.$ZodType>>): ObjectTest {
  const fields = new Map(
    Object.entries(shape).map(([name, schema]) => {
      const test = testOf(schema);
      return [name, { ...test, required: !test.accepts(undefined) }];
    }),
  );
  const required = [...fields.values()].filter((field) => field.required).length;
  const names: string[] = [];
  const tests: (FieldTest | undefined)[] = [];
  const match = (value: Record<string, unknown>): Match => {
    let place = 0;
    let missing = required;
    let known = 0;
    for (const name in value) {
      if (names[place] !== name) {
        names[place] = name;
        tests[place] = fields.get(name);
      }
      const test = tests[place];
      place += 1;
      if (test === undefined) continue;
      known += 1;
      const field = value[name];
      if (!(test.anyText && typeof field === "string") && (field === undefined || !test.accepts(field)))
        return "other";
      if (test.required) missing -= 1;
    }
    if (missing > 0) return "other";
    return known === place ? "exact" : "unknown members";
  };
  return {
    accepts: (value) => isRecord(value) && match(value) === "exact",
    knownView: (value) => {
      if (!isRecord(value) || match(value) !== "unknown members") return undefined;
      return Object.fromEntries(Object.entries(value).filter(([name]) => fields.has(name)));
    },
  };
}
