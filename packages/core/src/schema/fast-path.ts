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
export function fastPathFor<S extends z.ZodType>(schema: S): (value: unknown) => value is z.output<S> {
  const { accepts } = testOf(schema);
  return (value): value is z.output<S> => accepts(value);
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
  if (schema instanceof z.ZodObject) return { accepts: objectTest(schema.shape), anyText: false };
  return { accepts: () => false, anyText: false };
}

function orAbsent({ accepts, anyText }: Test, absent: undefined | null): Test {
  return { accepts: (value) => value === absent || accepts(value), anyText };
}

function arrayTest(accepts: Accepts): Accepts {
  return (value) => Array.isArray(value) && value.every(accepts);
}

/**
 * Returns a test for objects of this shape. It walks the fields that are present, not the thirty that might be: banks'
 * objects come in many shapes, and looking up absent fields is the slow part. An entry mostly has the same fields in the
 * same order as the one before, so the tests are remembered by position.
 */
export function objectTest(shape: Readonly<Record<string, z.core.$ZodType>>): Accepts {
  const fields = new Map(
    Object.entries(shape).map(([name, schema]) => {
      const test = testOf(schema);
      return [name, { ...test, required: !test.accepts(undefined) }];
    }),
  );
  const required = [...fields.values()].filter((field) => field.required).length;
  const names: string[] = [];
  const tests: (FieldTest | undefined)[] = [];
  return (value) => {
    if (!isRecord(value)) return false;
    let place = 0;
    let missing = required;
    for (const name in value) {
      if (names[place] !== name) {
        names[place] = name;
        tests[place] = fields.get(name);
      }
      const test = tests[place];
      place += 1;
      if (test === undefined) continue;
      const field = value[name];
      if (!(test.anyText && typeof field === "string") && (field === undefined || !test.accepts(field)))
        return false;
      if (test.required) missing -= 1;
    }
    return missing === 0;
  };
}
