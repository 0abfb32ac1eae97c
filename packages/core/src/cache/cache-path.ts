import { isAbsolute, join, resolve } from "node:path";
import { userFolder } from "../store/user-folder.ts";
import { userHome } from "../store/user-home.ts";

/** The name of the cache if none is given. */
export const DEFAULT_CACHE_NAME = "gocardless";

/** The path of the cache file of a name: the name itself if it is a path, otherwise in the user's cache folder. */
export function cacheFile(
  name: string = DEFAULT_CACHE_NAME,
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: string = process.platform,
): string {
  if (isAbsolute(name) || /[/\\]/.test(name)) return resolve(name);
  const { XDG_CACHE_HOME: xdg } = env;
  // Earlier versions respected it on every system, and a cache must not move.
  const folder =
    xdg !== undefined && isAbsolute(xdg)
      ? join(xdg, "bankdata")
      : userFolder("cache", { env, platform, home: userHome() });
  return join(folder, `${name.replace(/\.sqlite$/, "")}.sqlite`);
}
