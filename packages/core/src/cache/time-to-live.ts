import type { CacheSettings } from "./options.ts";
import { fitsPattern } from "./pattern.ts";
import { type CacheRequest, normalPath } from "./request.ts";

/** What decides for how long an answer is fresh. */
export type TimeSettings = Pick<CacheSettings, "expireAfter" | "urlsExpireAfter" | "cacheControl"> & {
  /** What the call said. */
  ttlOverride?: number | "forever" | undefined;
};

/**
 * For how long an answer is fresh, in seconds; Infinity for ever. The call decides first, then the server where it is
 * obeyed, the patterns, `expireAfter`, and what is usual for such a request.
 */
export function timeToLive(
  { path, lifetime = 0 }: Pick<CacheRequest, "path" | "lifetime">,
  headers: Headers,
  settings: TimeSettings,
  now: number,
): number {
  const normal = normalPath(path);
  const time =
    settings.ttlOverride ??
    (settings.cacheControl ? toldByServer(headers, now) : undefined) ??
    settings.urlsExpireAfter.find(([pattern]) => fitsPattern(normal, pattern))?.[1] ??
    settings.expireAfter ??
    lifetime;
  return time === "forever" ? Number.POSITIVE_INFINITY : time;
}

/** Whether the server forbids to keep an answer at all. */
export function forbidsKeeping(headers: Headers): boolean {
  return /\bno-store\b/i.test(headers.get("cache-control") ?? "");
}

/** What Cache-Control says, else Expires; undefined where neither does (RFC 9111, section 4.2.1). */
function toldByServer(headers: Headers, now: number): number | undefined {
  const control = headers.get("cache-control") ?? "";
  if (/\bno-(?:store|cache)\b/i.test(control)) return 0;
  const age = /\bmax-age\s*=\s*"?(\d{1,10})/i.exec(control)?.[1];
  if (age !== undefined) return Number(age);
  const expires = Date.parse(headers.get("expires") ?? "");
  return Number.isNaN(expires) ? undefined : Math.max(0, (expires - now) / 1000);
}
