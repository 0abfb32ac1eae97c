import { z } from "zod";
import { keepingRaw, openObject } from "../../../schema/as-sent.ts";
import { nextPage, optionalCount, optionalText } from "../../../schema/fields.ts";
import { anyList, listReader } from "../../../schema/list.ts";

/** One page of a list: the `count` of all items, absolute URLs of the next and previous page, and the items. */
export function pageOf<S extends z.ZodType<Record<string, unknown>>>(item: S) {
  const readItems = listReader(item);
  const page = openObject({
    count: optionalCount,
    next: nextPage,
    previous: optionalText,
    results: anyList,
  });
  return keepingRaw(page, { lists: ["results"], added: ["unreadable"] }).transform(({ results, ...rest }) => {
    const { readable, unreadable } = readItems("results", results);
    return { ...rest, results: readable, unreadable };
  });
}

/** Which part of a list: `limit` items, by default 100, from the item `offset`. */
export const PageRequest = z.object({
  limit: z.int().min(1, "must be at least 1").optional(),
  offset: z.int().min(0, "must not be negative").optional(),
});
export type PageRequest = z.infer<typeof PageRequest>;
