import { posix, win32 } from "node:path";

/** What the places of a user's files depend on. */
export interface Surroundings {
  /** The environment variables. */
  env: Readonly<Record<string, string | undefined>>;
  /** The operating system, as `process.platform` names it. */
  platform: string;
  /** The user's home folder. */
  home: string;
}

/** The variable that names each folder on Linux and other systems with XDG, and what applies below the home otherwise. */
const XDG = {
  cache: ["XDG_CACHE_HOME", ".cache"],
  configuration: ["XDG_CONFIG_HOME", ".config"],
  data: ["XDG_DATA_HOME", ".local/share"],
  state: ["XDG_STATE_HOME", ".local/state"],
} as const;

const MAC = {
  cache: "Library/Caches",
  configuration: "Library/Application Support",
  data: "Library/Application Support",
  state: "Library/Application Support",
} as const;

/** Configuration follows the user to other machines, and nothing else does. */
const WINDOWS = {
  cache: ["LOCALAPPDATA", "AppData\\Local"],
  configuration: ["APPDATA", "AppData\\Roaming"],
  data: ["LOCALAPPDATA", "AppData\\Local"],
  state: ["LOCALAPPDATA", "AppData\\Local"],
} as const;

/** The user's folder of a kind for bankdata. A variable with a relative path is ignored, as the XDG specification says. */
export function userFolder(
  kind: "cache" | "configuration" | "data" | "state",
  { env, platform, home }: Surroundings,
): string {
  if (platform === "darwin") return posix.join(home, MAC[kind], "bankdata");
  const [{ isAbsolute, join }, [variable, below]] =
    platform === "win32" ? [win32, WINDOWS[kind]] : [posix, XDG[kind]];
  const folder = env[variable];
  return join(folder !== undefined && isAbsolute(folder) ? folder : join(home, below), "bankdata");
}
