import { fields } from "./refusal.ts";
import type { SandboxContext } from "./request.ts";

/** One page of a list, with absolute addresses of the pages beside it. */
export function pageOf<T>(c: SandboxContext, items: readonly T[]) {
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

function countParam(c: SandboxContext, name: string, least: number, otherwise: number): number {
  const text = c.req.query(name);
  if (text === undefined || text === "") return otherwise;
  if (!/^-?\d{1,15}$/.test(text)) throw fields({ [name]: ["A valid integer is required."] });
  const value = Number(text);
  if (value < least) throw fields({ [name]: [`Ensure this value is greater than or equal to ${least}.`] });
  return value;
}
