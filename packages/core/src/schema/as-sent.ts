import { z } from "zod";
import { isRecord } from "../base/is-record.ts";
import { fastPaths, objectTest } from "./fast-path.ts";

/** What an object of the service has besides its own fields. */
export interface AsSent {
  /**
   * The whole object as it was sent. Present only if a field, or part of one, had an unexpected shape and was left out of
   * the typed view. The name is reserved: if the service itself sends a field called `raw`, the whole object is here as
   * well, so that `raw` always means the same.
   */
  raw?: unknown;
}

/** How `keepingRaw` treats an object that holds lists. */
interface RawRules {
  /** Fields whose items are kept one by one: `raw` does not repeat them. */
  lists: readonly string[];
  /** Fields that we add to the object; the service's own fields of these names go to `raw`. */
  added: readonly string[];
}

/** An object schema that keeps unknown fields, and leaves out optional fields of an unexpected shape. */
export function openObject<Shape extends z.ZodRawShape>(shape: Shape) {
  const schema = z.looseObject(shape);
  return schema.overwrite((value) => {
    for (const name of Object.keys(schema.shape)) {
      if (Object.hasOwn(value, name) && Reflect.get(value, name) === undefined)
        Reflect.deleteProperty(value, name);
    }
    return value;
  });
}

/** An object schema whose result has `raw`, the object as it was sent, if the typed view leaves something out. */
export function item<Shape extends z.ZodRawShape>(shape: Shape) {
  return keepingRaw(openObject(shape));
}

/**
 * Makes an object schema add `raw`, the object as it was sent, whenever its result leaves something out. Changes the
 * schema itself, because no hook of zod sees both input and output and still leaves an object schema. Must come last:
 * whatever zod derives from the schema with another method is a copy without it.
 */
export function keepingRaw<S extends z.ZodObject>(schema: S, { lists, added }: RawRules = NO_LISTS): S {
  const names = ["raw", ...added];
  const run = schema._zod.run;
  schema._zod.run = (payload, context) => {
    const sent: unknown = payload.value;
    const result = run(payload, context);
    if (result instanceof Promise || result.issues.length > 0) return result;
    const parsed: unknown = result.value;
    if (!isRecord(sent) || !isRecord(parsed)) return result;
    const reserved = names.filter((name) => Object.hasOwn(sent, name));
    if (reserved.length === 0 && isComplete(parsed, sent)) return result;
    result.value = { ...without(parsed, reserved), raw: without(sent, lists) };
    return result;
  };
  const absent = z.never().optional();
  const reservedFields = Object.fromEntries(names.map((name) => [name, absent]));
  fastPaths.add(schema, { accepts: objectTest({ ...schema.shape, ...reservedFields }) });
  return schema;
}

const NO_LISTS: RawRules = { lists: [], added: [] };

function without(value: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  if (!names.some((name) => Object.hasOwn(value, name))) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

/** Whether nothing was left out: fields and items may have been converted, and a single item may have become a list. */
function isComplete(parsed: unknown, sent: unknown): boolean {
  if (parsed === sent) return true;
  if (Array.isArray(sent)) {
    return (
      Array.isArray(parsed) &&
      parsed.length === sent.length &&
      sent.every((one, at) => isComplete(parsed[at], one))
    );
  }
  if (isRecord(sent)) {
    const whole: unknown = Array.isArray(parsed) && parsed.length === 1 ? parsed[0] : parsed;
    return (
      isRecord(whole) &&
      Object.keys(sent).every((name) => Object.hasOwn(whole, name) && isComplete(whole[name], sent[name]))
    );
  }
  // Strings, numbers and words such as "true" are converted into each other; no schema converts a boolean or null.
  return sent === null || (parsed !== null && typeof sent !== "boolean");
}
