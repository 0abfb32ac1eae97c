// Imported first by every face of the package, for its effect: on a Node.js that is too old, loading ends here, with a
// sentence, and not later with a function that does not exist. Uses only what old versions have.

/** Why a version of Node.js cannot run this package; undefined if it can. The manifest's `engines` has the same versions. */
export function whyUnsupported(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21)) return undefined;
  return `bankdata-core needs Node.js 22.21, or 24.5 or newer; this is ${version}. Install a newer one from nodejs.org.`;
}

const reason = whyUnsupported(process.versions.node);
if (reason !== undefined) {
  const error = new Error(reason);
  // The class itself is in a module that is only loaded afterwards.
  error.name = "ConfigurationError";
  throw error;
}
