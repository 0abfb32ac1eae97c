import { z } from "zod";
import { isRecord } from "../base/is-record.ts";

/** What a `Reader` returns for a value of which only the schema itself can tell the result. */
export const NEEDS_SCHEMA: unique symbol = Symbol("the schema itself has to be run");

/**
 * Returns what a schema would return, without running it: the value itself if that needs no conversion; a copy if all it
 * needs is that unknown members are dropped, or that one item becomes a list of one; else `NEEDS_SCHEMA`.
 */
export type Reader = (value: unknown) => unknown;

/**
 * The readers of schemas with a conversion. Without an entry here, such a schema is always run, which is slower but never
 * wrong.
 */
export const fastPaths = z.registry<FastPath>();

/** How a schema reads a value that needs little conversion. */
export interface FastPath {
  read: Reader;
  /**
   * Whether any string is returned as it is, which saves the call for nearly every field of a transaction. A schema that
   * has its own entry inherits this from its parent's.
   */
  anyText?: boolean;
  /** Whether a value that is returned unchanged holds no number, at any depth. Inherited like `anyText`. */
  numberFree?: boolean;
}

/** The reader of a schema that returns the values of a test unchanged. */
export function unchangedIf(test: (value: unknown) => boolean): Reader {
  return (value) => (test(value) ? value : NEEDS_SCHEMA);
}

/** What can be told of a schema's results without running it. */
export interface FastView<T> {
  /** The schema's result for a value that needs little conversion; undefined if the schema itself has to be run. */
  view(value: unknown): T | undefined;
  /** Whether the schema would return the value unchanged. */
  accepts(value: unknown): value is T;
  /** Whether no accepted value holds a number, at any depth. */
  numberFree: boolean;
}

/**
 * Derives from a schema what can be told of its results without running it. Transactions arrive by the ten thousand, and
 * nearly all are accepted, so that reading them costs a tenth of parsing the JSON. Some banks send a member of their own
 * with every transaction, and card banks one object for the list of exchanges.
 */
export function fastViewFor<T extends object>(schema: z.ZodType<T>): FastView<T> {
  const { read, numberFree } = pathOf(schema);
  // The readers return what the schema does, which the compiler cannot know.
  const isResult = (result: unknown): result is T => result !== NEEDS_SCHEMA;
  return {
    view: (value) => {
      const result = read(value);
      return isResult(result) ? result : undefined;
    },
    accepts: (value): value is T => read(value) === value,
    numberFree,
  };
}

type Path = Required<FastPath>;

function pathOf(schema: z.core.$ZodType): Path {
  const registered = fastPaths.has(schema) ? fastPaths.get(schema) : undefined;
  if (registered !== undefined) {
    const { read, anyText = false, numberFree = false } = registered;
    return { read, anyText, numberFree };
  }
  // A refinement, or a conversion, which the readers do not run.
  if ((schema._zod.def.checks?.length ?? 0) > 0) return NO_PATH;
  if (schema instanceof z.ZodOptional) return orAbsent(pathOf(schema.unwrap()), undefined);
  if (schema instanceof z.ZodNullable) return orAbsent(pathOf(schema.unwrap()), null);
  // Whether a value is caught, only the schema can tell; any other passes through.
  if (schema instanceof z.ZodCatch) return pathOf(schema.unwrap());
  if (schema instanceof z.ZodArray) {
    const { read, numberFree } = pathOf(schema.element);
    return { read: arrayReader(read), anyText: false, numberFree };
  }
  // One that keeps or rejects unknown members has a schema for them, its catchall.
  if (schema instanceof z.ZodObject && schema.def.catchall === undefined) return objectPath(schema.shape);
  return NO_PATH;
}

/** It returns nothing unchanged, so nothing with a number either. */
const NO_PATH: Path = { read: () => NEEDS_SCHEMA, anyText: false, numberFree: true };

function orAbsent({ read, anyText, numberFree }: Path, absent: undefined | null): Path {
  return { read: (value) => (value === absent ? value : read(value)), anyText, numberFree };
}

function arrayReader(read: Reader): Reader {
  return (value) => {
    if (!Array.isArray(value)) return NEEDS_SCHEMA;
    let copy: unknown[] | undefined;
    for (let at = 0; at < value.length; at += 1) {
      const sent: unknown = value[at];
      const item = read(sent);
      if (item === NEEDS_SCHEMA) return NEEDS_SCHEMA;
      if (item !== sent) copy ??= value.slice(0, at);
      copy?.push(item);
    }
    return copy ?? value;
  };
}

/** The fast path of a list that may be sent as a single item. */
export function listOrOnePath(item: z.core.$ZodType): FastPath {
  const { read, numberFree } = pathOf(item);
  const readList = arrayReader(read);
  const readEither: Reader = (value) => {
    if (Array.isArray(value)) return readList(value);
    const one = read(value);
    return one === NEEDS_SCHEMA ? NEEDS_SCHEMA : [one];
  };
  return { read: readEither, numberFree };
}

/** How a member of an object is read. */
interface Member extends Path {
  required: boolean;
}

/**
 * Returns the fast path for objects of a shape, which drops members that the shape does not have. It walks the members that
 * are present, not the thirty that might be: banks' objects come in many shapes, and looking up absent members is the
 * slow part. An entry mostly has the same members in the same order as the one before, so they are remembered by position.
 */
export function objectPath(shape: Readonly<Record<string, z.core.$ZodType>>): Path {
  const known = new Map(
    Object.entries(shape).map(([name, schema]): [string, Member] => {
      const path = pathOf(schema);
      return [name, { ...path, required: path.read(undefined) === NEEDS_SCHEMA }];
    }),
  );
  const required = [...known.values()].filter((member) => member.required).length;
  const names: string[] = [];
  const members: (Member | undefined)[] = [];
  /** A copy of the known members among the first of an object, whose names were just remembered. */
  const copyOf = (value: Record<string, unknown>, count: number): Record<string, unknown> => {
    const copy: Record<string, unknown> = {};
    for (let place = 0; place < count; place += 1) {
      const name = names[place];
      if (name !== undefined && members[place] !== undefined) copy[name] = value[name];
    }
    return copy;
  };
  const read: Reader = (value) => {
    if (!isRecord(value)) return NEEDS_SCHEMA;
    let place = 0;
    let missing = required;
    let copy: Record<string, unknown> | undefined;
    for (const name in value) {
      if (names[place] !== name) {
        names[place] = name;
        members[place] = known.get(name);
      }
      const member = members[place];
      place += 1;
      if (member === undefined) {
        copy ??= copyOf(value, place - 1);
        continue;
      }
      const sent = value[name];
      let result = sent;
      if (!member.anyText || typeof sent !== "string") {
        result = sent === undefined ? NEEDS_SCHEMA : member.read(sent);
        if (result === NEEDS_SCHEMA) return NEEDS_SCHEMA;
        if (result !== sent) copy ??= copyOf(value, place - 1);
      }
      if (copy !== undefined) copy[name] = result;
      if (member.required) missing -= 1;
    }
    if (missing > 0) return NEEDS_SCHEMA;
    return copy ?? value;
  };
  return { read, anyText: false, numberFree: [...known.values()].every((member) => member.numberFree) };
}
