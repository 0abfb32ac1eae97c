/**
 * Builds the executable into `dist/executable/`: `start.js`, and a file for each part that is loaded when it is needed, so
 * that a start reads few files. It contains the sibling packages, from their sources, and third-party packages, whose
 * licences are beside it. The library entry points of the package are compiled by tsc, and import the siblings.
 */
import { writeFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { type OutputChunk, rolldown } from "rolldown";
import { notices, packagesOf } from "../../core/build/notices.ts";
import { builtinsWithoutImport, withoutUnusedBuiltin } from "./builtins.ts";

const project = resolve(import.meta.dirname, "../../..");
const executable = join(project, "packages/cli/dist/executable");

/** What every command loads: one file instead of several, each of which takes about half a millisecond. */
const BASE =
  /[\\/]cli[\\/](package\.json|src[\\/](version|ui[\\/](exit|printable|terminal))\.ts)$|[\\/]user-home\.ts$/;

/** What every command but `--version` loads besides. */
const COMMANDER =
  /[\\/]node_modules[\\/]commander[\\/]|[\\/]cli[\\/]src[\\/]ui[\\/](command-failure|command-line|help|wrong-use)\.ts$/;

/** The neutral model: one file of what commands and the archive share, so that neither loads the files of the other. */
const MODEL = /[\\/]core[\\/]src[\\/](bank[\\/]|(base[\\/]decimals?|limits[\\/](next-call|zoned-time))\.ts$)/;

const ARCHIVE = /[\\/]packages[\\/]archive[\\/]src[\\/]|[\\/]node_modules[\\/]big\.js[\\/]/;

/** What a sandbox loads for HTTPS only, with the libraries that it imports. */
const CERTIFICATES = /[\\/]sandbox[\\/]src[\\/]world[\\/]certificates\.ts$/;

/** The rest of the sandbox, but what loads those. */
const SANDBOX = /[\\/]packages[\\/]sandbox[\\/](?!src[\\/]world[\\/]authority\.ts$)/;

const bundle = await rolldown({
  input: { start: join(project, "packages/cli/src/start.ts") },
  platform: "node",
  // A file may export more than its own entry does, as a group that leaves out what it imports needs.
  preserveEntrySignatures: "allow-extension",
  external: ["pg"], // Installed by those who keep their archive in Postgres.
  resolve: { conditionNames: ["bankdata-source", "node", "import", "default"] },
  transform: { target: "node22.21" },
  tsconfig: false,
  plugins: [
    // Commander starts the executables of subcommands that have no action. Each of ours has one.
    withoutUnusedBuiltin("node:child_process", /[\\/]commander[\\/]/),
    builtinsWithoutImport(),
  ],
  onLog(_level, { message }) {
    throw new Error(message); // A warning is looked at before anything is published.
  },
});
const { output } = await bundle.write({
  dir: executable,
  cleanDir: true,
  format: "esm",
  sourcemap: true,
  sourcemapPathTransform: namedSource,
  entryFileNames: "[name].js",
  // Without a hash, so that in the compile cache a new version replaces the old one.
  chunkFileNames: "[name].js",
  codeSplitting: {
    // Which file loads which follows from the imports; these only get a name, or become one file instead of several.
    groups: [
      { name: "zod", test: /[\\/]node_modules[\\/]zod[\\/]/ },
      { name: "yaml", test: /[\\/]node_modules[\\/]yaml[\\/]/ },
      { name: "certificates", test: CERTIFICATES },
      { name: "sandbox", test: SANDBOX },
      // What they import stays in files of its own, as others import it too.
      { name: "model", test: MODEL, includeDependenciesRecursively: false },
      { name: "archive", test: ARCHIVE, includeDependenciesRecursively: false },
      { name: "kysely", test: /[\\/]node_modules[\\/]kysely[\\/]/ },
      { name: "base", test: BASE },
      { name: "commander", test: COMMANDER },
    ],
  },
});
const chunks = output.filter((file): file is OutputChunk => file.type === "chunk");
assertNoCircle(chunks);
// The bundler adds helpers of its own.
const bundler = fileURLToPath(import.meta.resolve("rolldown"));
const bundled = packagesOf([...chunks.flatMap((chunk) => chunk.moduleIds), bundler]);
writeFileSync(join(executable, "THIRD-PARTY-NOTICES.txt"), notices(bundled));

/** A source as a stack trace shows it: from the root of the project, or from the `node_modules` that it is in. */
function namedSource(source: string): string {
  const path = relative(project, resolve(executable, source)).split(sep).join("/");
  return path.slice(Math.max(0, path.lastIndexOf("node_modules/")));
}

/** In a circle, a file could use what {@link builtinsWithoutImport} declares in another one before it is declared. */
function assertNoCircle(files: readonly OutputChunk[]): void {
  const importsOf = new Map(files.map(({ fileName, imports }) => [fileName, imports]));
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) throw new Error(`a circle: ${[...path, name].join(" → ")}`);
    for (const imported of importsOf.get(name) ?? []) visit(imported, [...path, name]);
  };
  for (const { fileName } of files) visit(fileName, []);
}
