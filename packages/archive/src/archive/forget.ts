import type { Database } from "../database/index.ts";

/** What was removed. */
export interface Forgotten {
  readonly accounts: number;
  readonly transactions: number;
  /** Responses with transactions. */
  readonly runs: number;
}

/** Whose archive, and when. */
export interface Forgetting {
  readonly database: Database;
  readonly tenant: string;
  /** In milliseconds since 1970. */
  readonly now: () => number;
}

/** Removes an account with everything that was recorded of it. @throws ConfigurationError if there is none */
export async function forgetAccount(_place: Forgetting, _account: string): Promise<Forgotten> {
  throw new Error("later");
}

/** Removes everything of a tenant. */
export async function forgetTenant(_place: Forgetting): Promise<Forgotten> {
  throw new Error("later");
}
