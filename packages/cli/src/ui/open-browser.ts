import { spawn } from "node:child_process";

/** What opening a browser depends on. */
export interface BrowserSurroundings {
  platform: NodeJS.Platform;
  env: Readonly<Record<string, string | undefined>>;
}

/** Opens an address in the person's browser. Returns false if there is none to open; never throws. */
export async function openBrowser(url: string, { platform, env }: BrowserSurroundings): Promise<boolean> {
  if (!/^https?:\/\//.test(url)) return false;
  const [program, ...args] = commandFor(url, platform, env);
  if (program === undefined) return false;
  return await new Promise((resolve) => {
    const child = spawn(program, args, { stdio: "ignore", detached: true });
    child.once("error", () => resolve(false));
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}

function commandFor(url: string, platform: NodeJS.Platform, env: BrowserSurroundings["env"]): string[] {
  const named = env["BROWSER"];
  if (named !== undefined && named !== "") return [named, url];
  if (platform === "darwin") return ["open", url];
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler", url];
  const hasScreen = Boolean(env["DISPLAY"]) || Boolean(env["WAYLAND_DISPLAY"]);
  return hasScreen ? ["xdg-open", url] : [];
}
