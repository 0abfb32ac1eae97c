import type { SandboxContext } from "../world/http.ts";
import type { LimitLeft } from "../world/limits.ts";
import { ACCOUNT_DATA } from "./consent/suspension.ts";
import { bucketOf, type LimitBook, type RateLimitHeaders } from "./limits.ts";

/** How the headers' names begin in each form, and how they end. */
const NAMES = {
  http: {
    general: "HTTP_X_RATELIMIT_",
    account: "HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_",
    ends: { limit: "LIMIT", remaining: "REMAINING", reset: "RESET" },
  },
  plain: {
    general: "X-RateLimit-",
    account: "X-RateLimit-Account-Success-",
    ends: { limit: "Limit", remaining: "Remaining", reset: "Reset" },
  },
} as const;

/** Counts requests against the limits, and says in the headers of each response what is left of them. */
export class RateLimiter {
  readonly #limits: LimitBook;
  readonly #form: RateLimitHeaders;

  constructor(limits: LimitBook, form: RateLimitHeaders) {
    this.#limits = limits;
    this.#form = form;
  }

  /** Counts a request against its general limit. @throws ErrorResponse if nothing was left of it */
  countGeneral(c: SandboxContext, path: string, now: number): void {
    const bucket = bucketOf(c.req.method, path);
    try {
      this.#setHeaders(c, "general", this.#limits.countGeneral(bucket, now));
    } catch (error) {
      this.#setHeaders(c, "general", this.#limits.generalLeft(bucket, now));
      throw error;
    }
  }

  /** Adds what is left of an account's limit to a response with its data, and to one that rejects a call too many. */
  reportAccount(c: SandboxContext, path: string, now: number): void {
    const [, id, kind] = ACCOUNT_DATA.exec(path) ?? [];
    if (id === undefined || kind === undefined || (c.res.status !== 200 && c.res.status !== 429)) return;
    this.#setHeaders(c, "account", this.#limits.accountLeft(id.toLowerCase(), kind, now));
  }

  /** Set on Node's response, which preserves the case of header names; a Headers object would make them lower case. */
  #setHeaders(c: SandboxContext, scope: "general" | "account", left: LimitLeft | undefined): void {
    if (left === undefined) return;
    const { [scope]: prefix, ends } = NAMES[this.#form];
    for (const name of ["limit", "remaining", "reset"] as const)
      c.env.outgoing.setHeader(prefix + ends[name], left[name]);
  }
}
