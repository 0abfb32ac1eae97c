import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { loadConfiguration } from "../../../packages/cli/src/config/index.ts";
import { ConfigurationError } from "../../../packages/core/src/base/errors.ts";

/** The folder that contains those of all tests of a file. */
export let root = "";
/** The folder of the current test, in which commands run. Every test of a file that imports this has one, and it is empty. */
export let cwd = "";

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "bankdata-config-"));
});
afterAll(async () => {
  await rm(root, { recursive: true });
});
beforeEach(async () => {
  cwd = await mkdtemp(join(root, "cwd-"));
});

/** Writes a file into the folder. */
export async function put(name: string, text: string): Promise<void> {
  await writeFile(join(cwd, name), text);
}

/** Loads the configuration as a command in the folder does. */
export function load(env: Record<string, string> = {}, named = {}) {
  return loadConfiguration(named, { env, cwd, platform: "linux", home: join(cwd, "home") });
}

/** The message with which loading fails. @throws Error if it does not */
export function failure(env: Record<string, string> = {}, named = {}): string {
  try {
    load(env, named);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.replaceAll(`${cwd}/`, "");
    throw error;
  }
  throw new Error("it was read");
}
