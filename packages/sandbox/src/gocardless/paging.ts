import type { SandboxContext } from "../world/http.ts";
import { queryOf } from "./request.ts";

/** One page of a list, newest first, with absolute links to the next and the previous page. */
export function pageOf<T>(c: SandboxContext, oldestFirst: Iterable<T>) {
  const items = [...oldestFirst].reverse();
  const limit = countParam(c, "limit", 1, 100);
  const offset = countParam(c, "offset", 0, 0);
  const address = (at: number) => {
    const url = new URL(c.req.url);
    url.searchParams.set("limit", String(limit));
    url.searchParams.set("offset", String(at));
    return url.href;
  };
  return {
    count: items.length,
    next: offset + limit < items.length ? address(offset + limit) : null,
    previous: offset > 0 ? address(Math.max(0, offset - limit)) : null,
    results: items.slice(offset, offset + limit),
  };
}

/** Ignores an invalid count, as the service's framework does. */
function countParam(c: SandboxContext, name: string, least: number, otherwise: number): number {
  const text = queryOf(c).get(name) ?? "";
  const value = /^\d{1,15}$/.test(text) ? Number(text) : otherwise;
  return value < least ? otherwise : value;
}
