import { z } from "zod";
import { isRecord } from "../base/is-record.ts";

type Accepts = (value: unknown) => boolean;

/**
 * How a schema with a conversion recognises a value that needs none. Without an entry here such a schema is always
 * run, which is slower and never wrong.
 */
export const fastPaths = z.registry<{
  accepts: Accepts;
  /** Whether any text is accepted. A schema that zod derives from another inherits it unless it says otherwise. */
  anyText?: boolean;
}>();

/** How one schema recognises what needs no conversion. */
interface Test {
  accepts: Accepts;
  /** Whether any text at all is accepted, which spares nearly every member of a transaction its call. */
  anyText: boolean;
}

/** The same of a member of an object. */
interface MemberTest extends Test {
  required: boolean;
}

/**
 * Derives from a schema the test whether the schema would give a value back unchanged. Transactions come by the ten
 * thousand and nearly all pass it, so that checking costs a tenth of what parsing the JSON does; the others go
 * through the schema itself.
 */
export function fastPathFor<S extends z.ZodType>(schema: S): (value: unknown) => value is z.output<S> {
  const { accepts } = testOf(schema);
  return (value): value is z.output<S> => accepts(value);
}

function testOf(schema: z.core.$ZodType): Test {
  const own = fastPaths.get(schema);
  if (own !== undefined) return { accepts: own.accepts, anyText: own.anyText ?? false };
  if (schema instanceof z.ZodOptional) return orAbsent(testOf(schema.unwrap()), undefined);
  if (schema instanceof z.ZodNullable) return orAbsent(testOf(schema.unwrap()), null);
  // What is caught needs a conversion; what is not passes through.
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
 * Walks the members that are there, not the thirty that might be: objects of a bank come in many shapes, and looking
 * up absent members in them is the slow part. One entry mostly has the members of the one before in the same order, so
 * that their tests are remembered by their place.
 */
export function objectTest(shape: Readonly<Record<string, z.core.$ZodType>>): Accepts {
  const members = new Map(
    Object.entries(shape).map(([name, schema]) => {
      const test = testOf(schema);
      return [name, { ...test, required: !test.accepts(undefined) }];
    }),
  );
  const required = [...members.values()].filter((member) => member.required).length;
  const names: string[] = [];
  const tests: (MemberTest | undefined)[] = [];
  return (value) => {
    if (!isRecord(value)) return false;
    let place = 0;
    let missing = required;
    for (const name in value) {
      if (names[place] !== name) {
        names[place] = name;
        tests[place] = members.get(name);
      }
      const test = tests[place];
      place += 1;
      if (test === undefined) continue;
      const member = value[name];
      if (!(test.anyText && typeof member === "string") && (member === undefined || !test.accepts(member)))
        return false;
      if (test.required) missing -= 1;
    }
    return missing === 0;
  };
}
