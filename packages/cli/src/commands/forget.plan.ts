import { rmSync } from "node:fs";
import type { Printable } from "../ui/printable.ts";

/** Something on this machine that is bankdata's, and can be removed. */
export interface Removal {
  path: string;
  /** What it is. */
  what: Printable;
  /** @throws the system's error, or a ConfigurationError */
  remove: () => void;
}

/** Something that stays. */
export interface Kept {
  what: Printable;
  /** What the person can do about it. */
  next: Printable;
}

/** What `forget` would do. */
export interface Plan {
  removals: readonly Removal[];
  kept: readonly Kept[];
}

/** The removal of a file. */
export function removal(path: string, what: Printable): Removal {
  return { path, what, remove: () => rmSync(path, { force: true }) };
}
