import { z } from "zod";
import { type AsSent, item, type SentObject } from "../../../schema/as-sent.ts";
import { nextPage, optionalCount, optionalText } from "../../../schema/fields.ts";
import { anyList, listReader, type Unreadable } from "../../../schema/list.ts";
import { type RequestSchema, request, type WithExtra } from "../../../schema/request.ts";

/** One page of a list. */
export interface Page<T> extends AsSent {
  /** How many items the whole list has. */
  count?: number | null;
  /** The absolute URL of the next page; null on the last. */
  next?: string | null;
  /** The absolute URL of the page before; null on the first. */
  previous?: string | null;
  /** The items of this page, in the service's order. */
  results: T[];
  /** Items of this page that could not be read, such as those without an id. */
  unreadable: Unreadable[];
  /** The response without `results`, as it was sent; present only if it has more than the members of this object. */
  raw?: SentObject;
}

/** A page whose items are not read yet. */
const UnreadPage = item<Omit<Page<unknown>, "unreadable">>(
  { count: optionalCount, next: nextPage, previous: optionalText, results: anyList },
  ["results"],
);

/** The schema of a page of items. */
export function pageOf<T extends object>(schema: z.ZodType<T>): z.ZodType<Page<T>> {
  const readItems = listReader(schema);
  return UnreadPage.transform(({ results, ...rest }) => {
    const { readable, unreadable } = readItems("results", results);
    return { ...rest, results: readable, unreadable };
  });
}

/** The query for one page of a list. */
export interface PageRequest extends WithExtra {
  /** How many items a page has, at least 1. @default 100 */
  limit?: number | undefined;
  /** How many items come before the page. @default 0 */
  offset?: number | undefined;
}
/** Rejects a `limit` below 1, an `offset` below 0, fractions, and members that are not listed. */
export const PageRequest: RequestSchema<PageRequest> = request<PageRequest>({
  limit: z.int().min(1, "must be at least 1").optional(),
  offset: z.int().min(0, "must not be negative").optional(),
});
