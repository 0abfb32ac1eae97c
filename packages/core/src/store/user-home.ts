import { homedir, userInfo } from "node:os";
import { isAbsolute } from "node:path";

/**
 * The user's home folder. If HOME is empty or relative, which would make a file in the current folder the user's own,
 * it is what the system says, or else the root folder, in which the user has no files and can write none.
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
