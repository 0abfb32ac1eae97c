/** Where this library logs what it does. Messages hold no secrets, no tokens and no whole IBANs. */
export interface Logger {
  /** Logs each response with its status, and faults of a storage backend that have no other effect. */
  debug(message: string): void;
  /** Logs what needs no attention, such as a retry or new tokens. */
  info(message: string): void;
  /** Logs what failed without failing the call, such as a cache that cannot be read. */
  warn(message: string): void;
  /** Not called by this library, which throws its errors; declared so that any usual logger fits. */
  error(message: string): void;
}

/** Discards every message. */
export const silentLogger: Logger = Object.freeze({
  debug() {},
  info() {},
  warn() {},
  error() {},
});
