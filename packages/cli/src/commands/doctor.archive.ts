import { dirname } from "node:path";
import { openArchive } from "bankdata-archive";
import { canOthersWriteBeside } from "bankdata-core/store";
import { type Configuration, isPostgres, isReadableByOthers, maskedLocation } from "../config/index.ts";
import { type ArchivePlace, archivePlace, exists } from "../session/archive-location.ts";
import type { GlobalOptions } from "../session/global-options.ts";
import { explain } from "../ui/failure.ts";
import { counted } from "../ui/format.ts";
import { line, type Printable, printable } from "../ui/printable.ts";
import { command } from "../ui/shell-command.ts";
import type { Finding } from "./doctor.finding.ts";

const WHAT = line`Archive`;

/** Where the archive is, whether it opens, and who else can read it. An archive that is not there is not made. */
export async function archiveFindings(
  configuration: Configuration,
  options: GlobalOptions,
): Promise<Finding[]> {
  const place = archivePlace(configuration, options);
  if (!exists(place))
    return [
      { what: WHAT, ok: true, found: line`${place.location} does not exist yet; bankdata sync makes it` },
    ];
  return [...(await openingFindings(place)), ...folderFindings(place)];
}

async function openingFindings({ location }: ArchivePlace): Promise<Finding[]> {
  const shown = maskedLocation(location);
  const isExposed = !isPostgres(location) && isReadableByOthers(location, process.platform);
  const warnings: Printable[] = [];
  const ignore = () => {};
  const warn = (message: string) => warnings.push(printable(message));
  try {
    await using archive = await openArchive({
      location,
      logger: { debug: ignore, info: ignore, warn, error: warn },
    });
    const accounts = await archive.accounts();
    const warned = warnings.map((found): Finding => ({ what: WHAT, ok: false, found }));
    if (isExposed)
      return [{ what: WHAT, ok: false, found: line`${shown} could be read by others until now` }, ...warned];
    const found = line`${shown}, ${counted(accounts.length, "account")}`;
    return [{ what: WHAT, ok: true, found }, ...warned];
  } catch (error) {
    const next = line`Restore access to it, or name another one (BANKDATA_ARCHIVE).`;
    return [{ what: WHAT, ok: false, found: explain(error).message, next }];
  }
}

function folderFindings({ location }: ArchivePlace): Finding[] {
  if (isPostgres(location) || !canOthersWriteBeside(location)) return [];
  const folder = dirname(location);
  return [
    {
      what: WHAT,
      ok: false,
      found: line`other users can write to ${folder}, and could replace the archive`,
      next: command`chmod go-w ${folder}`,
    },
  ];
}
