/**
 * Builds the package into `dist/`: a file for each of its faces, two files that faces share, and one file of declarations.
 * As a file for each module it would take twice the space. zod is imported.
 */
import { writeFileSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { type OutputChunk, type OutputOptions, rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";
import manifest from "../package.json" with { type: "json" };
import { notices, packagesOf } from "./notices.ts";

const core = resolve(import.meta.dirname, "..");
const dist = join(core, "dist");

/** The bundler's helper for `using`, which Node.js 22 does not have. */
const USING = "usingCtx";

/** The sources of the faces, by the names of their files in `dist/`. */
const faces = Object.fromEntries(
  Object.values(manifest.exports)
    .filter((face) => typeof face !== "string")
    .map((face) => [/^\.\/dist\/(.+)\.js$/.exec(face.default)?.[1] ?? "", face["bankdata-source"]]),
);

const input = {
  cwd: core,
  input: faces,
  external: Object.keys(manifest.dependencies),
  platform: "node",
  onLog(_level: string, { message }: { message: string }) {
    throw new Error(message); // Whatever is odd is looked at before it is published.
  },
} as const;

const output: OutputOptions = {
  dir: dist,
  format: "esm",
  sourcemap: true,
  sourcemapExcludeSources: true, // They are in the package.
  minifyInternalExports: false,
  // The faces refer to these by name, so a new version replaces the old files.
  chunkFileNames: "[name].js",
};

const modules = await rolldown({ ...input, tsconfig: false, transform: { target: "node22.21" } });
const written = await modules.write({
  ...output,
  cleanDir: true,
  // The docstrings are in the declarations, and all comments in the sources.
  comments: { annotation: true, jsdoc: false, legal: true },
  codeSplitting: {
    // What only the main face uses is in its own file. Whoever imports a face of the model does not load zod.
    groups: [
      // In a file of its own, which the manifest names as one with a side effect.
      { name: "supported-node", test: /[\\/]src[\\/]base[\\/]supported-node\.ts$/ },
      { name: "model", test: /[\\/]src[\\/](base|bank|connect)[\\/]/ },
      { name: "storage", test: /[\\/]src[\\/](schema|store|cache|limits)[\\/]/ },
      { name: USING, test: /usingCtx/ },
    ],
  },
});
const chunks = written.output.filter((file): file is OutputChunk => file.type === "chunk");
chunks.forEach(assertContent);
writeFileSync(
  join(dist, "THIRD-PARTY-NOTICES.txt"),
  notices(packagesOf([fileURLToPath(import.meta.resolve("rolldown"))])),
);

const declarations = await rolldown({
  ...input,
  plugins: [dts({ emitDtsOnly: true, cwd: core, tsconfig: join(core, "tsconfig.json") })],
});
await declarations.write({
  ...output,
  codeSplitting: { groups: [{ name: "declarations.d", test: /./ }] },
});

/** Code of others would need its licence in the package, and the model must not load the rest. */
function assertContent({ name, fileName, moduleIds, imports }: OutputChunk): void {
  const foreign = moduleIds.filter((id) => !id.startsWith(join(core, "src") + sep));
  if (foreign.length > 0 && name !== USING) throw new Error(`${fileName} contains ${foreign}`);
  const others = imports.filter((one) => !one.startsWith("node:") && one !== "supported-node.js");
  if (name === "model" && others.length > 0) throw new Error(`${fileName} loads ${others}`);
}
