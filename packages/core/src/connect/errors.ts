import type { Connection } from "../bank/index.ts";
import { BankDataError } from "../base/errors.ts";

/** Connecting a bank failed, and the unfinished connection could not be removed. */
export class UnfinishedConnectionError extends BankDataError {
  override name = "UnfinishedConnectionError";
  /** The connection to end later, with the provider's `end`. */
  readonly connectionId: string;
  /** Our own name for the connection. */
  readonly reference: string;
  /** Why connecting failed. */
  override readonly cause: unknown;
  /** Why it could not be removed. */
  readonly removalError: unknown;

  constructor(
    message: string,
    left: Pick<UnfinishedConnectionError, "connectionId" | "reference" | "cause" | "removalError">,
  ) {
    super(message);
    this.connectionId = left.connectionId;
    this.reference = left.reference;
    this.cause = left.cause;
    this.removalError = left.removalError;
  }
}

/** The end user did not return from the bank in time. */
export class ConsentTimeoutError extends BankDataError {
  override name = "ConsentTimeoutError";
}

/** The connection ended without giving access. */
export class ConsentFailedError extends BankDataError {
  override name = "ConsentFailedError";
  /** As it was last looked up, with the state in which it ended. */
  readonly connection: Connection;

  constructor(message: string, connection: Connection) {
    super(message);
    this.connection = connection;
  }
}
