import { homedir, userInfo } from "node:os";
import { isAbsolute } from "node:path";

/**
 * The user's home. HOME may be empty or relative, which would make a file of the current folder the user's own; the
 * system knows better then, or else it is the root folder, in which nothing of theirs is and nothing can be written.
 */
export function userHome(): string {
  const home = homedir();
  if (isAbsolute(home)) return home;
  try {
    return userInfo().homedir;
  } catch {
    return "/";
  }
}
