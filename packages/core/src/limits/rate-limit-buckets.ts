import type { WindowRule } from "./rolling-window.ts";

/** Operations that share one general limit of the company. */
export type RateLimitBucket =
  | "accounts"
  | "institutions"
  | "reads"
  | "writes"
  | "newTokens"
  | "refreshedTokens";

const MINUTE = 60_000;

/** The service's general limits. */
export const generalLimits: Readonly<Record<RateLimitBucket, WindowRule>> = Object.freeze({
  accounts: { limit: 100, length: MINUTE },
  institutions: { limit: 300, length: MINUTE },
  reads: { limit: 300, length: MINUTE },
  writes: { limit: 100, length: MINUTE },
  newTokens: { limit: 100, length: 60 * MINUTE },
  refreshedTokens: { limit: 100, length: MINUTE },
});
