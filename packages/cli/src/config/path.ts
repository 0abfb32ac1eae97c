import { isAbsolute, resolve, sep } from "node:path";
import { ConfigurationError } from "bankdata-core/base";
import { isInside } from "./inside.ts";
import type { Setting } from "./source.ts";

/**
 * The absolute path that a setting names; `~` is the home. In a file it is relative to the file's folder, in the
 * environment to the current one. A file of the current folder may name only paths inside that folder, links followed:
 * it may be somebody else's, and the path is written to.
 *
 * @throws ConfigurationError naming the setting if a folder's file leads out of its folder
 */
export function settledPath(setting: Setting, home: string): string {
  const { value, key, place, base, sources } = setting;
  const path = resolve(
    base,
    value.replace(/^~(?=$|[/\\])/, () => home),
  );
  for (const { folder } of sources) {
    if (folder === null || isInside(path, folder)) continue;
    throw new ConfigurationError(
      `${place}: ${key} leads out of ${folder}. A configuration found in the current folder may only use paths inside that folder: name another path, or set ${key} in the environment or in your own configuration.`,
    );
  }
  return path;
}

/** Whether a cache name is a plain name, which is a file in the user's cache folder. */
export function isPlainName(name: string): boolean {
  if (isAbsolute(name) || /[/\\]/.test(name)) return false;
  if (sep === "\\" && name.includes(":")) return false; // A drive, or a stream of another file.
  return !/^~?$|^\.{1,2}$|\p{Cc}/u.test(name);
}
