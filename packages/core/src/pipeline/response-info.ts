import type { DataKind } from "../base/data-kinds.ts";
import type { BankDataError } from "../base/errors.ts";
import type { RateLimits } from "../limits/rate-limits.ts";

/** What is reported about each response, from the service or from the cache. */
export interface ResponseInfo {
  /** The client's method, such as `getAccountBalances`; the HTTP method and a pattern if no method has this path. */
  operation: string;
  /** The HTTP method, in capitals. */
  method: string;
  /** Relative to the base URL, without the query; IBANs are masked. */
  path: string;
  /** The kind of account data, if such calls count against a daily limit of the account; null otherwise. */
  dataKind: DataKind | null;
  /** The HTTP status, or the one named in an error body that was sent with a success status. */
  status: number;
  /** Whether the response came from the cache: it was fresh, or was used although it had expired (`stale`). */
  fromCache: boolean;
  /** Whether it is an expired cached response, used because no new one could be obtained. */
  stale: boolean;
  /**
   * Why no new response could be obtained; null if this is not stale, or if none was requested: with `onlyIfCached`, or
   * while it is revalidated in the background.
   */
  staleReason: BankDataError | null;
  /** When the service sent the response. */
  createdAt: Date;
  /** When the cached response expires; null if it never does, or if it is not cached. */
  expiresAt: Date | null;
  /** The limits in the headers of this response; null if it came from the cache. */
  rateLimits: RateLimits | null;
  /** The id that the service, or a proxy, gave the request; null if no header has one, or if it came from the cache. */
  requestId: string | null;
}
