import { line, type Printable } from "./printable.ts";

/**
 * Texts by name. It is a map, as names that come from outside may be those of properties that every object has, such as
 * `constructor`.
 */
export function textsByName(texts: Readonly<Record<string, string>>): ReadonlyMap<string, Printable> {
  return new Map(Object.entries(texts).map(([name, text]) => [name, line`${text}`]));
}
