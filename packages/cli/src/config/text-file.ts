import { ConfigurationError } from "bankdata-core/base";
import { FileTooLargeError, readSmallFile, UnusableFileError } from "bankdata-core/store";

/** The largest configuration, in bytes. A larger file was named by mistake. */
const MAX_BYTES = 1_000_000;

/**
 * A file's text; undefined if there is no such file. Never waits, and reads at most 1 MB.
 *
 * @throws ConfigurationError if it is not a file, or cannot be read
 */
export function readText(path: string): string | undefined {
  let text: string | undefined;
  try {
    text = readSmallFile(path, MAX_BYTES);
  } catch (error) {
    if (error instanceof FileTooLargeError) {
      throw new ConfigurationError(`${path} is too large to be a configuration.`, { cause: error });
    }
    throw new ConfigurationError(`${path} cannot be read: ${reasonOf(error)}.${hintFor(path)}`, {
      cause: error,
    });
  }
  if (text?.includes("\0"))
    throw new ConfigurationError(`${path} cannot be read: it is not a text in UTF-8.`);
  return text?.replace(/^\ufeff/, ""); // Some editors of Windows begin a text with a mark of its byte order.
}

function reasonOf(error: unknown): string {
  if (error instanceof UnusableFileError) return error.reason;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EACCES" || code === "EPERM") return "you are not allowed to read it";
  if (code === "ELOOP") return "it is a loop of links";
  return String(code ?? error);
}

/** Pipes, such as `<(…)` in a shell, and standard input can be read only once and may never end. */
function hintFor(path: string): string {
  return /^\/(dev|proc)\//.test(path) ? " Name a file on disk: pipes and devices are not read." : "";
}
