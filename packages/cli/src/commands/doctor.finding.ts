import type { Printable } from "../ui/printable.ts";

/** One thing that was checked. */
export interface Finding {
  what: Printable;
  ok: boolean;
  /** What was found. */
  found: Printable;
  /** What to do about it. */
  next?: Printable | undefined;
}
