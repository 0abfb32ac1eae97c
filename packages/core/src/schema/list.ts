import { z } from "zod";
import type { AsSent } from "./as-sent.ts";
import { fastPathFor } from "./fast-path.ts";

/** An item of a list that could not be understood: where it stood, why, and the item itself. */
export interface Unreadable {
  /** The member that held the list: `booked`, `pending`, `balances`, `results`, `institutions`. */
  list: string;
  /** Its place in that list as the service sent it, from 0. */
  index: number;
  /** What is wrong with it, by member; holds none of its values. */
  reason: string;
  /** The item as it was sent. */
  raw: unknown;
}

/** An array that also says, in a member that neither `for` nor JSON shows, which items could not be understood. */
export type ListWithUnreadable<T> = T[] & { readonly unreadable: readonly Unreadable[] };

/** Any array, its items not looked at yet. */
export const anyList = z.custom<unknown[]>(Array.isArray, "expected a list");

/**
 * Reads a list item by item, so that an odd one does not take the others with it.
 * A list in which every item is as the schema wants it is given back itself.
 */
export function listReader<S extends z.ZodType<Record<string, unknown>>>(
  schema: S,
): (list: string, items: unknown[]) => { readable: (z.output<S> & AsSent)[]; unreadable: Unreadable[] } {
  const accepts = fastPathFor(schema);
  return (list, items) => {
    if (items.every(accepts)) return { readable: items, unreadable: [] };
    const readable: z.output<S>[] = [];
    const unreadable: Unreadable[] = [];
    for (const [index, raw] of items.entries()) {
      const result = accepts(raw) ? { success: true as const, data: raw } : schema.safeParse(raw);
      if (result.success) readable.push(result.data);
      else unreadable.push({ list, index, reason: describeIssues(result.error), raw });
    }
    return { readable, unreadable };
  };
}

/** Attaches what could not be understood to the list of what could. */
export function withUnreadable<T>(items: T[], unreadable: readonly Unreadable[]): ListWithUnreadable<T> {
  return Object.defineProperty(Object.assign(items, { unreadable }), "unreadable", { enumerable: false });
}

/** What a schema found wrong, one clause a member, without the values that were sent. */
export function describeIssues(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join(".") || "it"}: ${issue.message}`).join("; ");
}
