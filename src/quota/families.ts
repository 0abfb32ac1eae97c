import type { WindowRule } from "./rolling-window.ts";

/** Operations that share one general limit of the company. */
export type Family = "accounts" | "institutions" | "reads" | "writes" | "newTokens" | "refreshedTokens";

const MINUTE = 60_000;

/** The service's general limits. */
export const generalLimits: Readonly<Record<Family, WindowRule>> = Object.freeze({
  accounts: { limit: 100, length: MINUTE },
  institutions: { limit: 300, length: MINUTE },
  reads: { limit: 300, length: MINUTE },
  writes: { limit: 100, length: MINUTE },
  newTokens: { limit: 100, length: 60 * MINUTE },
  refreshedTokens: { limit: 100, length: MINUTE },
});

/** Under which general limit a request falls. */
export function familyOf(method: string, path: string): Family {
  if (path.startsWith("/token/new/")) return "newTokens";
  if (path.startsWith("/token/")) return "refreshedTokens";
  if (path.startsWith("/accounts/")) return "accounts";
  if (method !== "GET") return "writes";
  return path.startsWith("/institutions/") || path.startsWith("/integrations/") ? "institutions" : "reads";
}
