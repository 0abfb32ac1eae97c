import { z } from "zod";
import type { AsSent } from "./as-sent.ts";
import { fastPathFor } from "./fast-path.ts";

/** An item of a list that could not be read: its position, the reason, and the item itself. */
export interface Unreadable {
  /** The field that held the list: `booked`, `pending`, `balances`, `results`, `institutions`. */
  list: string;
  /** Its position in that list as the service sent it, from 0; of transactions, over all pages. */
  index: number;
  /** What is wrong with it, field by field; contains none of its values. */
  reason: string;
  /** The item as it was sent. */
  raw: unknown;
}

/** An array with a non-enumerable field, which neither `for` nor JSON shows, of the items that could not be read. */
export type ListWithUnreadable<T> = T[] & { readonly unreadable: readonly Unreadable[] };

/** Any array; its items are not checked yet. */
export const anyList = z.custom<unknown[]>(Array.isArray, "expected a list");

/**
 * Returns a reader that takes a list item by item, so that an unreadable one does not cost the others. If the schema
 * changes none of the items, `readable` is the list itself.
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

/** Attaches the items that could not be read to the list of those that could. */
export function withUnreadable<T>(items: T[], unreadable: readonly Unreadable[]): ListWithUnreadable<T> {
  return Object.defineProperty(Object.assign(items, { unreadable }), "unreadable", { enumerable: false });
}

/** What a schema found wrong, one clause per field, without the values that were sent. */
export function describeIssues(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join(".") || "root"}: ${issue.message}`).join("; ");
}
