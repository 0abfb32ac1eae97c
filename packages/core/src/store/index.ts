/**
 * The store keeps what has to outlive a call: files that only their owner can read, key-value records, sealed secrets,
 * leases, and the SQLite file that processes share. Every write is atomic: a process that is killed at any moment
 * leaves the old state or the new one. The database of another program is never changed.
 */

import "../base/supported-node.ts";

export { abandonedFiles, removeAbandonedFiles, writePrivateFile } from "./private-file.ts";
export { canOthersWriteBeside, makePrivateFolder, namesIn, whyFolderUnwritable } from "./private-folder.ts";
export { FileTooLargeError, readSmallFile, UnusableFileError } from "./regular-file.ts";
export { isBusy, isDamage } from "./sqlite/errors.ts";
export { type FileKind, type ForeignFile, kindOf, type NoFile, type UsableFile } from "./sqlite/file-kind.ts";
export type { FileMark } from "./sqlite/file-mark.ts";
export { withoutSqliteWarning } from "./sqlite/load-sqlite.ts";
export { removeSetAside, type SetAside } from "./sqlite/set-aside.ts";
export { type Surroundings, userFolder } from "./user-folder.ts";
export { userHome } from "./user-home.ts";
