import { statSync } from "node:fs";
import { isInside } from "./inside.ts";
import { configurationFolder, type Surroundings } from "./places.ts";

/** Who says a setting, or a part of it. */
export interface Source {
  /** As a person is told it: a variable's name, a file's path, or a variable in a file. */
  readonly name: string;
  /** The file; null for the environment. */
  readonly file: string | null;
  /**
   * The folder whose file it is, if it is used only because the program was started there: somebody else may have
   * written it. Null for what is the user's own: the environment, a file that the user named, or one in the user's
   * own configuration folder or home.
   */
  readonly folder: string | null;
}

/** A setting as it was found, with everything that had a part in its value. */
export interface Setting {
  value: string;
  /** The name by which the person set it. */
  key: string;
  /** Where it stands, as a person is told: `/x/bankdata.yaml, line 3` or `BANKDATA_CACHE in /x/.env, line 1`. */
  place: string;
  /** Its file or variable, without the line. */
  name: string;
  /** What a relative path is relative to. */
  base: string;
  /** More than one if variables were put into the text, or if a file is a link that leads out of its folder. */
  sources: readonly Source[];
}

/** Whether a source is a file that merely lies in the current folder. */
export function isForeign({ folder }: Source): boolean {
  return folder !== null;
}

/** The user's own source. */
export function usersSource(name: string, file: string | null = null): Source {
  return { name, file, folder: null };
}

/**
 * The sources of a file that was found in the current folder. A link that leads out of the folder has two: the folder
 * says that the file is to be used, but what it holds is not the folder's.
 */
export function sourcesOfFound(file: string, where: Surroundings): Source[] {
  const { cwd } = where;
  const users = usersSource(file, file);
  if (isOwnFolder(cwd, where)) return [users];
  const folders = { ...users, folder: cwd };
  return isInside(file, cwd) ? [folders] : [folders, users];
}

/** The current folder is the user's own if it is the home or the configuration folder, and nobody else can write there. */
function isOwnFolder(folder: string, where: Surroundings): boolean {
  const own = [where.home, configurationFolder(where)].some((one) => isSameFolder(one, folder));
  if (!own || where.platform === "win32") return own;
  return ((statSync(folder, { throwIfNoEntry: false })?.mode ?? 0) & 0o002) === 0;
}

/** By what the system says: a name may be a link, or be written with other capitals. */
function isSameFolder(one: string, other: string): boolean {
  const [first, second] = [one, other].map((path) => statSync(path, { bigint: true, throwIfNoEntry: false }));
  return first !== undefined && first.dev === second?.dev && first.ino === second.ino;
}
