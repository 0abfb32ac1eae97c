import { z } from "zod";
import { isRecord } from "../base/is-record.ts";
import { fastPaths, NEEDS_SCHEMA, objectPath } from "./fast-path.ts";

/** A JSON object of the service, of which no member is known. */
export type SentObject = Readonly<Record<string, unknown>>;

/** What an object of the service has besides its own members. */
export interface AsSent {
  /**
   * The whole object as the service sent it. Present only if that differs from this object: if the service sent members
   * that are not listed here, or one in an unexpected form. Without it, this object is what was sent. Amounts and rates
   * that were sent as bare JSON numbers are strings of the same digits here too.
   */
  raw?: SentObject;
}

/** The schemas of a model's members: one for each, which returns what the model's interface says. */
export type ShapeOf<Model> = {
  readonly [Name in keyof Omit<Model, "raw">]-?: z.ZodType<Model[Name]>;
};

/**
 * A schema that reads the objects of one model. Schemas that its methods derive from it, such as `refine`, `check` and
 * `describe`, add `raw` as well. Methods of `z.ZodObject` alone, such as `extend` and `pick`, are not part of it.
 */
export interface ModelSchema<Model> extends z.ZodType<Model> {
  /** The schema of each member by name, as `z.object` has it; `raw` is not among them. */
  readonly shape: Readonly<Record<string, z.ZodType>>;
}

/**
 * The schema of a part of an object, such as an amount. It drops unknown members, and optional ones of an unexpected
 * form; the object around it keeps what was sent.
 */
export function part<Model extends object>(shape: ShapeOf<Model>): ModelSchema<Model> {
  return modelled<Model>(openObject(shape));
}

/**
 * The schema of an object that keeps what was sent: its result has `raw` if it differs from that.
 *
 * @param shape as for `part`
 * @param separate members that `raw` does not decide on, because their own items keep what was sent
 */
export function item<Model extends AsSent>(
  shape: ShapeOf<Model>,
  separate: readonly (keyof Model & string)[] = [],
): ModelSchema<Model> {
  return modelled<Model>(keepingRaw(openObject(shape), separate));
}

/** Drops unknown members. An optional member of an unexpected form is absent, not undefined. */
export function openObject<Shape extends z.ZodRawShape>(shape: Shape) {
  const schema = z.object(shape);
  const open = schema.overwrite((value) => {
    for (const name of Object.keys(schema.shape)) {
      if (Object.hasOwn(value, name) && Reflect.get(value, name) === undefined)
        Reflect.deleteProperty(value, name);
    }
    return value;
  });
  return open.register(fastPaths, objectPath(schema.shape));
}

/**
 * The schema of an object that keeps what was sent: it adds `raw` to the result of an object schema, whenever that differs
 * from what was sent. The object schema's own conversions and refinements come first; its `overwrite` must return objects
 * unchanged whose members need no conversion, because the fast path does not run it.
 *
 * @param separate members that are not compared, and not in `raw`
 */
export function keepingRaw<S extends z.ZodObject>(
  object: S,
  separate: readonly string[] = [],
): SchemaWithRaw<S["shape"]> {
  const transform = (sent: unknown, context: z.core.ParsePayload): unknown => {
    const { value, issues } = runSync(object, sent);
    if (issues.length > 0) {
      context.issues.push(...issues);
      return value;
    }
    if (!isRecord(sent) || !isRecord(value) || isSameObject(value, sent, separate)) return value;
    return { ...value, raw: without(sent, separate) };
  };
  const schema = new SchemaWithRaw({ type: "transform", transform, object });
  if (isReadByMembers(object)) {
    const path = objectPath(object.shape);
    fastPaths.add(schema, {
      ...path,
      read: (value) => {
        const known = path.read(value);
        if (known === value || !isRecord(known)) return known;
        if (separate.length > 0) return NEEDS_SCHEMA;
        known["raw"] = value;
        return known;
      },
    });
  }
  return schema;
}

/**
 * Runs a schema. The issues are zod's own: the schema that was called gives them their messages, and completes their
 * paths.
 */
function runSync(schema: z.ZodType, value: unknown): z.core.ParsePayload {
  const result = schema._zod.run({ value, issues: [] }, { async: false });
  if (result instanceof Promise) throw new z.core.$ZodAsyncError();
  return result;
}

/** Whether the fast path may read its objects: it runs no refinements, and drops unknown members. */
function isReadByMembers({ def: { checks = [], catchall } }: z.ZodObject): boolean {
  return catchall === undefined && checks.every((check) => check._zod.def.check === "overwrite");
}

interface SchemaWithRawDef extends z.core.$ZodTransformDef {
  object: z.ZodObject;
}

/** The schema that `keepingRaw` returns. */
interface SchemaWithRaw<Shape extends z.core.$ZodShape = z.core.$ZodShape> extends z.ZodTransform<object> {
  readonly shape: Shape;
}

/**
 * A transform, because no hook of an object schema sees both what was sent and the result. It is a class of its own,
 * because zod makes a derived schema as another instance of the class with the same definition; a property or a function
 * that was set on one instance would be lost.
 */
const SchemaWithRaw = z.core.$constructor<SchemaWithRaw, SchemaWithRawDef>(
  "SchemaWithRaw",
  (schema, definition) => {
    z.ZodTransform.init(schema, definition);
    const { object } = definition;
    Object.defineProperty(schema, "shape", { value: object.shape });
    // As an object schema has them: it must not be missing, and JSON Schema describes its members.
    schema._zod.optin = undefined;
    schema._zod.processJSONSchema = object._zod.processJSONSchema;
  },
);

/**
 * The schema of a `ShapeOf` a model, as the model's. The compiler cannot derive this from a shape that it does not know;
 * the type of the shape has made sure that each member is there and returns what the model says.
 */
export function modelled<Model>(
  schema: z.ZodObject<ShapeOf<Model>> | SchemaWithRaw<ShapeOf<Model>>,
): ModelSchema<Model> {
  return schema as unknown as ModelSchema<Model>;
}

function without(value: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

/** Whether two JSON values are equal, regardless of the order of members. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((value, at) => isSame(value, other[at]));
  }
  return isRecord(one) && isRecord(other) && isSameObject(one, other, []);
}

/** Whether two JSON objects are equal but for the members with these names. */
function isSameObject(
  one: Record<string, unknown>,
  other: Record<string, unknown>,
  separate: readonly string[],
): boolean {
  const names = Object.keys(one).filter((name) => !separate.includes(name));
  const others = Object.keys(other).filter((name) => !separate.includes(name));
  return (
    names.length === others.length &&
    names.every((name) => Object.hasOwn(other, name) && isSame(one[name], other[name]))
  );
}
