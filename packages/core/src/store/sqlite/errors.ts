/** The primary result codes of SQLite that are handled: https://sqlite.org/rescode.html */
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

/** A file is ours, but its schema is broken. */
export class BrokenSchemaError extends Error {
  override name = "BrokenSchemaError";
}

/** Whether the file itself is damaged, which is the only reason to replace it. */
export function isDamage(error: unknown): boolean {
  const code = codeOf(error);
  return error instanceof BrokenSchemaError || code === CODE.corrupt || code === CODE.notADatabase;
}

/** Whether another connection holds a lock, so that the same may succeed a moment later. */
export function isBusy(error: unknown): boolean {
  const code = codeOf(error);
  return error instanceof BusyError || code === CODE.busy || code === CODE.locked;
}

/**
 * Whether the file has changed since it was opened, so that it has to be opened again to find out how it can be used.
 */
export function isLostConnection(error: unknown): boolean {
  const code = codeOf(error);
  return code === CODE.readOnly || code === CODE.ioError || code === CODE.cannotOpen;
}

/** Whether a statement does not fit the schema. */
export function isMisfit(error: unknown): boolean {
  return codeOf(error) === CODE.error;
}

/** The file is busy or was just replaced; SQLite itself reports some locks in a row instead of throwing an error. */
export class BusyError extends Error {
  override name = "BusyError";
}

/** Node reports the extended code, whose lowest byte is the primary one. */
function codeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number")
    return undefined;
  return error.errcode & 0xff;
}
