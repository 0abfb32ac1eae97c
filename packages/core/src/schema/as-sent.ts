import { z } from "zod";
import { isRecord } from "../base/is-record.ts";
import { fastPaths, objectTest } from "./fast-path.ts";

/** What an object of the service carries besides its members. */
export interface AsSent {
  /**
   * The whole object as it was sent. It is there only if a member, or a part of one, had a shape that nobody expects
   * and was left out of the typed view. The name is taken: an object in which the service itself sends a member called
   * `raw` stands here whole as well, so that `raw` always means the same.
   */
  raw?: unknown;
}

/** What `keepingRaw` needs to know of an object that holds lists. */
interface Container {
  /** Members whose items are kept one by one: `raw` does not repeat them. */
  lists: readonly string[];
  /** Names that we add to the object; the service's own members of these names stand in `raw`. */
  added: readonly string[];
}

/**
 * An object of which unknown members are kept, and odd ones of optional fields are left out.
 */
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

/** An object of the service that carries itself as it was sent when the typed view leaves something out. */
export function item<Shape extends z.ZodRawShape>(shape: Shape) {
  return keepingRaw(openObject(shape));
}

/**
 * Lets what an object schema reads carry what was sent, when the one does not hold all of the other. It changes the
 * schema itself: of zod's hooks none sees both ends and leaves an object schema what it is. It comes last, as what zod derives
 * from the schema with another method is a copy without it.
 */
export function keepingRaw<S extends z.ZodObject>(schema: S, { lists, added }: Container = NO_LISTS): S {
  const names = ["raw", ...added];
  const run = schema._zod.run;
  schema._zod.run = (payload, context) => {
    const sent: unknown = payload.value;
    const result = run(payload, context);
    if (result instanceof Promise || result.issues.length > 0) return result;
    const read: unknown = result.value;
    if (!isRecord(sent) || !isRecord(read)) return result;
    const taken = names.filter((name) => Object.hasOwn(sent, name));
    if (taken.length === 0 && holdsAllOf(read, sent)) return result;
    result.value = { ...without(read, taken), raw: without(sent, lists) };
    return result;
  };
  const none = z.never().optional();
  const never = Object.fromEntries(names.map((name) => [name, none]));
  fastPaths.add(schema, { accepts: objectTest({ ...schema.shape, ...never }) });
  return schema;
}

const NO_LISTS: Container = { lists: [], added: [] };

function without(value: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  if (!names.some((name) => Object.hasOwn(value, name))) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

/** Whether nothing was left out: members and items may be converted, and one item may have become a list. */
function holdsAllOf(read: unknown, sent: unknown): boolean {
  if (read === sent) return true;
  if (Array.isArray(sent)) {
    return (
      Array.isArray(read) && read.length === sent.length && sent.every((one, at) => holdsAllOf(read[at], one))
    );
  }
  if (isRecord(sent)) {
    const whole: unknown = Array.isArray(read) && read.length === 1 ? read[0] : read;
    return (
      isRecord(whole) &&
      Object.keys(sent).every((name) => Object.hasOwn(whole, name) && holdsAllOf(whole[name], sent[name]))
    );
  }
  // Texts, numbers and words are converted into each other; no field makes another thing of yes, no or nothing.
  return sent === null || (read !== null && typeof sent !== "boolean");
}
