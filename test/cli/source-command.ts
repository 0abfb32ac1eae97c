import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { onText } from "../support/text.ts";

const main = resolve(import.meta.dirname, "../../packages/cli/src/main.ts");

/** The address and credentials of a command's service. */
interface Reached {
  baseUrl: string;
  credentials?: { secretId: string; secretKey: string };
}

/** A person with an empty home, who runs the command line from its sources against a service. */
export async function personAt({ baseUrl, credentials }: Reached, timeZone = "UTC") {
  const home = await mkdtemp(join(tmpdir(), "bankdata-source-"));
  const env = {
    PATH: process.env["PATH"],
    HOME: home,
    TMPDIR: home,
    TZ: timeZone,
    GOCARDLESS_SECRET_ID: credentials?.secretId ?? "id",
    GOCARDLESS_SECRET_KEY: credentials?.secretKey ?? "key",
    BANKDATA_BASE_URL: baseUrl,
  };
  const run = async (variables: Record<string, string>, args: readonly string[]) => {
    const child = spawn(process.execPath, ["--conditions=bankdata-source", main, ...args], {
      cwd: home,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...env, ...variables },
    });
    const output = { out: "", err: "" };
    onText(child.stdout, (text) => (output.out += text));
    onText(child.stderr, (text) => (output.err += text));
    const [code] = await once(child, "close");
    return { code: Number(code), ...output };
  };
  return {
    home,
    env,
    /** The files in the home. */
    names: () => readdir(home),
    /** Runs a command. @returns its exit code and what it printed */
    run: (...args: string[]) => run({}, args),
    /** The same with other variables. */
    runWith: (variables: Record<string, string>, ...args: string[]) => run(variables, args),
    put: (name: string, text: string) => writeFile(join(home, name), text),
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  };
}
