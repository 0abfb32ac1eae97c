import type { HeaderFields } from "../base/header-fields.ts";
import type { CacheSettings } from "./options.ts";
import { fitsPattern } from "./pattern.ts";
import { type CacheRequest, normalPath } from "./request.ts";

/** What decides how long a response is fresh. */
export type TimeSettings = Pick<CacheSettings, "expireAfter" | "urlsExpireAfter" | "cacheControl"> & {
  /** The lifetime that the call asks for, in seconds. */
  ttlOverride?: number | "forever" | undefined;
};

/**
 * How long a response is fresh, in seconds; Infinity if it never expires. The call decides first, then the server if
 * `cacheControl` is on, then the patterns, then `expireAfter`, and last the usual lifetime for such a request.
 */
export function timeToLive(
  { path, lifetime = 0 }: Pick<CacheRequest, "path" | "lifetime">,
  headers: HeaderFields,
  settings: TimeSettings,
  now: number,
): number {
  const normal = normalPath(path);
  const time =
    settings.ttlOverride ??
    (settings.cacheControl ? freshnessLifetime(headers, now) : undefined) ??
    settings.urlsExpireAfter.find(([pattern]) => fitsPattern(normal, pattern))?.[1] ??
    settings.expireAfter ??
    lifetime;
  return time === "forever" ? Number.POSITIVE_INFINITY : time;
}

/** Whether the server forbids keeping a response at all. */
export function forbidsKeeping(headers: HeaderFields): boolean {
  return /\bno-store\b/i.test(headers.get("cache-control") ?? "");
}

/**
 * The lifetime in seconds by Cache-Control or, if missing, by Expires; undefined if neither says (RFC 9111, section
 * 4.2.1).
 */
function freshnessLifetime(headers: HeaderFields, now: number): number | undefined {
  const control = headers.get("cache-control") ?? "";
  if (/\bno-(?:store|cache)\b/i.test(control)) return 0;
  const age = /\bmax-age\s*=\s*"?(\d{1,10})/i.exec(control)?.[1];
  if (age !== undefined) return Number(age);
  const expires = Date.parse(headers.get("expires") ?? "");
  return Number.isNaN(expires) ? undefined : Math.max(0, (expires - now) / 1000);
}
