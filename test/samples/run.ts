/**
 * Runs every program of the README as it stands, with the Node.js that runs this file, against the built packages and a
 * sandbox: `npm exec --package=node@22.21.0 -- node test/samples/run.ts`. What a sample takes from those above it, such as
 * `client`, is declared before it.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { startSandbox } from "bankdata-sandbox";

/** What each program prints, or writes into the file that it names, by the heading above it. */
const EXPECTED: readonly (readonly [heading: string, printed: RegExp])[] = [
  ["A first program", /^[A-Z]{2}\d+ \w+ -?\d+(\.\d+)? [A-Z]{3}$/m],
  [
    "Use it with your own credentials",
    /^MONZO_MONZGB2L Monzo[\s\S]*\nOpen http:\S+, log in at the bank and agree\.$/m,
  ],
  ["Use it with your own credentials", /^GB\d{2}[A-Z]{4}\d+ \[[\s\S]*amount: '-?\d+\.\d\d'/m],
  ["Use it as a library", /^$/],
  ["Use it as a library", /^\d{4}-\d\d-\d\d .* -?\d+\.\d\d GBP$/m],
  ["Keep every transaction", /^[0-9a-z]{26} \d{4}-\d\d-\d\d -?\d+\.\d\d GBP /m],
  ["Write a ledger", /^\d{4}-\d\d-\d\d \* .*\n[\s\S]*-?\d+\.\d\d GBP$/m],
  ["The sandbox", /balanceType: 'interim/],
];

const root = resolve(import.meta.dirname, "../..");
const samples = readFileSync(join(root, "README.md"), "utf8")
  .split(/^## /m)
  .flatMap((section) => {
    const [heading = ""] = section.split("\n", 1);
    return [...section.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => ({ heading, code }));
  });
const headings = EXPECTED.map(([heading]) => heading).join();
if (samples.map(({ heading }) => heading).join() !== headings)
  throw new Error(`README.md has other samples.`);

// Below the root, so that the packages are found, and outside of node_modules, where Node.js reads no TypeScript.
const folder = mkdtempSync(join(import.meta.dirname, "run-"));
const sandbox = await startSandbox();
const env = {
  PATH: process.env["PATH"],
  HOME: folder,
  GOCARDLESS_SECRET_ID: sandbox.credentials.secretId,
  GOCARDLESS_SECRET_KEY: sandbox.credentials.secretKey,
  BANKDATA_BASE_URL: sandbox.baseUrl,
};
try {
  for (const [at, { heading, code }] of samples.entries()) {
    const file = join(folder, `${at}.mts`);
    writeFileSync(
      file,
      `${declarationsFor(code)}\n${code}\n${code.includes("close()") ? "" : "await client.close();"}\n`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, [file], {
      cwd: folder,
      env,
      timeout: 60_000,
    });
    const [, written] = /writeFileSync\("(.*?)"/.exec(code) ?? [];
    const output = written === undefined ? stdout : readFileSync(join(folder, written), "utf8");
    const expected = EXPECTED[at]?.[1] ?? /^\0/;
    if (!expected.test(output))
      throw new Error(`Sample ${at + 1}, under "${heading}", printed: ${output.slice(0, 500)}`);
    await agree();
  }
  console.log(`The README's ${samples.length} programs run on Node.js ${process.versions.node}.`);
} finally {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
}

/** What a sample uses and does not declare. */
function declarationsFor(code: string): string {
  const client = `new (await import("bankdata-core")).GoCardlessClient({
    secretId: process.env.GOCARDLESS_SECRET_ID, secretKey: process.env.GOCARDLESS_SECRET_KEY,
    baseUrl: process.env.BANKDATA_BASE_URL })`;
  const missing = {
    GoCardlessClient: `(await import("bankdata-core")).GoCardlessClient`,
    secretId: "process.env.GOCARDLESS_SECRET_ID",
    secretKey: "process.env.GOCARDLESS_SECRET_KEY",
    client,
  };
  return Object.entries(missing)
    .filter(([name]) => new RegExp(`\\b${name}\\b`).test(code))
    .filter(([name]) => !new RegExp(`(?:const|import \\{|,) ${name}\\b`).test(code))
    .filter(([name]) => !new RegExp(`${name}:`).test(code))
    .map(([name, value]) => `const ${name} = ${value};`)
    .join("\n");
}

/** The end user agrees to every connection that waits. */
async function agree(): Promise<void> {
  for (const { id, status } of sandbox.state().requisitions)
    if (status === "CR") await sandbox.authorise(id, { outcome: "linked" });
}
