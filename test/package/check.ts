/**
 * Packs the packages, installs the tarballs into empty folders, and uses them there: from ESM, CommonJS and TypeScript,
 * and as an executable. Needs the npm registry for the dependencies of others.
 */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pack, packageFolders, project } from "./packed.ts";

/** What users of the executable install themselves, if they need it. */
const OPTIONAL = ["pg"];

const folder = mkdtempSync(join(tmpdir(), "bankdata-package-"));

try {
  checkCoreAlone(pack("core", folder));
  const consumer = installed(
    "consumer",
    packageFolders.map((name) => pack(name, folder)),
  );
  checkMaps(consumer);
  checkBundle(consumer);
  checkModules(consumer);
  checkTypes(consumer);
  checkExecutable(consumer);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** An empty folder with packages installed into it. */
function installed(name: string, tarballs: readonly string[]): string {
  const place = join(folder, name);
  mkdirSync(place);
  writeFileSync(join(place, "package.json"), JSON.stringify({ name, private: true, type: "module" }));
  execFileSync("npm", ["install", "--silent", "--no-audit", "--no-fund", ...tarballs], { cwd: place });
  return place;
}

/** Whoever embeds the client installs it and zod. */
function checkCoreAlone(tarball: string): void {
  const place = installed("core-alone", [tarball]);
  const modules = readdirSync(join(place, "node_modules")).filter((name) => !name.startsWith("."));
  expect(modules.sort().join(" ") === "bankdata-core zod", `bankdata-core installs ${modules.join(" ")}`);
  const printed = node(
    place,
    "alone.js",
    `import { readFileSync } from "node:fs";
     import * as core from "bankdata-core";
     const { exports } = JSON.parse(readFileSync("node_modules/bankdata-core/package.json", "utf8"));
     const rooms = Object.keys(exports).map((face) => /^\\.\\/(\\w+)$/.exec(face)?.[1]).filter(Boolean);
     const twice = [];
     for (const room of rooms) {
       const face = await import("bankdata-core/" + room);
       twice.push(...Object.keys(face).filter((name) => name in core && face[name] !== core[name]));
     }
     // Only a cache in a file needs SQLite, and some versions of Node.js warn about it.
     const loadsSqlite = process.moduleLoadList.includes("NativeModule sqlite");
     console.log([core.version, rooms.length, twice.length, loadsSqlite].join(" "));`,
  );
  expect(printed === `${versionOf("core")} 7 0 false`, `bankdata-core alone printed ${printed}`);
  checkHelpers(place);
}

/** The bundled core loads nothing but its own files, Node.js and zod, and has the licence of the bundler's helpers. */
function checkHelpers(place: string): void {
  const dist = distOf(place, "core");
  const files = readdirSync(dist);
  for (const file of files.filter((name) => name.endsWith(".js"))) {
    const text = readFileSync(join(dist, file), "utf8");
    const loaded = [...text.matchAll(/^(?:import|export) (?:.* from )?"(.*)";$|\bimport\("(.*?)"\)/gm)];
    const foreign = loaded
      .map(([, fixed, late]) => fixed ?? late ?? "")
      .filter((one) => !/^\.\/[\w.-]+\.js$|^node:|^zod$/.test(one));
    expect(foreign.length === 0, `${file} of core loads ${foreign}`);
  }
  const helped = files.some((name) => /^(?:rolldown-runtime|usingCtx)\.js$/.test(name));
  const notices = helped ? readFileSync(join(dist, "THIRD-PARTY-NOTICES.txt"), "utf8") : "";
  expect(!helped || notices.includes("## rolldown "), "the core has no licence of the bundler's helpers");
}

/**
 * Every module and every declaration has a map, whose sources are in the package, or in the map itself: "go to definition"
 * and stack traces show them.
 */
function checkMaps(place: string): void {
  for (const name of packageFolders) {
    const dist = distOf(place, name);
    const files = readdirSync(dist, { recursive: true, encoding: "utf8" });
    const built = files.filter((file) => /\.js$|\.d\.ts$/.test(file));
    expect(built.length > 2, `${dist} has ${built.length} files`);
    for (const file of built) {
      const text = readFileSync(join(dist, file), "utf8");
      if (hasNoSource(file, text)) continue;
      const { sources, sourcesContent = [] } = mapOf(join(dist, file));
      const missing = sources.filter(
        (source, at) =>
          !(sourcesContent[at] || source.endsWith(".json")) &&
          !existsSync(resolve(dist, dirname(file), source)),
      );
      expect(sources.length > 0 && missing.length === 0, `${file} of ${name} maps to ${sources}`);
      expect(text.includes("sourceMappingURL="), `${file} of ${name} does not name its map`);
    }
  }
}

interface SourceMap {
  sources: string[];
  sourcesContent?: string[];
}

function mapOf(file: string): SourceMap {
  return JSON.parse(readFileSync(`${file}.map`, "utf8"));
}

function distOf(place: string, name: (typeof packageFolders)[number]): string {
  return join(place, "node_modules", name === "cli" ? "bankdata" : `bankdata-${name}`, "dist");
}

/** Whether a module only hands on what another one exports, or is the bundler's own. */
function hasNoSource(file: string, text: string): boolean {
  if (/^(?:executable[\\/])?(?:rolldown-runtime|usingCtx)\.js$/.test(file)) return true;
  const lines = text
    .replaceAll(/^\/\*\*.*?\*\/\n/gms, "")
    .trim()
    .split("\n");
  return lines.every((line) => /^(?:import|export) (?:\{.*\}.*|".*");$/.test(line));
}

/** The executable loads nothing but its own files, and every third-party package in it has its licence beside it. */
function checkBundle(place: string): void {
  const folder = join(distOf(place, "cli"), "executable");
  const notices = readFileSync(join(folder, "THIRD-PARTY-NOTICES.txt"), "utf8").split(/^## /m).slice(1);
  const files = readdirSync(folder).filter((file) => file.endsWith(".js"));
  const bundled = new Set<string>();
  for (const file of files) {
    const text = readFileSync(join(folder, file), "utf8");
    const loaded = [...text.matchAll(/^(?:import|export) (?:.* from )?"(.*)";$|\bimport\("(.*?)"\)/gm)];
    const foreign = loaded
      .map(([, fixed, late]) => fixed ?? late ?? "")
      .filter((one) => !/^\.\/[\w.-]+\.js$|^node:/.test(one) && !OPTIONAL.includes(one));
    expect(foreign.length === 0, `${file} loads ${foreign}`);
    if (hasNoSource(file, text)) continue;
    for (const source of mapOf(join(folder, file)).sources) {
      const [, name] = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source) ?? [];
      if (name !== undefined) bundled.add(name);
      else expect(source.startsWith("packages/"), `${file} contains ${source}`);
    }
  }
  expect(bundled.has("commander") && bundled.has("hono"), `the executable contains ${[...bundled]}`);
  for (const name of bundled) {
    const notice = notices.find((one) => one.startsWith(`${name} `));
    expect(notice !== undefined && notice.length > 500, `the notice of ${name} is ${notice}`);
  }
}

function checkModules(place: string): void {
  const used = node(
    place,
    "use.js",
    `import * as whole from "bankdata";
     import { beancountLedger } from "bankdata/archive";
     import { startSandbox } from "bankdata/sandbox";
     import * as core from "bankdata-core";
     import * as archive from "bankdata-archive";
     import * as sandboxes from "bankdata-sandbox";
     for (const name of Object.keys(core)) if (whole[name] !== core[name]) throw new Error(name);
     if (beancountLedger !== archive.beancountLedger || startSandbox !== sandboxes.startSandbox) throw new Error("twice");
     const sandbox = await startSandbox({ port: 0, seed: 1, tls: { folder: "authority" } });
     const client = new whole.GoCardlessClient({ ...sandbox.clientOptions(), cacheOptions: false });
     if (!sandbox.tls?.ca.endsWith("ca.pem")) throw new Error("no authority");
     const banks = await client.getInstitutions("GB");
     const refused = await client.getInstitutions("XX").catch((error) => error instanceof core.InvalidRequestError);
     await sandbox.close();
     console.log(JSON.stringify({ banks: banks.length > 2, refused, version: whole.version }));`,
  );
  expect(used === `{"banks":true,"refused":true,"version":"${versionOf("cli")}"}`, `use.js printed ${used}`);
  const required = node(
    place,
    "use.cjs",
    `const { GoCardlessClient } = require("bankdata");
     const names = ["bankdata/archive", "bankdata/sandbox", "bankdata-core", "bankdata-archive", "bankdata-sandbox"];
     const rooms = ["base", "schema", "store", "cache", "limits"].map((room) => "bankdata-core/" + room);
     const all = [...names, ...rooms].map((name) => require(name));
     console.log(all.every((module) => Object.keys(module).length > 0) && typeof GoCardlessClient);`,
  );
  expect(required === "function", `use.cjs printed ${required}`);
}

function checkTypes(place: string): void {
  const nodeTypes = ["--types", "node", "--typeRoots", join(project, "node_modules/@types")];
  writeFileSync(
    join(place, "use.ts"),
    `import { type AccountBalances, GoCardlessClient, type Transaction } from "bankdata";
     import { beancountLedger, type Ledger } from "bankdata/archive";
     import { startSandbox } from "bankdata/sandbox";
     import { GoCardlessClient as Same } from "bankdata-core";
     const client: Same = new GoCardlessClient({ secretId: "a", secretKey: "b" });
     export const balances: Promise<AccountBalances> = client.getAccountBalances("id");
     export const amount = (transaction: Transaction): string => transaction.transactionAmount.amount;
     // @ts-expect-error an amount is a decimal string, never a number
     export const sum = (transaction: Transaction): number => transaction.transactionAmount.amount;
     export const ledger: Ledger = beancountLedger([], "2026-11-23");
     export const sandbox = startSandbox({ port: 0 });`,
  );
  compile(place, "use.ts", nodeTypes);
  writeFileSync(
    join(place, "types-only.ts"),
    `import type { CacheOptions, ClientOptions, CreateRequisitionRequest, GoCardlessClient, Transaction } from "bankdata-core";
     import type { BankDataError, Logger } from "bankdata-core/base";
     import type { CacheEntry } from "bankdata-core/cache";
     import type { AccountQuota } from "bankdata-core/limits";
     import type { Unreadable } from "bankdata-core/schema";
     import type { UnusableFileError } from "bankdata-core/store";
     import type { Ledger } from "bankdata-archive";
     import type { Sandbox } from "bankdata-sandbox";
     export type Both = [GoCardlessClient, import("bankdata").GoCardlessClient, import("bankdata/sandbox").Sandbox];
     export type All = [BankDataError, Logger, CacheEntry, AccountQuota, Unreadable, UnusableFileError, Sandbox];
     export type Given = ClientOptions & { cacheOptions?: CacheOptions };
     export const text = ({ transactionAmount }: Transaction): string => transactionAmount.amount;
     export const balances = async (client: GoCardlessClient) => (await client.getAccountBalances("id")).balances;
     // @ts-expect-error a misspelt member
     export const booked = ({ bokingDate }: Transaction) => bokingDate;
     // @ts-expect-error a member that the client does not know goes in extra
     export const asked: CreateRequisitionRequest = { institution_id: "B", redirect: null, brandNew: 1 };
     export const extended: CreateRequisitionRequest = { institution_id: "B", redirect: null, extra: { brandNew: 1 } };
     export const written = (ledger: Ledger): string => ledger.text;`,
  );
  // A browser's names, as a project has them that says nothing of its library: no types of Node.js.
  compile(place, "types-only.ts", []);
}

/** Type-checks a file and every declaration that it reaches. */
function compile(place: string, file: string, options: readonly string[]): void {
  const always = [
    "--strict",
    "--noEmit",
    "--skipLibCheck",
    "false",
    "--module",
    "nodenext",
    "--target",
    "es2022",
  ];
  const compiler = join(project, "node_modules/typescript/bin/tsc");
  try {
    execFileSync(process.execPath, [compiler, ...always, ...options, file], { cwd: place, encoding: "utf8" });
  } catch (error) {
    const said = error instanceof Error && "stdout" in error ? String(error.stdout) : String(error);
    throw new Error(`${file} does not compile:\n${said}`);
  }
}

function checkExecutable(place: string): void {
  const executable = join(place, "node_modules/bankdata/bin/bankdata.js");
  const home = join(folder, "home"); // Nothing is written to that of whoever runs this.
  mkdirSync(home);
  const env = { PATH: process.env["PATH"], HOME: home, LOCALAPPDATA: home, APPDATA: home, USERPROFILE: home };
  const run = (...args: string[]) =>
    execFileSync(process.execPath, [executable, ...args], { cwd: home, env, encoding: "utf8" }).trim();
  const printed = run("--version");
  expect(printed === versionOf("cli"), `bankdata --version printed ${printed}`);
  const help = run("--help");
  expect(help.startsWith("Usage: bankdata "), `bankdata --help printed ${help}`);
  for (let start = 0; start < 2; start += 1) {
    const banks: unknown = JSON.parse(run("banks", "DE", "--sandbox", "--json"));
    expect(Array.isArray(banks) && banks.length > 2, `bankdata banks printed ${banks}`);
  }
  console.log(`The packed tarballs install, import, type-check and start (version ${printed}).`);
}

/** What a small program prints. */
function node(place: string, file: string, program: string): string {
  writeFileSync(join(place, file), program);
  return execFileSync(process.execPath, [file], {
    cwd: place,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  }).trim();
}

function versionOf(name: (typeof packageFolders)[number]): string {
  const manifest: unknown = JSON.parse(readFileSync(join(project, "packages", name, "package.json"), "utf8"));
  return String(Object.entries(manifest ?? {}).find(([key]) => key === "version")?.[1]);
}

function expect(held: boolean, otherwise: string): void {
  if (!held) throw new Error(otherwise);
}
