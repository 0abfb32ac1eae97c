/**
 * Packs the package, installs the tarball into an empty folder, imports it from ESM JavaScript, type-checks a small
 * TypeScript file against its declarations, and starts its executable. Needs the npm registry for the dependencies.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const project = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "bankdata-package-"));
const run = (command: string, args: readonly string[]) =>
  execFileSync(command, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

try {
  execFileSync("npm", ["pack", "--pack-destination", folder, "--ignore-scripts", "--silent"], {
    cwd: project,
  });
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error("npm pack made no tarball");
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "consumer", private: true, type: "module" }),
  );
  run("npm", ["install", "--silent", "--no-audit", "--no-fund", join(folder, tarball)]);

  writeFileSync(
    join(folder, "use.js"),
    `import { GoCardlessClient, InvalidRequestError, version } from "bankdata";
     import { startSandbox } from "bankdata/sandbox";
     const sandbox = await startSandbox({ port: 0, seed: 1 });
     const client = new GoCardlessClient({ ...sandbox.credentials, baseUrl: sandbox.baseUrl, cacheOptions: false });
     const banks = await client.getInstitutions("GB");
     const refused = await client.getInstitutions("XX").catch((error) => error instanceof InvalidRequestError);
     await sandbox.close();
     console.log(JSON.stringify({ banks: banks.length > 2, refused, version }));`,
  );
  const used: unknown = JSON.parse(run(process.execPath, ["use.js"]));
  expect(
    JSON.stringify(used).startsWith('{"banks":true,"refused":true,"version":"'),
    `use.js printed ${JSON.stringify(used)}`,
  );

  writeFileSync(
    join(folder, "use.ts"),
    `import { type AccountBalances, GoCardlessClient, type Transaction } from "bankdata";
     import { startSandbox } from "bankdata/sandbox";
     const client = new GoCardlessClient({ secretId: "a", secretKey: "b" });
     export const balances: Promise<AccountBalances> = client.getAccountBalances("id");
     export const amount = (transaction: Transaction): string => transaction.transactionAmount.amount;
     // @ts-expect-error an amount is a decimal string, never a number
     export const sum = (transaction: Transaction): number => transaction.transactionAmount.amount;
     export const sandbox = startSandbox({ port: 0 });`,
  );
  const options = [
    "--strict",
    "--noEmit",
    "--module",
    "nodenext",
    "--target",
    "es2022",
    "--lib",
    "es2024,esnext.disposable",
    "--types",
    "node",
    "--typeRoots",
    join(project, "node_modules/@types"),
  ];
  run(process.execPath, [join(project, "node_modules/typescript/bin/tsc"), ...options, "use.ts"]);

  const printed = run(process.execPath, [
    join(folder, "node_modules/bankdata/bin/bankdata.js"),
    "--version",
  ]).trim();
  expect(/^\d+\.\d+\.\d+$/.test(printed), `bankdata --version printed ${printed}`);
  console.log(`The packed tarball imports, type-checks and starts (version ${printed}).`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function expect(held: boolean, otherwise: string): void {
  if (!held) throw new Error(otherwise);
}
