import { dirname } from "node:path";
import { ConfigurationError } from "bankdata-core/base";
import { allowsHttp, rejectForeignBaseUrl } from "./address.ts";
import { archiveFrom } from "./archive-place.ts";
import type { Configuration, ConfigurationFile, SettingName } from "./configuration.ts";
import { type ChosenFile, findFile, ownFile } from "./find-file.ts";
import { isPlainName, settledPath } from "./path.ts";
import type { Surroundings } from "./places.ts";
import { type ReadFile, readConfigurationFile } from "./read-file.ts";
import { inFile as fileOrigin, isForeign, isSameOrigin, type Origin, type Setting } from "./source.ts";
import { given, readVariables, type Variables } from "./variables.ts";

/** Files that the person names. */
interface NamedFiles {
  /** The configuration: `--config`, which overrides the variable BANKDATA_CONFIG. */
  config?: string | undefined;
  /** Variables: `--env-file`. @default ".env" if it is there */
  envFile?: string | undefined;
  /** The archive: `--archive`, which overrides the variable BANKDATA_ARCHIVE. */
  archive?: string | undefined;
}

/** How the configuration is loaded. */
export interface LoadOptions extends NamedFiles {
  /** Whether it is for the sandbox, which has credentials and an address of its own. @default false */
  sandbox?: boolean | undefined;
}

/**
 * Everything that is configured: variables of the environment override those of `.env`, and both override the file. What
 * a file of the current folder may say is limited, as it may be somebody else's: no base URL for credentials from
 * elsewhere, no path that leads out of the folder, no plain `http:`.
 *
 * @throws ConfigurationError naming the file, the line or the variable that cannot be used
 */
export function loadConfiguration(named: LoadOptions, where: Surroundings): Configuration {
  const given = readVariables(named.envFile, where);
  const chosen = findFile(named.config, given, where);
  const { home } = where;
  const read =
    chosen === undefined
      ? undefined
      : readConfigurationFile(chosen, { variables: given, home, sandbox: named.sandbox === true });
  const settings = settingsFrom(read?.variables ?? given, chosen, read);
  const allowHttp = allowsHttp(settings.allow_http.variable, settings.allow_http.inFile);
  const { secret_id, secret_key, base_url, cache, archive } = settings;
  const secrets = named.sandbox ? [] : [secret_id.used, secret_key.used].filter((one) => one !== undefined);
  const baseUrl = named.sandbox ? undefined : base_url.used;
  rejectForeignBaseUrl(baseUrl, secrets, ownFile(where));
  rejectForeignBound(chosen, read, cache.used);
  return {
    credentials: named.sandbox ? null : credentialsFrom(secret_id.used, secret_key.used),
    baseUrl: baseUrl?.value,
    allowHttp,
    cache: { ...read?.content.cache, ...cacheNameFrom(cache.used, where) },
    archive: archiveFrom(named.archive, archive.used, where),
    accounts: read?.content.accounts ?? [],
    unused: read?.unused ?? [],
    file: chosen?.path ?? null,
    sources: originsOf(settings),
    credentialFiles: filesOf(secrets),
    foreign: {
      file: chosen?.sources.some(isForeign) ?? false,
      credentials: foreignOrigins(secrets),
      baseUrl: foreignOrigins(baseUrl === undefined ? [] : [baseUrl]),
    },
  };
}

/** A setting as the variables and the file set it. */
interface Choice {
  variable: Setting | undefined;
  inFile: Setting | undefined;
  /** The variable or, if missing, the file's setting. */
  used: Setting | undefined;
}

type Settings = Readonly<Record<SettingName, Choice>>;

