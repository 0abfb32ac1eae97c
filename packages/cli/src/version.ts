import manifest from "../package.json" with { type: "json" };

/** The version of this package, which its siblings share. */
export function version(): string {
  return manifest.version;
}
