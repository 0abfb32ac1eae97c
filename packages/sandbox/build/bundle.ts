/**
 * Bundles into `dist/world/certificates.js` the libraries that it imports, so that nobody has to install them for what is
 * seldom used. The rest of the package is as tsc has compiled it.
 */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { notices, packagesOf } from "../../core/build/notices.ts";

const sandbox = resolve(import.meta.dirname, "..");
const dist = join(sandbox, "dist");

const bundle = await rolldown({
  input: join(sandbox, "src/world/certificates.ts"),
  platform: "node",
  transform: { target: "node22.21" },
  tsconfig: false,
  onLog(_level, { message }) {
    throw new Error(message); // Whatever is odd is looked at before it is published.
  },
});
const { output } = await bundle.write({
  file: join(dist, "world/certificates.js"),
  format: "esm",
  sourcemap: true,
});
const [chunk] = output;
const bundler = fileURLToPath(import.meta.resolve("rolldown")); // It adds helpers of its own.
writeFileSync(join(dist, "THIRD-PARTY-NOTICES.txt"), notices(packagesOf([...chunk.moduleIds, bundler])));
