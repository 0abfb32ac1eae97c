import { isScalar, type Pair } from "yaml";
import { REFERENCE_KEYS } from "./configuration.ts";

/** The name of a key in this program, regardless of its spelling in a file. */
export function ourName(key: string): string {
  const name = camelCase(key);
  return (Object.hasOwn(REFERENCE_KEYS, name) ? REFERENCE_KEYS[name] : undefined) ?? name;
}

/** The same for a pair in YAML; empty if its key is not a string. */
export function keyName({ key }: Pair<unknown, unknown>): string {
  return isScalar(key) ? ourName(String(key.value)) : "";
}

export function camelCase(key: string): string {
  return key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

export function snakeCase(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
