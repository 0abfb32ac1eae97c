import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/**
 * Actual's server and its own client library. Both need better-sqlite3 12, which aborts the process on Node.js 24.19 and
 * newer as soon as a statement is collected as garbage (`RemoveEnvironmentCleanupHook`). So both run on Node.js 22.
 */
const NODE = "22.23.3";
const ACTUAL = "26.9.0";
const PACKAGES = [`@actual-app/sync-server@${ACTUAL}`, `@actual-app/api@${ACTUAL}`];

/** Where Actual is installed. */
export interface Installed {
  /** The Node.js that runs it. */
  node: string;
  /** The executable of its server, a script. */
  server: string;
  /** The module of its client library. */
  client: string;
}

/** What is installed, for the output. */
export const installedNames = `Actual ${ACTUAL} on Node.js ${NODE}`;

/**
 * Installs Actual and its Node.js in a folder with npm, unless they are already there. better-sqlite3 is compiled, which
 * takes minutes and a C++ compiler, if no binary can be downloaded.
 *
 * @throws Error with `stdout` and `stderr` if npm fails
 */
export async function install(folder: string): Promise<Installed> {
  const actual = join(folder, "actual/node_modules/@actual-app");
  const nodePackage = join(folder, "node/node_modules/node");
  const installed: Installed = {
    node: join(nodePackage, "bin/node"),
    server: join(actual, "sync-server/build/bin/actual-server.js"),
    client: join(actual, "api/dist/index.js"),
  };
  const stamp = join(folder, "installed.txt");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === installedNames) return installed;
  // In a folder of its own, as npm would run its script again with each further package.
  await npm(join(folder, "node"), { packages: [`node@${NODE}`], scripts: ["node"] });
  // The headers come with Node.js, and not from the internet.
  const headers = join(nodePackage, `node_modules/node-${process.platform}-${process.arch}`);
  await npm(join(folder, "actual"), {
    packages: PACKAGES,
    scripts: ["better-sqlite3", "bcrypt", "argon2"],
    environment: {
      PATH: `${join(nodePackage, "bin")}:${process.env["PATH"]}`,
      ...(existsSync(join(headers, "include/node/node.h")) ? { npm_config_nodedir: headers } : {}),
    },
  });
  writeFileSync(stamp, installedNames);
  return installed;
}

/** What npm installs. */
interface Wanted {
  packages: string[];
  /** The names of the packages whose install scripts are run. */
  scripts: string[];
  environment?: Record<string, string>;
}

async function npm(folder: string, { packages, scripts, environment = {} }: Wanted): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const allowScripts = Object.fromEntries(scripts.map((name) => [name, true]));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, allowScripts }));
  await execute("npm", ["install", "--no-audit", "--no-fund", "--save-exact", ...packages], {
    cwd: folder,
    maxBuffer: 64_000_000,
    env: { ...process.env, ...environment },
  });
}
