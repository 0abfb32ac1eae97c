/**
 * `npm run test:spec -- FILE`: holds the models and the sandbox to the service's OpenAPI file. Prints what it checked,
 * and ends with "N passed, N failed".
 */
import { readFileSync } from "node:fs";
import { checkModels } from "./models.ts";
import { checkSandbox } from "./sandbox.ts";
import { Specification } from "./specification.ts";

const [file] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write("Name the specification: npm run test:spec -- openapi.json\n");
  process.exit(2);
}

let passed = 0;
const failures: string[] = [];
const check = (what: string, problem: string | undefined) => {
  if (problem === undefined) passed += 1;
  else failures.push(`${what}: ${problem}`);
};

const specification = new Specification(JSON.parse(readFileSync(file, "utf8")));
checkModels(specification, check);
await checkSandbox(specification, check);

for (const failure of failures) process.stdout.write(`FAILED ${failure}\n`);
process.stdout.write(`${passed} passed, ${failures.length} failed\n`);
process.exitCode = failures.length === 0 ? 0 : 1;
