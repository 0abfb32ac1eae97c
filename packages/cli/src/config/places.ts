import { posix, win32 } from "node:path";
import { userHome } from "bankdata-core/store";

/** What the places of files depend on. */
export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  platform: NodeJS.Platform;
  home: string;
}

/** The surroundings of this process. */
export function surroundings(): Surroundings {
  return { env: process.env, cwd: process.cwd(), platform: process.platform, home: userHome() };
}

/** The user's folder for configuration of bankdata. */
export function configurationFolder({ env, platform, home }: Surroundings): string {
  if (platform === "win32") {
    return win32.join(absolute(env["APPDATA"], win32) ?? win32.join(home, "AppData", "Roaming"), "bankdata");
  }
  if (platform === "darwin") return posix.join(home, "Library", "Application Support", "bankdata");
  return posix.join(absolute(env["XDG_CONFIG_HOME"]) ?? posix.join(home, ".config"), "bankdata");
}

/** The user's folder for files that only bankdata edits, such as the state of the embedded sandbox. */
export function stateFolder(where: Surroundings): string {
  const { env, platform, home } = where;
  if (platform === "win32") {
    return win32.join(
      absolute(env["LOCALAPPDATA"], win32) ?? win32.join(home, "AppData", "Local"),
      "bankdata",
    );
  }
  if (platform === "darwin") return configurationFolder(where);
  return posix.join(absolute(env["XDG_STATE_HOME"]) ?? posix.join(home, ".local", "state"), "bankdata");
}

/** The XDG specification says to ignore a relative path. */
function absolute(path: string | undefined, { isAbsolute: isWhole } = posix): string | undefined {
  return path !== undefined && isWhole(path) ? path : undefined;
}
