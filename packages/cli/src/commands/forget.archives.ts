import { readdirSync } from "node:fs";
import { join } from "node:path";
import { filesOfArchive } from "bankdata-archive";
import { type Configuration, dataFolder, isPostgres, maskedLocation, surroundings } from "../config/index.ts";
import { archivePlace } from "../session/archive-location.ts";
import { EXIT } from "../ui/exit.ts";
import { CommandFailure } from "../ui/failure.ts";
import { line, type Printable } from "../ui/printable.ts";
import { command } from "../ui/shell-command.ts";
import { type Kept, type Plan, type Removal, removal } from "./forget.plan.ts";

/**
 * What becomes of archives. No bank can give again what is in them, so that only the one that is named is removed; the
 * others stay, but that of the sandbox, whose entries are invented.
 *
 * @param named as the person names it; undefined if none is to be removed
 * @throws CommandFailure if what is named is not the file of an archive
 */
export async function archivesOf(configuration: Configuration, named: string | undefined): Promise<Plan> {
  const { archive } = configuration;
  const toRemove = named === undefined ? [] : await namedArchive(archive.location);
  const ofSandbox = await archiveOfSandbox(configuration);
  const removals = [...toRemove, ...ofSandbox];
  const others = new Set([...(named === undefined ? [archive.location] : []), ...usualArchives()]);
  const kept: Kept[] = [];
  for (const location of others) {
    if (removals.some(({ path }) => path === location)) continue;
    if (isPostgres(location)) kept.push({ what: archiveAt(location), next: line`Drop its tables yourself.` });
    else if ((await filesOfArchive(location))?.length)
      kept.push({ what: archiveAt(location), next: command`bankdata forget --archive ${location}` });
  }
  return { removals, kept };
}

/** The archive of the embedded sandbox. */
export async function archiveOfSandbox(configuration: Configuration): Promise<Removal[]> {
  const { location } = archivePlace(configuration, { sandbox: true });
  const files = (await filesOfArchive(location)) ?? [];
  return files.map((file) =>
    removal(file, partOf(file, location, line`the sandbox's archive; invented data`)),
  );
}

async function namedArchive(location: string): Promise<Removal[]> {
  if (isPostgres(location))
    throw new CommandFailure(
      line`An archive in a database cannot be removed from here.`,
      EXIT.usage,
      line`Drop its tables yourself.`,
    );
  const files = await filesOfArchive(location);
  if (files === null || files.length === 0)
    throw new CommandFailure(
      line`${location} is not an archive.`,
      EXIT.usage,
      line`See bankdata forget --help`,
    );
  return files.map((file) =>
    removal(file, partOf(file, location, line`the archive, which no bank can give you again`)),
  );
}

function partOf(file: string, location: string, whole: Printable): Printable {
  if (file === location) return whole;
  return file.includes(".version-") ? line`a copy of it` : line`a part of it`;
}

function archiveAt(location: string): Printable {
  return line`the archive ${maskedLocation(location)}, which no bank can give you again`;
}

/** The files in the user's data folder that may be archives. */
function usualArchives(): string[] {
  const folder = dataFolder(surroundings());
  try {
    return readdirSync(folder)
      .filter((name) => /^archive\..*sqlite$/.test(name))
      .map((name) => join(folder, name));
  } catch {
    return []; // There is no such folder.
  }
}
