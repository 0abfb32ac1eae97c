import { isAbsolute, join, resolve } from "node:path";
import { userHome } from "../store/user-home.ts";

/** The name of the cache if none is given. */
export const DEFAULT_CACHE_NAME = "gocardless";

/** The path of the cache file of a name: the name itself if it is a path, otherwise in the user's cache folder. */
export function cacheFile(
  name: string = DEFAULT_CACHE_NAME,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: string = process.platform,
): string {
  if (isAbsolute(name) || /[/\\]/.test(name)) return resolve(name);
  return join(userCacheFolder(environment, platform), "bankdata", `${name.replace(/\.sqlite$/, "")}.sqlite`);
}

function userCacheFolder(
  environment: Readonly<Record<string, string | undefined>>,
  platform: string,
): string {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = environment;
  if (xdg !== undefined && isAbsolute(xdg)) return xdg;
  if (platform === "darwin") return join(userHome(), "Library", "Caches");
  if (platform === "win32") return local ?? join(userHome(), "AppData", "Local");
  return join(userHome(), ".cache");
}
