import type { CacheSettings } from "./options.ts";
import { fitsPattern } from "./pattern.ts";
import { normalPath } from "./request.ts";

const HOUR = 3600;

/** What is fresh for how long where nothing is said, in seconds. Everything else is asked for each time. */
const USUAL: readonly (readonly [RegExp, number])[] = [
  [/^\/accounts\/[^/]+\/(?:balances|transactions)\/$/, 6 * HOUR],
  [/^\/accounts\/[^/]+\/details\/$/, 24 * HOUR],
  [/^\/accounts\/[^/]+\/$/, HOUR],
  [/^\/institutions\/(?:[^/]+\/)?$/, 24 * HOUR],
];

/** The statuses of a requisition that is still under way: asking again is the point. */
const UNDER_WAY = /"status"\s*:\s*"(?:CR|ID|GC|UA|SA|GA)"/;

/** What decides for how long an answer is fresh. */
export type TimeSettings = Pick<CacheSettings, "expireAfter" | "urlsExpireAfter" | "cacheControl"> & {
  /** What the call said. */
  perCall?: number | "forever" | undefined;
};

/**
 * For how long an answer is fresh, in seconds; Infinity for ever. The call decides first, then the server where it is
 * obeyed, the patterns, `expireAfter`, and the kind of data. A requisition still under way, alone or in a list, is
 * never fresh.
 */
export function timeToLive(
  path: string,
  answer: { headers: Headers; body: string },
  settings: TimeSettings,
  now: number,
): number {
  const normal = normalPath(path);
  if (normal.startsWith("/requisitions/") && UNDER_WAY.test(answer.body)) return 0;
  const time =
    settings.perCall ??
    (settings.cacheControl ? toldByServer(answer.headers, now) : undefined) ??
    settings.urlsExpireAfter.find(([pattern]) => fitsPattern(normal, pattern))?.[1] ??
    settings.expireAfter ??
    USUAL.find(([pattern]) => pattern.test(normal))?.[1] ??
    0;
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
