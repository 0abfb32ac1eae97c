import type { Decision } from "./doubts.ts";
import type { Rederived, Rederiving } from "./rederive.ts";

/** Stores what the user decided, and reads again what it is about. */
export async function decide(_tools: Rederiving, _decisions: readonly Decision[]): Promise<Rederived> {
  throw new Error("later");
}
