/**
 * Runs third-party programs against the sandbox, unmodified, two at a time. Each of them is one file in `programs/`.
 * Needs Python 3.12 or newer with venv, and access to the package indexes.
 *
 * npm run test:interop -- SPECIFICATION [NAME …]
 *
 * With names, only the programs whose name contains one of them are run.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Outcome, outcomeOf, type Program } from "./program.ts";
import { beancountGocardless } from "./programs/beancount-gocardless.ts";
import { gocardlessBankaccountdata } from "./programs/gocardless-bankaccountdata.ts";
import { leggen } from "./programs/leggen.ts";
import { nordigen } from "./programs/nordigen.ts";
import { ofxstatementNordigen } from "./programs/ofxstatement-nordigen.ts";
import { schemathesis } from "./programs/schemathesis.ts";
import { tariochbctools } from "./programs/tariochbctools.ts";
import { newEnoughPython } from "./python.ts";

const AT_A_TIME = 2;
/** The longest first, so that none is left to run alone at the end. */
const PROGRAMS: Program[] = [
  gocardlessBankaccountdata,
  schemathesis,
  beancountGocardless,
  tariochbctools,
  ofxstatementNordigen,
  leggen,
  nordigen,
];

const [given, ...names] = process.argv.slice(2);
if (given === undefined || !existsSync(given)) {
  fail("Pass the path of the service's OpenAPI file: npm run test:interop -- FILE [NAME …]");
}
const specification = resolve(given);
const found = newEnoughPython();
if (found === undefined) fail("Python 3.12 or newer was not found: install it on PATH or with pyenv.");
const python = found;
const unknown = names.find((name) => !PROGRAMS.some((program) => program.name.includes(name)));
if (unknown !== undefined) {
  fail(`No program is called "${unknown}". There are: ${PROGRAMS.map(({ name }) => name).join(", ")}`);
}
const wanted = PROGRAMS.filter(({ name }) => names.length === 0 || names.some((one) => name.includes(one)));
const outcomes = await runAll(wanted);
const count = (outcome: Outcome) => outcomes.filter((one) => one === outcome).length;
console.log(`${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped`);
process.exitCode = count("failed") === 0 ? 0 : 1;

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

/** Runs the programs, each in a folder of its own. */
async function runAll(programs: readonly Program[]): Promise<Outcome[]> {
  const root = mkdtempSync(join(tmpdir(), "bankdata-interop-"));
  process.once("exit", () => rmSync(root, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
  const outcomes: Outcome[] = [];
  const waiting = programs.entries();
  const worker = async () => {
    for (const [index, program] of waiting) {
      const folder = join(root, `${index}`);
      mkdirSync(folder);
      outcomes.push(await outcomeOf(program, { folder, python, specification }));
      rmSync(folder, { recursive: true, force: true });
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return outcomes;
}
