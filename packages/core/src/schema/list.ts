import { z } from "zod";
import { fastViewFor } from "./fast-path.ts";
import { noteNumberFree } from "./json-bounds.ts";
import { describeIssues } from "./standard-schema.ts";

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
export type ListWithUnreadable<T> = T[] & {
  /** Empty if every item could be read. */
  readonly unreadable: readonly Unreadable[];
};

/** Any array; its items are not checked yet. */
export const anyList = z.custom<unknown[]>(Array.isArray, "expected a list");

/**
 * Returns a reader that takes a list item by item, so that an unreadable one does not affect the others. If the
 * schema changes none of the items, `readable` is the list itself.
 */
export function listReader<T extends object>(
  schema: z.ZodType<T>,
): (list: string, items: unknown[]) => { readable: T[]; unreadable: Unreadable[] } {
  const { view, accepts, numberFree } = fastViewFor(schema);
  return (list, items) => {
    if (items.every(accepts)) {
      if (numberFree) noteNumberFree(items);
      return { readable: items, unreadable: [] };
    }
    const readable: T[] = [];
    const unreadable: Unreadable[] = [];
    for (const [index, raw] of items.entries()) {
      const item = view(raw);
      const result = item === undefined ? schema.safeParse(raw) : { success: true as const, data: item };
      if (result.success) readable.push(result.data);
      else unreadable.push({ list, index, reason: describeIssues(result.error.issues), raw });
    }
    return { readable, unreadable };
  };
}
/** Attaches the items that could not be read to the list of those that could. */
export function withUnreadable<T>(items: T[], unreadable: readonly Unreadable[]): ListWithUnreadable<T> {
  return Object.defineProperty(Object.assign(items, { unreadable }), "unreadable", { enumerable: false });
}
