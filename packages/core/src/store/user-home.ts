import { homedir, userInfo } from "node:os";
import { isAbsolute } from "node:path";

/**
 * The user's home folder. An empty or relative HOME is ignored, as it would lead into the current folder. Then it is
 * the folder that the system knows, or else the root folder, in which the user has no files and can write none.
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
