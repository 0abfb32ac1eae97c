/** The primary result codes of SQLite that decide what is done: https://sqlite.org/rescode.html */
const CODE = {
  error: 1,
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

/** A file is ours, but SQLite cannot make sense of its schema. */
export class BrokenSchemaError extends Error {
  override name = "BrokenSchemaError";
}

/** Whether the file itself is damaged: the one reason to put another in its place. */
export function isDamage(error: unknown): boolean {
  const code = codeOf(error);
  return error instanceof BrokenSchemaError || code === CODE.corrupt || code === CODE.notADatabase;
}

/** Whether somebody else holds a lock, so that a moment later the same can succeed. */
export function isBusy(error: unknown): boolean {
  const code = codeOf(error);
  return error instanceof BusyError || code === CODE.busy || code === CODE.locked;
}

/**
 * Whether the file is no longer as it was opened, so that it has to be opened again to know what can be done with it.
 */
export function isLostConnection(error: unknown): boolean {
  const code = codeOf(error);
  return code === CODE.readOnly || code === CODE.ioError || code === CODE.cannotOpen;
}

/** Whether a statement does not fit the schema. */
export function isMisfit(error: unknown): boolean {
  return codeOf(error) === CODE.error;
}

/** A lock is held by another process, as SQLite reports in a row instead of throwing it. */
export class BusyError extends Error {
  override name = "BusyError";
}

/** Node reports the extended code, whose lowest byte is the primary one. */
function codeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number")
    return undefined;
  return error.errcode & 0xff;
}

/** What an error says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
