export { removeAbandonedFiles, writePrivateFile } from "./private-file.ts";
export { FileTooLargeError, readSmallFile, UnusableFileError } from "./regular-file.ts";
export { userHome } from "./user-home.ts";
