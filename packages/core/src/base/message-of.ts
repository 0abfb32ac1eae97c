import { isError } from "./is-error.ts";

/** The message of what was thrown, which need not be an Error. */
export function messageOf(error: unknown): string {
  return isError(error) ? String(error.message) : String(error);
}
