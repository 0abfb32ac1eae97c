import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { format, join, parse } from "node:path";
import { type Configuration, dataFolder, isPostgres, surroundings } from "../config/index.ts";

/** The archive that a command uses. */
export interface ArchivePlace {
  /** An absolute path, or the URL of a Postgres database. */
  readonly location: string;
  /** Whether the person has named it; otherwise it is the usual one. */
  readonly isNamed: boolean;
}

/**
 * The archive for the service that is used. The sandbox and any other address have a file of their own, beside the one that is
 * configured, so that invented entries never get among real ones; a database is for the service itself only.
 */
export function archivePlace(
  { archive, baseUrl }: Pick<Configuration, "archive" | "baseUrl">,
  { sandbox }: { sandbox?: boolean | undefined },
): ArchivePlace {
  const scope = scopeOf(baseUrl, sandbox === true);
  if (scope === undefined) return archive;
  const { location, isNamed } = archive;
  const path = isPostgres(location) ? join(dataFolder(surroundings()), "archive.sqlite") : location;
  const { dir, name, ext } = parse(path);
  return { location: format({ dir, name: `${name}.${scope}`, ext }), isNamed };
}

/** Whether something is recorded there: the person has named it, or `sync` has made it. */
export function isInUse(place: ArchivePlace): boolean {
  return place.isNamed || exists(place);
}

/** Whether the archive is there; a database counts as there. */
export function exists({ location }: ArchivePlace): boolean {
  return isPostgres(location) || existsSync(location);
}

/** The base URL of the service itself, as the client has it, which would take longer to load than the archive. */
const SERVICE_URL = "https://bankaccountdata.gocardless.com/api/v2";

/** What tells the archive of an address apart; undefined for the service itself. */
function scopeOf(baseUrl: string | undefined, sandbox: boolean): string | undefined {
  if (sandbox) return "sandbox";
  if (baseUrl === undefined) return undefined;
  const { host, href } = new URL(baseUrl);
  const address = href.replace(/\/$/, "");
  if (address === SERVICE_URL) return undefined;
  const digest = createHash("sha256").update(address).digest("hex").slice(0, 8);
  return `${host.replaceAll(/[^a-z0-9.-]/gi, "-")}-${digest}`;
}
