import { join } from "node:path";
import { ConfigurationError } from "bankdata-core/base";
import type { ConfiguredArchive } from "./configuration.ts";
import { settledPath } from "./path.ts";
import { dataFolder, type Surroundings } from "./places.ts";
import { isForeign, type Setting, usersSource } from "./source.ts";

/** Whether an archive is a Postgres database; otherwise it is a file. */
export function isPostgres(location: string): boolean {
  return /^postgres(ql)?:\/\//i.test(location);
}

/** An archive as it may be shown: a URL without its password. */
export function maskedLocation(location: string): string {
  if (!isPostgres(location)) return location;
  const url = URL.parse(location);
  if (url === null) return "the Postgres database";
  if (url.password !== "") url.password = "***";
  if (url.searchParams.has("password")) url.searchParams.set("password", "***");
  return url.href;
}

/**
 * Where the archive is: what the command line says or, if missing, the setting; otherwise a file in the user's data folder.
 *
 * @throws ConfigurationError if it cannot be used, or if a file of the current folder names a place outside of it
 */
export function archiveFrom(
  flag: string | undefined,
  setting: Setting | undefined,
  where: Surroundings,
): ConfiguredArchive {
  const used = flag === undefined ? setting : flagSetting(flag, where);
  if (used === undefined) return { location: join(dataFolder(where), "archive.sqlite"), isNamed: false };
  if (!isPostgres(used.value)) return { location: settledPath(used, where.home), isNamed: true };
  if (flag !== undefined && maskedLocation(used.value) !== URL.parse(used.value)?.href)
    throw new ConfigurationError(
      "The URL of --archive contains a password, which other users of this machine can see: put it into BANKDATA_ARCHIVE, or into your own configuration.",
    );
  if (used.sources.some(isForeign))
    throw new ConfigurationError(
      `${used.place}: ${used.key} cannot be a database if it is set by a file of the current folder: your transactions would be sent there. Set BANKDATA_ARCHIVE in the environment, or archive in your own configuration.`,
    );
  return { location: used.value, isNamed: true };
}

function flagSetting(value: string, { cwd }: Surroundings): Setting {
  if (value.trim() === "") throw new ConfigurationError("--archive must not be blank.");
  const origin = { variable: "--archive", file: null };
  return { value, key: "--archive", place: "--archive", origin, base: cwd, sources: [usersSource(origin)] };
}