function settingsFrom(
  variables: Variables,
  chosen: ChosenFile | undefined,
  read: ReadFile | undefined,
): Settings {
  const { secretId, secretKey, baseUrl, cache, archive, allowHttp } = read?.content ?? {};
  const choice = (
    name: string,
    inFile: { top: keyof ConfigurationFile; key: string; value: string | undefined },
  ): Choice => {
    const variable = given(variables, name);
    const other = chosen === undefined || read === undefined ? undefined : settingOf(chosen, read, inFile);
    return { variable, inFile: other, used: variable ?? other };
  };
  return {
    secret_id: choice("GOCARDLESS_SECRET_ID", { top: "secretId", key: "secret_id", value: secretId }),
    secret_key: choice("GOCARDLESS_SECRET_KEY", { top: "secretKey", key: "secret_key", value: secretKey }),
    base_url: choice("BANKDATA_BASE_URL", { top: "baseUrl", key: "base_url", value: baseUrl }),
    cache: choice("BANKDATA_CACHE", { top: "cache", key: "cache_name", value: cache?.cacheName }),
    archive: choice("BANKDATA_ARCHIVE", { top: "archive", key: "archive", value: archive }),
    allow_http: choice("BANKDATA_ALLOW_HTTP", {
      top: "allowHttp",
      key: "allow_http",
      value: allowHttp?.toString(),
    }),
  };
}

function settingOf(
  { path, sources }: ChosenFile,
  read: ReadFile,
  { top, key, value }: { top: keyof ConfigurationFile; key: string; value: string | undefined },
): Setting | undefined {
  if (value === undefined) return undefined;
  return {
    ...{ value, key, origin: fileOrigin(path), base: dirname(path), place: read.placeOf(key) },
    sources: [...sources, ...read.variablesOf(top).flatMap((variable) => variable.sources)],
  };
}

function credentialsFrom(
  secretId: Setting | undefined,
  secretKey: Setting | undefined,
): Configuration["credentials"] {
  const [id, key] = [secretId?.value.trim() ?? "", secretKey?.value.trim() ?? ""];
  if (id === "" && key === "") return null;
  if (id !== "" && key !== "") return { secretId: id, secretKey: key };
  const [missing, variable] = id === "" ? ["id", "GOCARDLESS_SECRET_ID"] : ["key", "GOCARDLESS_SECRET_KEY"];
  throw new ConfigurationError(`The secret ${missing} is missing: set ${variable}, or run "bankdata init".`);
}

/** A plain name stays as it is: it names a cache in the user's cache folder, whoever sets it. */
function cacheNameFrom(cache: Setting | undefined, { home }: Surroundings): { cacheName?: string } {
  if (cache === undefined) return {};
  return { cacheName: isPlainName(cache.value) ? cache.value : settledPath(cache, home) };
}

/**
 * A bounded cache deletes the responses that were used least, regardless of their credentials. So a file of the current
 * folder must not limit the size of the user's own cache.
 */
function rejectForeignBound(
  chosen: ChosenFile | undefined,
  read: ReadFile | undefined,
  cache: Setting | undefined,
): void {
  if (read?.content.cache?.maxBytes === undefined || !chosen?.sources.some(isForeign)) return;
  if (cache !== undefined && !isPlainName(cache.value)) return;
  throw new ConfigurationError(
    `${read.placeOf("max_bytes")}: a file of the current folder cannot limit the size of your own cache. Give it a cache in that folder (cache_name: ./cache.sqlite), or set max_bytes in your own configuration.`,
  );
}

function originsOf(settings: Settings): Configuration["sources"] {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([key, { used }]) => (used === undefined ? [] : [[key, used.origin]])),
  );
}

function filesOf(settings: readonly Setting[]): string[] {
  const files = settings.flatMap(({ sources }) => sources.flatMap(({ file }) => file ?? []));
  return [...new Set(files)];
}

function foreignOrigins(settings: readonly Setting[]): Origin[] {
  const foreign = settings.flatMap(({ sources }) => sources.filter(isForeign));
  return foreign
    .filter((source, at) => foreign.findIndex((other) => isSameOrigin(source, other)) === at)
    .map(({ variable, file }) => ({ variable, file }));
}
