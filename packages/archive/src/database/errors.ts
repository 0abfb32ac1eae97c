import { BankDataError } from "bankdata-core/base";

/**
 * The archive cannot be read or written now: another process is writing for long, the disk is full, the file or its
 * folder is read-only, the server is away. What was committed is safe, the transaction under way was undone, and the
 * same call succeeds once the cause is gone.
 */
export class ArchiveUnavailableError extends BankDataError {
  override name = "ArchiveUnavailableError";
}

/** The archive's file is damaged. It was left as it is: only its owner can say what takes its place. */
export class ArchiveDamagedError extends BankDataError {
  override name = "ArchiveDamagedError";
  /** The archive's file. */
  readonly file: string;
  /** The copy that was made before the last migration; null if there is none. */
  readonly copy: string | null;

  constructor(message: string, { file, copy, cause }: { file: string; copy: string | null; cause: unknown }) {
    super(message, { cause });
    this.file = file;
    this.copy = copy;
  }
}

/** This version of bankdata cannot use the archive: a newer one made it, or its migration failed and was undone. */
export class ArchiveVersionError extends BankDataError {
  override name = "ArchiveVersionError";
  /** The version of the archive's tables. */
  readonly found: number;
  /** The newest version that this version of bankdata knows. */
  readonly supported: number;

  constructor(
    message: string,
    { found, supported, cause }: Pick<ArchiveVersionError, "found" | "supported"> & { cause?: unknown },
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.found = found;
    this.supported = supported;
  }
}
