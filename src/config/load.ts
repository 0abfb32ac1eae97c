import { isAbsolute, join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { ConfigurationError } from "../errors.ts";
import type { Configuration, ConfigurationFile } from "./configuration.ts";
import { configurationFolder, type Surroundings } from "./places.ts";
import { readConfigurationFile, textOf } from "./read-file.ts";

/** Files that the person names. */
export interface NamedFiles {
  /** The configuration: `--config`, or the variable BANKDATA_CONFIG. */
  config?: string | undefined;
  /** Variables: `--env-file`. @default ".env" where it is there */
  envFile?: string | undefined;
}

/**
 * Everything that is configured: variables of the environment go before those of `.env`, and both before the file.
 *
 * @throws ConfigurationError naming the file, the line or the variable that cannot be used
 */
export function loadConfiguration(named: NamedFiles, where: Surroundings): Configuration {
  const { variables, fromFile } = readVariables(named, where);
  const found = findFile(named.config ?? variables["BANKDATA_CONFIG"], where);
  const file: ConfigurationFile =
    found === undefined ? {} : readConfigurationFile(found.path, found.text, variables, found.lenient);
  const sources: Record<string, string> = {};
  const setting = (name: string, variable: string, inFile: string | undefined) => {
    const given = variables[variable];
    if (given !== undefined && given.trim() !== "") {
      sources[name] = variable in where.env ? variable : `${variable} in ${fromFile}`;
      return given;
    }
    if (inFile !== undefined && found !== undefined) sources[name] = found.path;
    return inFile;
  };
  const secretId = setting("secret_id", "GOCARDLESS_SECRET_ID", file.secretId);
  const secretKey = setting("secret_key", "GOCARDLESS_SECRET_KEY", file.secretKey);
  const baseUrl = setting("base_url", "BANKDATA_BASE_URL", file.baseUrl);
  const cacheName = setting("cache", "BANKDATA_CACHE", file.cache?.cacheName);
  return {
    credentials: credentialsFrom(secretId, secretKey),
    baseUrl,
    cache: { ...file.cache, ...(cacheName === undefined ? {} : { cacheName }) },
    accounts: file.accounts ?? [],
    file: found?.path ?? null,
    sources,
  };
}

function credentialsFrom(
  secretId: string | undefined,
  secretKey: string | undefined,
): Configuration["credentials"] {
  const [id, key] = [secretId?.trim() ?? "", secretKey?.trim() ?? ""];
  if (id === "" && key === "") return null;
  if (id !== "" && key !== "") return { secretId: id, secretKey: key };
  const [missing, variable] = id === "" ? ["id", "GOCARDLESS_SECRET_ID"] : ["key", "GOCARDLESS_SECRET_KEY"];
  throw new ConfigurationError(
    `The secret ${missing} is missing beside the other one: set ${variable}, or run "bankdata init".`,
  );
}

function readVariables({ envFile }: NamedFiles, { env, cwd }: Surroundings) {
  const fromFile = resolve(cwd, envFile ?? ".env");
  const text = textOf(fromFile);
  if (text === undefined && envFile !== undefined)
    throw new ConfigurationError(`There is no file ${fromFile}.`);
  const variables: Record<string, string | undefined> = text === undefined ? {} : { ...parseEnv(text) };
  for (const [name, value] of Object.entries(env)) if (value !== undefined) variables[name] = value;
  return { variables, fromFile };
}

/** The file's path and text; the reference client's own is read leniently. */
function findFile(named: string | undefined, where: Surroundings) {
  if (named !== undefined) {
    const path = isAbsolute(named) ? named : resolve(where.cwd, named);
    const text = textOf(path);
    if (text === undefined) throw new ConfigurationError(`There is no file ${path}.`);
    return { path, text, lenient: /gocardless\.ya?ml$/.test(path) };
  }
  for (const path of candidates(where)) {
    const text = textOf(path);
    if (text !== undefined) return { path, text, lenient: /gocardless\.ya?ml$/.test(path) };
  }
  return undefined;
}

/** Where a configuration is looked for, the first that is there being read. */
function candidates(where: Surroundings): string[] {
  return [
    join(where.cwd, "bankdata.yaml"),
    join(where.cwd, "gocardless.yaml"),
    join(configurationFolder(where), "bankdata.yaml"),
  ];
}
