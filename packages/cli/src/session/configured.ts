import { join } from "node:path";
import { type Configuration, loadConfiguration, stateFolder, surroundings } from "../config/index.ts";
import type { GlobalOptions } from "./global-options.ts";

/**
 * What is configured, as the options of the command line say.
 *
 * @throws ConfigurationError naming the file, the line or the variable that cannot be used
 */
export function configurationFor({
  config,
  env,
  envFile = env,
  archive,
  sandbox,
}: GlobalOptions): Configuration {
  return loadConfiguration({ config, envFile, archive, sandbox }, surroundings());
}

/** The folder of the certificate authority of `bankdata sandbox --tls`, unless another one is named. */
export function authorityFolder(): string {
  return join(stateFolder(surroundings()), "sandbox-ca");
}

/** The path of the file that keeps the embedded sandbox. */
export function sandboxFile(): string {
  return join(stateFolder(surroundings()), "sandbox.json");
}
