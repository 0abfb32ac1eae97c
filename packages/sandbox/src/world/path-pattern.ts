import { createContext, Script } from "node:vm";
import { ControlError } from "./control-error.ts";

/** In milliseconds, for one path. */
const LONGEST_MATCH = 100;

const search = new Script("path.search(pattern) !== -1");

/** The context of the script. Making one takes longer than most requests, so there is one for all. */
const searched = { pattern: / /, path: "" };
createContext(searched);

/**
 * Whether a tester's pattern matches anywhere in a path. The time of some patterns doubles with each character, so it is
 * limited, which a regular expression alone cannot be.
 *
 * @throws ControlError if matching takes too long
 */
export function matches(pattern: RegExp, path: string): boolean {
  try {
    Object.assign(searched, { pattern, path });
    return search.runInContext(searched, { timeout: LONGEST_MATCH }) === true;
  } catch (error) {
    if (!isTimeout(error)) throw error;
    throw new ControlError(
      `The pattern ${pattern} of a fault takes too long to match ${path.slice(0, 200)}. The fault was removed.`,
    );
  }
}

/** The error is of the context's own class, and so no `Error` here. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === "object" &&
    error !== null &&
    "code" in error &&
    error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT"
  );
}
