import { statSync } from "node:fs";
import { isInside } from "./inside.ts";
import { configurationFolder, type Surroundings } from "./places.ts";

/** Where a setting was found: in a variable of the environment, in a file, or in a variable that a file sets. */
export interface Origin {
  /** Null for a key of a configuration file. */
  readonly variable: string | null;
  /** Null for the environment. */
  readonly file: string | null;
}

/** Who sets a value, or a part of it. */
export interface Source extends Origin {
  /**
   * The folder that contains the file, if it is used only because the program was started there: somebody else may
   * have written it. Null for the user's own: the environment, a file that the user named, or one in the user's
   * own configuration folder or home.
   */
  readonly folder: string | null;
}

/** A setting as it was found, with everything that contributed to its value. */
export interface Setting {
  value: string;
  /** The name by which the person set it. */
  key: string;
  /** Where it is, as shown to a person: `/x/bankdata.yaml, line 3` or `BANKDATA_CACHE in /x/.env, line 1`. */
  place: string;
  /** Its file or variable, without the line. */
  origin: Origin;
  /** What a relative path is relative to. */
  base: string;
  /** More than one if variables were put into the text, or if a file is a link that leads out of its folder. */
  sources: readonly Source[];
}

/** Whether a source is a file that is used only because it is in the current folder. */
export function isForeign({ folder }: Source): boolean {
  return folder !== null;
}

/** A source that is the user's own. */
export function usersSource({ variable, file }: Origin): Source {
  return { variable, file, folder: null };
}

/** The origin of a file, or of one of its keys. */
export function inFile(file: string): Origin {
  return { variable: null, file };
}

/** An origin as it is shown to a person: a variable's name, a file's path, or `NAME in /path`. */
export function originText({ variable, file }: Origin): string {
  return [variable, file].filter((part) => part !== null).join(" in ");
}

/** Several origins as they are shown to a person, each once. */
export function originsText(origins: readonly Origin[]): string {
  return [...new Set(origins.map(originText))].join(" and ");
}

/** Whether two origins are the same. */
export function isSameOrigin(one: Origin, other: Origin): boolean {
  return one.variable === other.variable && one.file === other.file;
}

/**
 * The sources of a file that was found in the current folder. A link that leads out of the folder has two: the folder
 * says to use the file, but the content is not the folder's.
 */
export function sourcesOfFound(file: string, where: Surroundings): Source[] {
  const { cwd } = where;
  const users = usersSource(inFile(file));
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

/** Compared by inode, as a name may be a link, or differ in capitals. */
function isSameFolder(one: string, other: string): boolean {
  const [first, second] = [one, other].map((path) => statSync(path, { bigint: true, throwIfNoEntry: false }));
  return first !== undefined && first.dev === second?.dev && first.ino === second.ino;
}
