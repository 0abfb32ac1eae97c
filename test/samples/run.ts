/**
 * Runs the README's first program as it stands, with the Node.js that runs this
 * file, against the built packages: `npm exec --package=node@22.21.0 -- node test/samples/run.ts`.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");
const readme = readFileSync(join(root, "README.md"), "utf8");
const [, program] = /^## A first program\n.*?^```ts\n(.*?)^```$/ms.exec(readme) ?? [];
if (program === undefined) throw new Error("README.md has no first program.");

// Below the root, so that the packages are found.
const parent = join(root, "node_modules/.samples");
mkdirSync(parent, { recursive: true });
const folder = mkdtempSync(join(parent, "run-"));
try {
  const file = join(folder, "program.mjs");
  writeFileSync(file, program);
  const output = execFileSync(process.execPath, [file], { encoding: "utf8", timeout: 60_000 });
  if (!/^[A-Z]{2}\d+ \w+ -?\d+(\.\d+)? [A-Z]{3}$/m.test(output)) throw new Error(`It printed: ${output}`);
  console.log(`The README's first program runs on Node.js ${process.versions.node}.`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
