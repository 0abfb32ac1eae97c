import type { Row } from "../identity/index.ts";
import type { AccountQuery } from "./query.ts";
import type { Reader } from "./read.ts";

/** What reading again changed. */
export interface Rederived {
  /** How many accounts were read. */
  readonly accounts: number;
  /** How many responses were read. */
  readonly runs: number;
  readonly added: number;
  readonly modified: number;
  readonly removed: number;
  /** The cursor from which `changes` tells what changed. */
  readonly since: string;
}

/** What reading again needs. */
export interface Rederiving {
  readonly reader: Reader;
  /** The id of a transaction that a row begins. */
  readonly newId: (row?: Row) => string;
  /** In milliseconds since 1970. */
  readonly now: () => number;
}

/** Reads what was recorded again, under the present rules and decisions. */
export async function rederive(_tools: Rederiving, _query: AccountQuery): Promise<Rederived> {
  throw new Error("later");
}
