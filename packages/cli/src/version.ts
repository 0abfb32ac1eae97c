import { readFileSync } from "node:fs";

/** The version of this package, which its siblings share. From the manifest: that is one small file to load. */
export function version(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL("../package.json", import.meta.url), "utf8"),
  );
  return manifest.version;
}
