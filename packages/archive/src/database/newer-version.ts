import { ArchiveVersionError } from "./errors.ts";

/** The error for an archive that a newer version of bankdata made. */
export function newerVersion(archive: string, found: number, supported: number): ArchiveVersionError {
  return new ArchiveVersionError(
    `The archive ${archive} was made by a newer version of bankdata: its tables have version ${found}, and this one knows them up to ${supported}. It was left as it is; update bankdata.`,
    { found, supported },
  );
}
